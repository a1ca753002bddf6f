/**
 * Query parameters as HTTP carries them, as the engine's binder wants them. The binder escapes strings by
 * itself, so their escapes are taken off; arrays of strings must be real arrays, other arrays stay text.
 */
export function bindParams(sql: string, params: ReadonlyMap<string, string>): Record<string, unknown> {
  const bound: Record<string, unknown> = {};
  for (const [name, value] of params) {
    const type = new RegExp(`\\{\\s*${name}\\s*:\\s*([^}]+)\\}`).exec(sql)?.[1]?.trim() ?? "String";
    if (!type.startsWith("Array(")) bound[name] = unescape(value);
    else bound[name] = value.includes("'") ? readQuotedList(value) : value;
  }
  return bound;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "0": "\0" };

const unescape = (text: string): string => text.replace(/\\([\s\S])/g, (_, c: string) => ESCAPES[c] ?? c);

function readQuotedList(text: string): string[] {
  return [...text.matchAll(/'((?:[^'\\]|\\[\s\S]|'')*)'/g)].map((m) => unescape((m[1] ?? "").replaceAll("''", "'")));
}
