/** Longer texts are not usage. */
const LONGEST = 256 * 1024;

/** An object from JSON, or from Python's repr of a dict, as some senders write one into a text attribute; else undefined. */
export function readLooseObject(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== "string" || text.length > LONGEST || !text.startsWith("{")) return undefined;
  const value = parse(text) ?? parse(fromPython(text));
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const WORDS: Readonly<Record<string, string>> = { None: "null", True: "true", False: "false" };
const TOKEN = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\b(?:None|True|False)\b/gs;

/** Python's literals as JSON's. What is no dict of literals stays no JSON. */
const fromPython = (text: string): string =>
  text.replace(TOKEN, (token, single?: string, double?: string) => {
    const content = single ?? double;
    return content === undefined ? (WORDS[token] ?? token) : JSON.stringify(content.replace(/\\(['"\\])/g, "$1"));
  });
