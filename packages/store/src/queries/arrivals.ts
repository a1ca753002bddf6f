import type { ClickHouseClient } from "@clickhouse/client";
import { seconds } from "../columns.ts";
import type { Balance } from "../store.ts";

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * What came in by time of arrival, against what became of it. `accepted`, `rejected` and `ignored` are what
 * the receipts say; the rest is counted from the rows, so a lost row shows as a difference. The earliest arrival
 * of a sighting takes its state; later arrivals, and all sightings of a call but its winner, are duplicates.
 */
export async function countArrivals(client: ClickHouseClient, tenant: string, { from, to }: Range): Promise<Balance> {
  const window = "arrived >= {from:DateTime64(3, 'UTC')} AND arrived < {to:DateTime64(3, 'UTC')}";
  const result = await client.query({
    query: `SELECT r.accepted AS accepted, r.rejected AS rejected, r.ignored AS ignored, a.total AS total, a.priced AS priced, a.unpriced AS unpriced
      FROM (SELECT sum(accepted) AS accepted, sum(arraySum(mapValues(rejected))) AS rejected, sum(ignored) AS ignored FROM inferledger.receipt FINAL WHERE tenant = {tenant:String} AND ${window}) AS r
      CROSS JOIN (
        SELECT sum(n) AS total, countIf(takes AND state = 1) AS priced, countIf(takes AND state = 2) AS unpriced
        FROM (
          SELECT quarter, call_key, sight, countIf(${window}) AS n, min(arrived) >= {from:DateTime64(3, 'UTC')} AND min(arrived) < {to:DateTime64(3, 'UTC')} AS takes
          FROM (SELECT toStartOfFifteenMinutes(ts) AS quarter, call_key, sight, arrived FROM inferledger.proof FINAL WHERE tenant = {tenant:String})
          GROUP BY quarter, call_key, sight HAVING n > 0
        ) AS p
        LEFT JOIN (
          SELECT toStartOfFifteenMinutes(ts) AS quarter, call_key, if(kind = 'call', winner_sight, sight) AS sight, max(if(unpriced_reason = '', 1, 2)) AS state
          FROM inferledger.ledger FINAL WHERE tenant = {tenant:String} AND billed = 1 GROUP BY quarter, call_key, sight
        ) AS l USING (quarter, call_key, sight)
      ) AS a`,
    query_params: { tenant, from: seconds(from), to: seconds(to) },
    format: "JSONEachRow",
  });
  const row = (await result.json<Record<string, string>>())[0] ?? {};
  const count = (name: string): number => Number(row[name] ?? 0);
  return {
    accepted: count("accepted"),
    rejected: count("rejected"),
    ignored: count("ignored"),
    priced: count("priced"),
    unpriced: count("unpriced"),
    duplicate: count("total") - count("priced") - count("unpriced"),
  };
}
