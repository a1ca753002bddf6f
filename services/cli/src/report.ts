import { parseArgs } from "node:util";
import { formatCents, readUsd } from "@inferledger/events";
import type { Client } from "./client.ts";
import type { Command } from "./command.ts";
import { toTable } from "./table.ts";
import { UsageFault } from "./usage-fault.ts";

const COLUMNS = [
  ["Opex, API", "opex_api"],
  ["Own GPUs", "opex_gpu"],
  ["Idle", "idle"],
  ["GPU unknown", "gpu_unknown"],
  ["Capex", "capex_amortized"],
  ["Total", "total"],
] as const;

type Line = Readonly<Record<string, string | number | null>>;
interface Statement {
  readonly period: string;
  readonly team: string | null;
  readonly rows: readonly Line[];
  readonly total: Line;
}

/** `inferledger report <yyyy-mm> [--team] [--format]`: a month's statement as text. */
export const report: Command = async (args, { client, print }) => {
  print(await toReport(readArguments(args), client));
  return 0;
};

async function toReport({ period, team, format }: Arguments, client: Client): Promise<string> {
  const query = new URLSearchParams({
    ...(team === undefined ? {} : { team }),
    format: format === "csv" ? "csv" : "json",
  });
  const answer = await client.get(`/api/v1/periods/${encodeURIComponent(period)}/statement?${query}`);
  if (format === "csv") return answer;
  return format === "json" ? `${answer.trim()}\n` : toText(JSON.parse(answer) as Statement);
}

interface Arguments {
  readonly period: string;
  readonly team: string | undefined;
  readonly format: string;
}

function readArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { team: { type: "string" }, format: { type: "string", default: "table" } },
    });
    const [period, ...more] = positionals;
    if (period === undefined || more.length > 0) throw new UsageFault("report needs one month, such as 2026-10");
    if (!["table", "csv", "json"].includes(values.format)) throw new UsageFault("--format must be table, csv or json");
    return { period, team: values.team, format: values.format };
  } catch (error) {
    throw error instanceof UsageFault ? error : new UsageFault(error instanceof Error ? error.message : String(error));
  }
}

function toText(statement: Statement): string {
  const cells = (name: string, line: Line): string[] => [
    name,
    String(line.requests),
    ...COLUMNS.map(([, key]) => formatCents(readUsd(String(line[key])))),
  ];
  const lines = [
    ["Model", "Requests", ...COLUMNS.map(([title]) => title)],
    ...statement.rows.map((r) => cells(plain(r.model), r)),
    cells("Total", statement.total),
  ];
  const unpriced = Number(statement.total.unpriced_requests);
  const title = `${statement.period}  ${statement.team === null ? "all teams" : `team ${plain(statement.team)}`}  USD`;
  const note =
    unpriced > 0
      ? `
${unpriced} requests are unpriced and not in these amounts.
`
      : "";
  return `${title}

${toTable(lines)}${note}`;
}

/** Names come from senders: control characters must not reach a terminal. */
const plain = (name: string | number | null | undefined): string => String(name ?? "(none)").replace(/\p{Cc}/gu, "�");
