import type { ClickHouseClient } from "@clickhouse/client";
import { seconds } from "./columns.ts";
import { countArrivals } from "./queries/arrivals.ts";
import { DAY_MS, type Balance } from "./store.ts";
import { insertRows } from "./write-ledger.ts";

const COUNTS = ["accepted", "priced", "unpriced", "rejected", "duplicate", "ignored"] as const;

/**
 * Keeps the balance of whole UTC days of arrival before `before`, while the proof that it is counted from is still
 * there. A day that is kept stays as it is.
 */
export async function keepBalanceDays(client: ClickHouseClient, before: number): Promise<number> {
  const result = await client.query({
    query: `SELECT DISTINCT tenant, toUnixTimestamp(toStartOfDay(arrived)) AS day FROM inferledger.receipt
      WHERE arrived < {before:DateTime64(3, 'UTC')}
        AND (tenant, toDate(arrived)) NOT IN (SELECT tenant, day FROM inferledger.balance_day) ORDER BY day`,
    query_params: { before: seconds(before) },
    format: "JSONEachRow",
  });
  const days = await result.json<{ tenant: string; day: number }>();
  for (const { tenant, day } of days) {
    const counts = await countArrivals(client, tenant, { from: day * 1000, to: day * 1000 + DAY_MS });
    await insertRows(client, "balance_day", {
      columns: ["tenant", "day", ...COUNTS],
      values: [[tenant, new Date(day * 1000).toISOString().slice(0, 10), ...COUNTS.map((c) => counts[c])]],
    });
  }
  return days.length;
}

/** The kept days of [from, to), and the end of the last day that is kept: from there on arrivals are counted. */
export async function readBalanceDays(
  client: ClickHouseClient,
  tenant: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly kept: Balance; readonly until: number }> {
  const result = await client.query({
    query: `SELECT ${COUNTS.map((c) => `sumIf(${c}, within) AS ${c}`).join(", ")}, max(end) AS until
      FROM (SELECT *, toUnixTimestamp(toDateTime(day, 'UTC')) AS start, start + 86400 AS end,
              start >= {from:UInt32} AND start < {to:UInt32} AS within
            FROM inferledger.balance_day FINAL WHERE tenant = {tenant:String})`,
    query_params: { tenant, from: Math.ceil(from / 1000), to: Math.floor(to / 1000) },
    format: "JSONEachRow",
  });
  const row = (await result.json<Record<string, string>>())[0] ?? {};
  const kept = Object.fromEntries(COUNTS.map((c) => [c, Number(row[c] ?? 0)])) as unknown as Balance;
  return { kept, until: Number(row.until ?? 0) * 1000 };
}
