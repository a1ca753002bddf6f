import { SETTINGS_BY_SERVICE } from "@inferledger/all";
import type { Setting } from "@inferledger/runtime";
import type { Command } from "./command.ts";
import { cliSettings } from "./config.ts";
import { readOptions } from "./read-options.ts";

interface Listed {
  readonly variable: string;
  readonly default: string;
  readonly used_by: readonly string[];
  readonly help: string;
}

/** `inferledger config [--format table|json]`: every setting, its default, who reads it and what it does. */
export const settings: Command = async (args, { print }) => {
  const { format } = readOptions(args, { format: ["table", "json"] });
  const listed = listSettings();
  print(format === "json" ? `${JSON.stringify(listed, undefined, 2)}\n` : listed.map(toText).join("\n"));
  return 0;
};

function listSettings(): Listed[] {
  const users = Map.groupBy(
    Object.entries({ ...SETTINGS_BY_SERVICE, "command line": cliSettings }).flatMap(([service, own]) =>
      Object.values(own).map((setting: Setting<unknown>) => ({ service, setting })),
    ),
    ({ setting }) => setting.variable,
  );
  return [...users]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, uses]): Listed => {
      const defaults = new Set(uses.map(({ setting }) => defaultOf(setting)));
      return {
        variable,
        default: [...defaults].join(", "),
        used_by: uses.map((u) => u.service),
        help: [...new Set(uses.map((u) => u.setting.help))].join("; "),
      };
    });
}

function defaultOf({ schema }: Setting<unknown>): string {
  const value = schema.safeParse(undefined).data;
  return typeof value === "number" || (typeof value === "string" && value !== "") ? String(value) : "(unset)";
}

const toText = (s: Listed): string =>
  `${s.variable}\n  ${s.help}\n  default ${s.default}; read by ${s.used_by.join(", ")}\n`;
