import { z } from "zod";
import { PermanentError } from "./errors.ts";

/** One setting: an environment variable, its schema and what it does. */
export interface Setting<T> {
  readonly variable: string;
  readonly schema: z.ZodType<T>;
  readonly help: string;
}

export type Settings = Record<string, Setting<unknown>>;
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/**
 * Reads settings from an environment. All faults are reported together, naming the variable.
 * @throws PermanentError listing every fault
 */
export function readConfig<S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
): Values<S> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const parsed = setting.schema.safeParse(environment[setting.variable]);
    if (parsed.success) values[name] = parsed.data;
    else
      faults.push(
        `${setting.variable}=${JSON.stringify(environment[setting.variable])}: ${parsed.error.issues.map((i) => i.message).join("; ")} (${setting.help})`,
      );
  }
  if (faults.length > 0)
    throw new PermanentError(
      `wrong settings:\n  ${faults.join("\n  ")}`,
      "correct the variables named above and start again",
    );
  return values as Values<S>;
}

export const port = (fallback: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number from 0 to 65535")
    .transform(Number)
    .refine((n) => n <= 65535, "must be a port number from 0 to 65535")
    .default(fallback);
export const text = (fallback: string): z.ZodType<string> => z.string().default(fallback);
export const choice = <const T extends readonly [string, ...string[]]>(
  values: T,
  fallback: T[number],
): z.ZodType<T[number]> => z.enum(values, { error: () => `must be one of ${values.join(", ")}` }).default(fallback);
