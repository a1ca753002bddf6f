import type { ClickHouseClient } from "@clickhouse/client";
import { INSERT_SETTINGS_SQL, keyToUInt64, LEDGER_COLUMNS } from "./columns.ts";
import { decodeRow, encodeRow } from "./row-codec.ts";
import { callVersion, CORRECTOR_STEP } from "./row-version.ts";
import { QUARTER_MS, type CallRow, type Flip, type StoredSighting, type TwinStore } from "./store.ts";
import { insertRows } from "./write-ledger.ts";

export const createTwins = (deps: { readonly client: ClickHouseClient; readonly now: () => number }): TwinStore => {
  let sequence = 0n;
  // Hundredths of a second since 1970: above everything that an earlier corrector wrote, also after a restart.
  const nextSequence = (): bigint =>
    (sequence = sequence + 1n > BigInt(deps.now()) / 10n ? sequence + 1n : BigInt(deps.now()) / 10n);
  return {
    async groups(tenant, buckets, windowMs) {
      const calls = await findCalls(deps.client, { tenant, buckets, windowMs });
      return readCalls(deps.client, tenant, calls);
    },
    async rewrite(flips, calls) {
      await insertCalls(deps.client, calls, nextSequence());
      await insertFlips(deps.client, flips);
    },
  };
};

interface SeenTwice {
  readonly call_key: string;
  /** Starts of the 15 minutes in which it was seen, epoch seconds. */
  readonly quarters: readonly number[];
}

/** Calls of the touched buckets that more than one row tells of. Rows that FINAL would hide do no harm: they share their key. */
async function findCalls(
  client: ClickHouseClient,
  of: { readonly tenant: string; readonly buckets: readonly number[]; readonly windowMs: number },
): Promise<SeenTwice[]> {
  if (of.buckets.length === 0) return [];
  const [from, to] = [Math.min(...of.buckets), Math.max(...of.buckets) + QUARTER_MS];
  const result = await client.query({
    query: `SELECT call_key, groupUniqArray(toUnixTimestamp(toStartOfFifteenMinutes(ts))) AS quarters FROM inferledger.ledger
      WHERE tenant = {tenant:String} AND ts >= fromUnixTimestamp64Milli({near_from:Int64}) AND ts < fromUnixTimestamp64Milli({near_to:Int64})
        AND call_key IN (
          SELECT call_key FROM inferledger.ledger
          WHERE tenant = {tenant:String} AND may_twin != 'none' AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
            AND has({buckets:Array(UInt32)}, toUnixTimestamp(toStartOfInterval(ts, INTERVAL 15 MINUTE))))
      GROUP BY call_key HAVING uniqExact(toStartOfFifteenMinutes(ts), sight) > 1`,
    query_params: {
      tenant: of.tenant,
      buckets: of.buckets.map((b) => b / 1000),
      from: String(from),
      to: String(to),
      near_from: String(Math.max(0, from - of.windowMs)),
      near_to: String(to + of.windowMs),
    },
    format: "JSONEachRow",
  });
  return result.json<SeenTwice>();
}

const CALLS_PER_READ = 2000;

/** All rows of these calls, read by their keys. */
async function readCalls(
  client: ClickHouseClient,
  tenant: string,
  calls: readonly SeenTwice[],
): Promise<StoredSighting[]> {
  const rows: StoredSighting[] = [];
  for (let i = 0; i < calls.length; i += CALLS_PER_READ) {
    const part = calls.slice(i, i + CALLS_PER_READ);
    const result = await client.query({
      query: `SELECT *, toUnixTimestamp64Milli(ts) AS ts_ms FROM inferledger.ledger FINAL
        WHERE tenant = {tenant:String} AND has({quarters:Array(UInt32)}, toUnixTimestamp(toStartOfFifteenMinutes(ts))) AND has({keys:Array(UInt64)}, call_key)
          AND ${within("ts")}
        SETTINGS do_not_merge_across_partitions_select_final = 1`,
      query_params: {
        tenant,
        ...keysOf(
          part.flatMap((c) => c.quarters),
          part.map((c) => c.call_key),
        ),
      },
      format: "JSONEachRow",
    });
    rows.push(...(await result.json<Parameters<typeof decodeRow>[0]>()).map(decodeRow));
  }
  return rows;
}

/** Parameters that let the engine seek: quarters and keys are the primary key's own. UInt64 goes as BigInt. */
const keysOf = (quarters: readonly number[], keys: readonly string[]): Record<string, unknown> => ({
  quarters: [...new Set(quarters)],
  keys: [...new Set(keys)].map(BigInt),
  ...boundsOf(quarters),
});

/**
 * Bounds of a DateTime64 are milliseconds, never a DateTime: against a DateTime the engine leaves out a part whose
 * rows all lie in the second before it.
 */
const within = (ts: string): string =>
  `${ts} >= fromUnixTimestamp64Milli({from:Int64}) AND ${ts} < fromUnixTimestamp64Milli({to:Int64})`;

const boundsOf = (quarters: readonly number[]): { from: string; to: string } => ({
  from: String(quarters.reduce((a, b) => Math.min(a, b), Infinity) * 1000),
  to: String(quarters.reduce((a, b) => Math.max(a, b), 0) * 1000 + QUARTER_MS),
});

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
  const quarters = flips.map((f) => (Math.floor(f.time / QUARTER_MS) * QUARTER_MS) / 1000);
  await client.command({
    query: `INSERT INTO inferledger.ledger (${LEDGER_COLUMNS.join(", ")})
      SELECT ${LEDGER_COLUMNS.map(flipped).join(", ")} FROM inferledger.ledger AS l FINAL
      INNER JOIN (SELECT f.1 AS quarter, f.2 AS key, f.3 AS s, f.4 AS to_billed, f.5 AS to_by FROM (
        SELECT arrayJoin(arrayZip({quarters:Array(UInt32)}, {keys:Array(UInt64)}, {sights:Array(UInt32)}, {billed:Array(UInt8)}, {by:Array(UInt64)})) AS f)) AS c
      ON toUnixTimestamp(toStartOfFifteenMinutes(l.ts)) = c.quarter AND l.call_key = c.key AND l.sight = c.s
      WHERE l.tenant = {tenant:String} AND has({quarters:Array(UInt32)}, toUnixTimestamp(toStartOfFifteenMinutes(l.ts))) AND has({keys:Array(UInt64)}, l.call_key)
        AND ${within("l.ts")}
      SETTINGS ${INSERT_SETTINGS_SQL}`,
    query_params: {
      tenant,
      quarters,
      keys: flips.map((f) => BigInt(keyToUInt64(f.callKey))),
      sights: flips.map((f) => f.sight),
      billed: flips.map((f) => Number(f.billed)),
      by: flips.map((f) => (f.billedBy === undefined ? 0n : BigInt(keyToUInt64(f.billedBy)))),
      ...boundsOf(quarters),
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
