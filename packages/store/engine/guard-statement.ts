/** A statement that the read-only door does not let through. */
export class Refused extends Error {
  override readonly name = "Refused";
}

const READS = /^\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b/i;
const WRAPPED = /^\s*(SELECT|WITH)\b/i;
const FORMAT = /\bFORMAT\s+(\w+)\s*$/i;
const FORMAT_NAME = /^\w+$/;
/** Functions that reach files, the network or other servers, or run programs; readonly=1 alone lets some of them through. */
const OUTSIDE =
  /\b(file|fileCluster|url|urlCluster|s3\w*|gcs|remote|remoteSecure|cluster|clusterAllReplicas|hdfs\w*|azureBlobStorage\w*|mysql|postgresql|sqlite|mongodb|redis|odbc|jdbc|executable|input|iceberg\w*|deltaLake\w*|hudi\w*|python|Python|loop|dictionary|catboostEvaluate|ytsaurus|arrowFlight|showCertificate|filesystem\w*|getServerSetting)\s*\(/i;

/**
 * One read-only statement, as the engine may run it. A SELECT is wrapped, so that its own FORMAT, SETTINGS or INTO
 * OUTFILE cannot stand where the engine would obey them.
 * @throws Refused
 */
export function guardStatement(sql: string, defaultFormat: string): string {
  const bare = withoutLiterals(sql);
  const statement = sql.slice(0, bare.replace(/[\s;]+$/, "").length);
  const code = bare.slice(0, statement.length);
  if (!READS.test(code))
    throw new Refused("this door is read-only: SELECT, WITH, SHOW, DESCRIBE, EXISTS and EXPLAIN only");
  if (code.includes(";")) throw new Refused("one statement at a time");
  if (/\bINTO\s+OUTFILE\b/i.test(code)) throw new Refused("INTO OUTFILE writes a file");
  if (/\bSETTINGS\b/i.test(code)) throw new Refused("settings are the door's: leave SETTINGS out");
  const outside = OUTSIDE.exec(code.replace(/[`"]/g, " "));
  if (outside) throw new Refused(`${outside[1]}() reaches outside of the ledger`);
  const inside = FORMAT.exec(code);
  const format = inside?.[1] ?? defaultFormat;
  if (!FORMAT_NAME.test(format)) throw new Refused("a format is one word");
  const select = inside ? statement.slice(0, inside.index) : statement;
  return WRAPPED.test(code) ? `SELECT * FROM (\n${select}\n)\nFORMAT ${format}` : `${select}\nFORMAT ${format}`;
}

/** The statement with comments and the insides of string literals blanked out, at the same positions. */
function withoutLiterals(sql: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, " ");
  return sql.replace(
    /'(?:[^'\\]|\\[\s\S]|'')*'|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/|`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\]|\\[\s\S])*"/g,
    (literal) =>
      /^[`"]/.test(literal)
        ? literal
        : literal.startsWith("'")
          ? `'${"_".repeat(literal.length - 2)}'`
          : blank(literal),
  );
}
