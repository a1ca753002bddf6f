import type { ClickHouseClient } from "@clickhouse/client";
import { INSERT_SETTINGS_SQL, keyToUInt64, LEDGER_COLUMNS } from "./columns.ts";
import { boundsOf, groupsOf, readGroups, within } from "./read-twins.ts";
import { encodeRow } from "./row-codec.ts";
import { callVersion, CORRECTOR_STEP } from "./row-version.ts";
import { QUARTER_MS } from "./store.ts";
import type { CallRow, Flip, TwinStore } from "./twin-store.ts";
import type { StoredSighting } from "./stored-sighting.ts";
import { insertRows } from "./write-ledger.ts";

const AROUND_MS = 35 * 86_400_000;

export const createTwins = (deps: { readonly client: ClickHouseClient; readonly now: () => number }): TwinStore => {
  let sequence = 0n;
  // Hundredths of a second since 1970: above everything that an earlier corrector wrote, also after a restart.
  const nextSequence = (): bigint =>
    (sequence = sequence + 1n > BigInt(deps.now()) / 10n ? sequence + 1n : BigInt(deps.now()) / 10n);
  return {
    groups: (tenant, buckets, windowMs) => readGroups(deps.client, { tenant, buckets, windowMs }),
    around: (sighting) =>
      groupsOf(
        deps.client,
        {
          tenant: sighting.tenant,
          buckets: [Math.floor(sighting.time / QUARTER_MS) * QUARTER_MS],
          windowMs: AROUND_MS,
        },
        [sighting.call_key],
      ),
    async rewrite(flips, calls) {
      await insertCalls(deps.client, calls, nextSequence());
      await insertFlips(deps.client, flips);
    },
    replace: (rows) => insertDerived(deps.client, rows, nextSequence()),
  };
};

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

/** Rows that are made of others keep their kind: they are nobody's call row. */
const insertDerived = (client: ClickHouseClient, rows: readonly StoredSighting[], sequence: bigint): Promise<void> =>
  insertRows(client, "ledger", {
    columns: LEDGER_COLUMNS,
    values: rows.map((row) =>
      encodeRow(row, {
        kind: "sighting",
        version: callVersion(sequence, row.period, row.priceVersion),
        winner: 0,
        billed: row.billed,
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
      INNER JOIN (SELECT f.1 AS quarter, f.2 AS key, f.3 AS s, f.4 AS to_billed, f.5 AS to_by, f.6 AS to_rule FROM (
        SELECT arrayJoin(arrayZip({quarters:Array(UInt32)}, {keys:Array(UInt64)}, {sights:Array(UInt32)}, {billed:Array(UInt8)}, {by:Array(UInt64)}, {rules:Array(String)})) AS f)) AS c
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
      rules: flips.map((f) => f.rule),
      by: flips.map((f) => (f.billedBy === undefined ? 0n : BigInt(keyToUInt64(f.billedBy)))),
      ...boundsOf(quarters),
    },
  });
}

const CHANGED: Readonly<Record<string, string>> = {
  version: `l.version + ${CORRECTOR_STEP}`,
  billed: "c.to_billed",
  billed_by: "c.to_by",
  settled_by: "c.to_rule",
};
const flipped = (column: string): string => CHANGED[column] ?? `l.${column}`;
