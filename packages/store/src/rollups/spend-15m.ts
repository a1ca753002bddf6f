import type { ClickHouseClient } from "@clickhouse/client";
import { BUCKETS } from "@inferledger/events";
import { BUCKET_LIST, DIMENSION_LIST, INSERT_SETTINGS_SQL } from "../columns.ts";
import { periodOf } from "../row-codec.ts";
import { QUARTER_MS, type RollupStore } from "../store.ts";

const ZEROS = BUCKETS.map(() => "0").join(", ");
const SUMS = BUCKETS.map((b) => `sum(${b}) AS ${b}`).join(", ");

/**
 * Recomputes whole buckets from the ledger in one INSERT a month. The union with the buckets' old keys, as
 * zeros, writes groups that vanished as gone in the same part: a reader never sees half of a bucket.
 */
export const createSpend15m = (client: ClickHouseClient): RollupStore => ({
  async recompute(tenant, buckets) {
    const byMonth = Map.groupBy(new Set(buckets), periodOf);
    for (const month of byMonth.values()) await recomputeMonth(client, tenant, month);
  },
});

async function recomputeMonth(client: ClickHouseClient, tenant: string, buckets: readonly number[]): Promise<void> {
  const starts = buckets.map((b) => b / 1000);
  await client.command({
    query: `INSERT INTO inferledger.spend_15m (tenant, bucket, period, ${DIMENSION_LIST}, version, gone, requests, unpriced_requests, ${BUCKET_LIST}, amount)
      SELECT tenant, bucket, period, ${DIMENSION_LIST},
        (SELECT max(version) FROM inferledger.spend_15m WHERE tenant = {tenant:String} AND has({buckets:Array(UInt32)}, toUnixTimestamp(bucket))) + 1 AS version,
        sum(rows) = 0 AS gone, sum(requests) AS requests, sum(unpriced) AS unpriced_requests, ${SUMS}, sum(amount) AS amount
      FROM (
        SELECT tenant, toDateTime(toStartOfInterval(ts, INTERVAL 15 MINUTE), 'UTC') AS bucket, period, ${DIMENSION_LIST}, 1 AS rows, requests, if(unpriced_reason = '', 0, requests) AS unpriced, ${BUCKET_LIST}, toDecimal128(amount, 12) AS amount
        FROM inferledger.ledger FINAL
        WHERE tenant = {tenant:String} AND billed = 1 AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
          AND has({buckets:Array(UInt32)}, toUnixTimestamp(toStartOfInterval(ts, INTERVAL 15 MINUTE)))
        UNION ALL
        SELECT tenant, bucket, period, ${DIMENSION_LIST}, 0, 0, 0, ${ZEROS}, toDecimal128(0, 12)
        FROM inferledger.spend_15m FINAL
        WHERE tenant = {tenant:String} AND bucket >= toDateTime({fromS:UInt32}, 'UTC') AND bucket < toDateTime({toS:UInt32}, 'UTC') AND has({buckets:Array(UInt32)}, toUnixTimestamp(bucket))
      )
      GROUP BY tenant, bucket, period, ${DIMENSION_LIST}
      SETTINGS ${INSERT_SETTINGS_SQL}`,
    query_params: {
      tenant,
      buckets: starts,
      from: String(Math.min(...buckets)),
      to: String(Math.max(...buckets) + QUARTER_MS),
      fromS: Math.min(...starts),
      toS: Math.max(...starts) + QUARTER_MS / 1000,
    },
  });
}
