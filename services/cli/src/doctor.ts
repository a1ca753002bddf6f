import { parseArgs } from "node:util";
import type { Client } from "./client.ts";
import type { Command } from "./command.ts";
import { toTable } from "./table.ts";
import { UsageFault } from "./usage-fault.ts";

interface Sender {
  readonly service: string;
  readonly signal: string;
  readonly dialect: string;
  readonly scope: string;
  readonly sightings: number;
  readonly bills_alone: number;
  readonly evidence: Readonly<Record<string, number>>;
  readonly share_without_usage: string;
  readonly known_gaps: readonly { readonly id: string; readonly what: string; readonly mend: string }[];
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

/** `inferledger doctor senders [--days] [--format]`: what each service sends, how good it is, and how to mend what is missing. */
export const doctor: Command = async (args, { client, print, now }) => {
  const { days, format } = readArguments(args);
  const to = now();
  const range = new URLSearchParams({
    from: new Date(to - days * DAY_MS).toISOString(),
    to: new Date(to + DAY_MS).toISOString(),
  });
  print(await toText({ range, days, format }, client));
  return 0;
};

async function toText(
  of: { readonly range: URLSearchParams; readonly days: number; readonly format: string },
  client: Client,
): Promise<string> {
  const answer = await client.get(`/api/v1/senders?${of.range}`);
  if (of.format === "json") return `${answer.trim()}\n`;
  const { senders } = JSON.parse(answer) as { readonly senders: readonly Sender[] };
  if (senders.length === 0) return `No sender in the last ${of.days} days.\n`;
  const table = toTable([
    ["Service", "Signal", "Sender", "Scope", "Sightings", "Bills alone", "Without usage", "Grade"],
    ...senders.map((s) => [
      s.service || "(none)",
      s.signal,
      s.dialect,
      s.scope || "(none)",
      String(s.sightings),
      String(s.bills_alone),
      `${Math.round(Number(s.share_without_usage) * 100)} %`,
      gradeOf(s),
    ]),
  ]);
  return `${table}${gapsOf(senders)}`;
}

const GRADES = ["exact", "upper_bound", "estimated", "missing"];

/** Each grade that occurs, with its share. */
function gradeOf({ evidence, sightings }: Sender): string {
  return GRADES.filter((grade) => (evidence[grade] ?? 0) > 0)
    .map((grade) => `${grade.replace("_", " ")} ${Math.round(((evidence[grade] ?? 0) * 100) / sightings)} %`)
    .join(", ");
}

function gapsOf(senders: readonly Sender[]): string {
  const gaps = new Map(
    senders.flatMap((s) => s.known_gaps.map((gap) => [gap.id, { gap, of: `${s.service} (${s.dialect})` }] as const)),
  );
  if (gaps.size === 0) return "";
  const lines = [...gaps.values()].map(({ gap, of }) => `  ${of}: ${gap.what}\n    to mend it: ${gap.mend}`);
  return `\nKnown of these senders, as far as they were measured:\n${lines.join("\n")}\n`;
}

function readArguments(args: readonly string[]): { readonly days: number; readonly format: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { days: { type: "string", default: "7" }, format: { type: "string", default: "table" } },
    });
    if (positionals.length !== 1 || positionals[0] !== "senders")
      throw new UsageFault("doctor looks at one thing: inferledger doctor senders");
    const days = /^\d{1,3}$/.test(values.days) ? Number(values.days) : 0;
    if (days < 1 || days > MOST_DAYS) throw new UsageFault(`--days must be a whole number from 1 to ${MOST_DAYS}`);
    if (!["table", "json"].includes(values.format)) throw new UsageFault("--format must be table or json");
    return { days, format: values.format };
  } catch (error) {
    throw error instanceof UsageFault ? error : new UsageFault(error instanceof Error ? error.message : String(error));
  }
}
