import { randomUUID } from "node:crypto";
import { unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChdbResult, Session } from "chdb";
import type { EngineConnections } from "./connections.ts";
import { bindParams } from "./bind-params.ts";
import type { EngineRequest } from "./read-request.ts";

export interface StatementResult {
  readonly body: Uint8Array;
  readonly format: string;
  /** JSON for the header X-ClickHouse-Summary. */
  readonly summary: string;
}

const TRAILING_FORMAT = /\s+FORMAT\s+(\w+)\s*;?\s*$/i;
const READS = /^\s*(?:--[^\n]*\n\s*)*\(*\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b/i;

/** Runs one statement; inserts with rows in the body come in through a file, which takes every format. */
export async function runStatement(request: EngineRequest, engine: EngineConnections): Promise<StatementResult> {
  if (request.data !== undefined) return insertData(request, request.data, engine);
  const format = TRAILING_FORMAT.exec(request.sql)?.[1] ?? "TabSeparated";
  const sql = withSettings(request.sql.replace(TRAILING_FORMAT, ""), request.settings);
  const work = (session: Session): Promise<ChdbResult> =>
    session.queryBindAsync(sql, bindParams(sql, request.params), { format });
  const result = await (READS.test(sql) ? engine.read(work) : engine.write(work));
  return {
    body: result.bytes(),
    format,
    summary: JSON.stringify({ read_rows: String(result.rowsRead), read_bytes: String(result.bytesRead) }),
  };
}

async function insertData(request: EngineRequest, data: Buffer, engine: EngineConnections): Promise<StatementResult> {
  const match = /^([\s\S]*?)(\s+SETTINGS\s+[\s\S]*?)?\s+FORMAT\s+(\w+)\s*$/i.exec(request.sql);
  if (!match)
    throw new Error(
      "Code: 62. DB::Exception: an INSERT with rows in its body must end in FORMAT <name>. (SYNTAX_ERROR)",
    );
  const [, insert = "", settings = "", format = ""] = match;
  const file = join(engine.inbox, randomUUID());
  await writeFile(file, data, { mode: 0o600 });
  try {
    const sql = `${insert} FROM INFILE ${quoted(file)} COMPRESSION 'none' ${withSettings(settings.trim() === "" ? "" : settings, request.settings)} FORMAT ${format}`;
    await engine.write((session) => session.queryAsync(sql, { format: "TabSeparated" }));
  } finally {
    await unlink(file);
  }
  return { body: new Uint8Array(), format, summary: "{}" };
}

/** Settings of one request stay with its statement: a SET would stick to the connection. */
function withSettings(sql: string, settings: ReadonlyMap<string, string>): string {
  if (settings.size === 0) return sql;
  const list = [...settings].map(([name, value]) => `${identifier(name)} = ${quoted(value)}`).join(", ");
  return /\bSETTINGS\b(?![\s\S]*\bFROM\b)/i.test(sql) ? `${sql}, ${list}` : `${sql} SETTINGS ${list}`;
}

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

function identifier(name: string): string {
  if (!/^\w+$/.test(name)) throw new Error(`Code: 115. DB::Exception: Unknown setting '${name}'. (UNKNOWN_SETTING)`);
  return name;
}

/** The engine's own error text, as ClickHouse answers it. */
export function engineError(thrown: unknown): { readonly status: number; readonly text: string } {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const at = message.indexOf("Code: ");
  const text = at >= 0 ? message.slice(at) : `Code: 1001. DB::Exception: ${message} (STD_EXCEPTION)`;
  return { status: /\((UNKNOWN_TABLE|UNKNOWN_DATABASE)\)/.test(text) ? 404 : 500, text };
}
