import type { ClickHouseClient } from "@clickhouse/client";
import { INSERT_SETTINGS_SQL, keyToUInt64, LEDGER_COLUMNS } from "./columns.ts";
import { decodeRow, encodeRow } from "./row-codec.ts";
import { callVersion, CORRECTOR_STEP } from "./row-version.ts";
import { QUARTER_MS, type CallRow, type Flip, type TwinStore } from "./store.ts";
import { insertRows } from "./write-ledger.ts";

export const createTwins = (deps: { readonly client: ClickHouseClient; readonly now: () => number }): TwinStore => {
  let sequence = 0n;
  // Hundredths of a second since 1970: above everything that an earlier corrector wrote, also after a restart.
  const nextSequence = (): bigint =>
    (sequence = sequence + 1n > BigInt(deps.now()) / 10n ? sequence + 1n : BigInt(deps.now()) / 10n);
  return {
    groups: (tenant, buckets, windowMs) => readGroups(deps.client, tenant, { buckets, windowMs }),
    async rewrite(flips, calls) {
      await insertCalls(deps.client, calls, nextSequence());
      await insertFlips(deps.client, flips);
    },
  };
};

async function readGroups(
  client: ClickHouseClient,
  tenant: string,
  { buckets, windowMs }: { readonly buckets: readonly number[]; readonly windowMs: number },
): Promise<ReturnType<typeof decodeRow>[]> {
  if (buckets.length === 0) return [];
  const [from, to] = [Math.min(...buckets), Math.max(...buckets) + QUARTER_MS];
  const near = "ts >= fromUnixTimestamp64Milli({near_from:Int64}) AND ts < fromUnixTimestamp64Milli({near_to:Int64})";
  const result = await client.query({
    query: `SELECT *, toUnixTimestamp64Milli(ts) AS ts_ms FROM inferledger.ledger FINAL
      WHERE tenant = {tenant:String} AND ${near} AND call_key IN (
        SELECT call_key FROM inferledger.ledger
        WHERE tenant = {tenant:String} AND ${near} AND call_key IN (
          SELECT call_key FROM inferledger.ledger
          WHERE tenant = {tenant:String} AND may_twin != 'none' AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
            AND has({buckets:Array(UInt32)}, toUnixTimestamp(toStartOfInterval(ts, INTERVAL 15 MINUTE))))
        GROUP BY call_key HAVING uniqExact(toStartOfHour(ts), sight) > 1)
      SETTINGS do_not_merge_across_partitions_select_final = 1`,
    query_params: {
      tenant,
      buckets: buckets.map((b) => b / 1000),
      from: String(from),
      to: String(to),
      near_from: String(Math.max(0, from - windowMs)),
      near_to: String(to + windowMs),
    },
    format: "JSONEachRow",
  });
  return (await result.json<Parameters<typeof decodeRow>[0]>()).map(decodeRow);
}

const insertCalls = (client: ClickHouseClient, calls: readonly CallRow[], sequence: bigint): Promise<void> =>
  insertRows(client, "ledger", {
    columns: LEDGER_COLUMNS,
    values: calls.map((call) =>
      encodeRow(call, {
        kind: "call",
        version: callVersion(sequence, call.period, call.priceVersion),
        winner: call.winner,
        billed: true,
        billedBy: undefined,
        pool: false,
      }),
    ),
  });

const FLIPS_PER_INSERT = 5000;

/** Copies the stored rows with new flags and a higher corrector sequence; every other figure stays what it was. */
async function insertFlips(client: ClickHouseClient, flips: readonly Flip[]): Promise<void> {
  for (let i = 0; i < flips.length; i += FLIPS_PER_INSERT) {
    const part = flips.slice(i, i + FLIPS_PER_INSERT);
    for (const [tenant, own] of Map.groupBy(part, (f) => f.tenant)) await insertTenantFlips(client, tenant, own);
  }
}

async function insertTenantFlips(client: ClickHouseClient, tenant: string, flips: readonly Flip[]): Promise<void> {
  const hours = flips.map((f) => Math.floor(f.time / 3_600_000) * 3600);
  await client.command({
    query: `INSERT INTO inferledger.ledger (${LEDGER_COLUMNS.join(", ")})
      SELECT ${LEDGER_COLUMNS.map(flipped).join(", ")} FROM inferledger.ledger AS l FINAL
      INNER JOIN (SELECT f.1 AS hour, f.2 AS key, f.3 AS s, f.4 AS to_billed, f.5 AS to_by FROM (
        SELECT arrayJoin(arrayZip({hours:Array(UInt32)}, {keys:Array(UInt64)}, {sights:Array(UInt32)}, {billed:Array(UInt8)}, {by:Array(UInt64)})) AS f)) AS c
      ON toUnixTimestamp(toStartOfHour(l.ts)) = c.hour AND l.call_key = c.key AND l.sight = c.s
      WHERE l.tenant = {tenant:String} AND l.ts >= toDateTime({from:UInt32}, 'UTC') AND l.ts < toDateTime({to:UInt32}, 'UTC')
      SETTINGS ${INSERT_SETTINGS_SQL}`,
    query_params: {
      tenant,
      hours,
      keys: flips.map((f) => BigInt(keyToUInt64(f.callKey))),
      sights: flips.map((f) => f.sight),
      billed: flips.map((f) => Number(f.billed)),
      by: flips.map((f) => (f.billedBy === undefined ? 0n : BigInt(keyToUInt64(f.billedBy)))),
      from: Math.min(...hours),
      to: Math.max(...hours) + 3600,
    },
  });
}

const flipped = (column: string): string =>
  column === "version"
    ? `l.version + ${CORRECTOR_STEP}`
    : column === "billed"
      ? "c.to_billed"
      : column === "billed_by"
        ? "c.to_by"
        : `l.${column}`;
