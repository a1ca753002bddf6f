import { parseArgs } from "node:util";
import { UsageFault } from "./usage-fault.ts";

/** Reads `--name value` options of which every value is one of a list, the first being the default. @throws UsageFault */
export function readOptions<const T extends Readonly<Record<string, readonly [string, ...string[]]>>>(
  args: readonly string[],
  allowed: T,
): { [K in keyof T]: T[K][number] } {
  const options = Object.fromEntries(Object.keys(allowed).map((name) => [name, { type: "string" as const }]));
  const values = parse(args, options);
  return Object.fromEntries(
    Object.entries(allowed).map(([name, list]) => {
      const value = values[name] ?? list[0];
      if (!list.includes(value)) throw new UsageFault(`--${name} must be ${list.join(" or ")}`);
      return [name, value];
    }),
  ) as { [K in keyof T]: T[K][number] };
}

function parse(
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: "string" }>>,
): Record<string, string | undefined> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new UsageFault(cause instanceof Error ? cause.message : String(cause));
  }
}
