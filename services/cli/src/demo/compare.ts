import { setTimeout as sleep } from "node:timers/promises";
import { formatUsd, readUsd } from "@inferledger/events";
import type { Client } from "../client.ts";
import { toTable } from "../table.ts";
import { capex, poolBills, type Books } from "./expected.ts";
import { TEAMS, type Declared } from "./scenario.ts";

interface Row {
  readonly team: string | null;
  readonly requests: number;
  readonly unpriced_requests: number;
  readonly [amount: string]: string | number | null;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One figure by the demo's own books and by the api. */
interface Figure {
  readonly name: string;
  readonly own: string;
  readonly api: string;
}

/** Asks until every figure agrees, or for as long as settling may take. The text names every figure; `equal` if all agree. */
export async function compare(
  client: Client,
  range: Range,
  books: { readonly calls: Books; readonly declared: Declared },
): Promise<{ readonly text: string; readonly equal: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    const figures = toFigures(await ask(client, range), range, books);
    const equal = figures.every((f) => f.own === f.api);
    if (equal || attempt === 120) return { equal, text: toText(figures) };
    await sleep(1000);
  }
}

async function ask(client: Client, { from, to }: Range): Promise<{ rows: Row[]; total: Row }> {
  const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  return JSON.parse(await client.get(`/api/v1/spend?${range}&group_by=team`)) as { rows: Row[]; total: Row };
}

function toFigures(
  answer: { readonly rows: readonly Row[]; readonly total: Row },
  { from, to }: Range,
  { calls, declared }: { readonly calls: Books; readonly declared: Declared },
): Figure[] {
  const amount = (row: Row | undefined, ...names: readonly string[]): string =>
    formatUsd(names.reduce((sum, name) => sum + readUsd(String(row?.[name] ?? "0")), 0n));
  const ofTeam = (team: string): Figure[] => {
    const row = answer.rows.find((r) => r.team === team);
    const own = calls.team(team);
    return [
      { name: `${team}: requests`, own: String(own.requests), api: String(row?.requests ?? 0) },
      { name: `${team}: opex of APIs, USD`, own: formatUsd(own.opexApi), api: amount(row, "opex_api") },
    ];
  };
  const { total } = answer;
  return [
    ...TEAMS.flatMap(({ team }) => ofTeam(team)),
    { name: "requests", own: String(calls.total().requests), api: String(total.requests) },
    { name: "unpriced requests", own: String(calls.total().unpriced), api: String(total.unpriced_requests) },
    { name: "opex of APIs, USD", own: formatUsd(calls.total().opexApi), api: amount(total, "opex_api") },
    {
      name: "GPUs: busy + idle + unknown, USD",
      own: formatUsd(poolBills(declared, from, to)),
      api: amount(total, "opex_gpu", "idle", "gpu_unknown"),
    },
    { name: "capex, USD", own: formatUsd(capex(declared, from, to)), api: amount(total, "capex_amortized") },
  ];
}

const toText = (figures: readonly Figure[]): string =>
  toTable([
    ["", "demo", "api", ""],
    ...figures.map((f) => [f.name, f.own, f.api, f.own === f.api ? "equal" : "DIFFERS"]),
  ]);
