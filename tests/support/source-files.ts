import { readFileSync } from "node:fs";
import { globSync } from "node:fs";

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Without comments and the inside of strings: what is done, not what is said. */
  readonly code: string;
  /** Modules that it imports, as written. */
  readonly imports: readonly string[];
  readonly lines: number;
}

const IMPORT = /^(?:import|export) (?:[^;"=()]*? from )?"([^"\n]+)"|import\("([^"\n]+)"\)/gm;

/** The project's own TypeScript, tests and made files apart. */
export const sourceFiles = (): SourceFile[] =>
  globSync("{packages,services}/**/*.ts")
    .filter((path) => !/node_modules|\.(test|fixture|contract)\.ts$|catalog\/index\.ts$/.test(path))
    .sort()
    .map(readSource);

export function readSource(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<![:"'`\w])\/\/[^\n]*/g, "");
  return {
    path,
    text,
    code: bare.replace(/"(?:[^"\\\n]|\\.)*"/g, '""'),
    imports: [...bare.matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? ""),
    lines: text.split("\n").length - 1,
  };
}

/** `packages/store/src/x.ts` → `packages/store`. */
export const houseOf = (path: string): string => path.split("/").slice(0, 2).join("/");

/** `@inferledger/store/engine` → `@inferledger/store`; `node:fs/promises` stays whole. */
export const packageOf = (module: string): string =>
  module.startsWith("node:")
    ? module
    : module
        .split("/")
        .slice(0, module.startsWith("@") ? 2 : 1)
        .join("/");
