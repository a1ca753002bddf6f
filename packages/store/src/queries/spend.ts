import type { ClickHouseClient } from "@clickhouse/client";
import { BUCKETS, readUsd, type Dimension, type Tokens } from "@inferledger/events";
import { BUCKET_LIST, DIMENSION_LIST } from "../columns.ts";
import { QUARTER_MS, type SpendQuery, type SpendRow } from "../store.ts";

const STARTS = { hour: "toStartOfHour", day: "toStartOfDay", month: "toStartOfMonth" } as const;

/**
 * Sums of billed rows over [from, to): whole clean buckets from the rollup, buckets that changed and the edges
 * inside a bucket from the ledger. Each bucket comes whole from one source, in one statement.
 */
export async function readSpend(client: ClickHouseClient, query: SpendQuery): Promise<SpendRow[]> {
  const keys = [...query.groupBy];
  const interval = query.interval
    ? [`toUnixTimestamp(toDateTime(${STARTS[query.interval]}(t, {tz:String}), {tz:String})) AS start`]
    : [];
  const filters = Object.entries(query.filter ?? {}) as [Dimension, string][];
  const where = filters.map(([dimension]) => `AND ${dimension} = {f_${dimension}:String}`).join(" ");
  const first = Math.ceil(query.from / QUARTER_MS) * QUARTER_MS;
  const last = Math.max(first, Math.floor(query.to / QUARTER_MS) * QUARTER_MS);
  const result = await client.query({
    query: `WITH (SELECT groupArray(toUnixTimestamp(bucket)) FROM inferledger.dirty_buckets WHERE tenant = {tenant:String}) AS changed
      SELECT ${[...keys, ...interval, "sum(r) AS requests", "sum(u) AS unpriced", ...BUCKETS.map((b) => `sum(${b}) AS s_${b}`), "sum(a) AS amount"].join(", ")}
      FROM (
        SELECT ${DIMENSION_LIST}, bucket AS t, requests AS r, unpriced_requests AS u, ${BUCKET_LIST}, amount AS a
        FROM inferledger.spend_15m FINAL
        WHERE tenant = {tenant:String} AND bucket >= toDateTime({first:UInt32}, 'UTC') AND bucket < toDateTime({last:UInt32}, 'UTC') AND NOT has(changed, toUnixTimestamp(bucket)) ${where}
        UNION ALL
        SELECT ${DIMENSION_LIST}, toDateTime(toStartOfInterval(ts, INTERVAL 15 MINUTE), 'UTC') AS t, requests AS r, if(unpriced_reason = '', 0, requests) AS u, ${BUCKET_LIST}, toDecimal128(amount, 12) AS a
        FROM inferledger.ledger FINAL
        WHERE tenant = {tenant:String} AND billed = 1 AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
          AND (has(changed, toUnixTimestamp(toStartOfInterval(ts, INTERVAL 15 MINUTE))) OR ts < fromUnixTimestamp64Milli({first_ms:Int64}) OR ts >= fromUnixTimestamp64Milli({last_ms:Int64})) ${where}
      )
      ${keys.length + interval.length > 0 ? `GROUP BY ${[...keys, ...(interval.length > 0 ? ["start"] : [])].join(", ")}` : "HAVING count() > 0"}
      SETTINGS do_not_merge_across_partitions_select_final = 1`,
    query_params: {
      tenant: query.tenant,
      tz: query.tz,
      from: String(query.from),
      to: String(query.to),
      first: first / 1000,
      last: last / 1000,
      first_ms: String(first),
      last_ms: String(last),
      ...Object.fromEntries(filters.map(([d, v]) => [`f_${d}`, v])),
    },
    format: "JSONEachRow",
  });
  return (await result.json<Record<string, string>>()).map((row) => toSpendRow(row, keys));
}

function toSpendRow(row: Readonly<Record<string, string>>, keys: readonly Dimension[]): SpendRow {
  const tokens: Tokens = {};
  for (const bucket of BUCKETS) if (row[`s_${bucket}`] !== "0") tokens[bucket] = Number(row[`s_${bucket}`]);
  return {
    keys: Object.fromEntries(keys.map((k) => [k, row[k] ?? ""])),
    ...(row.start === undefined ? {} : { time: Number(row.start) * 1000 }),
    requests: Number(row.requests),
    unpricedRequests: Number(row.unpriced),
    tokens,
    opexApi: readUsd(row.amount ?? "0"),
  };
}
