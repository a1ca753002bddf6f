import type { ClickHouseClient } from "@clickhouse/client";
import { formatUsd } from "@inferledger/events";
import { INSERT_SETTINGS_SQL, keyToUInt64, LEDGER_COLUMNS } from "./columns.ts";
import { decodeRow } from "./row-codec.ts";
import { CORRECTOR_STEP } from "./row-version.ts";
import { HOUR_MS, QUARTER_MS, type Repriced, type RepricingQuery, type RepricingStore } from "./store.ts";

const MATCHES = `tenant = {tenant:String} AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
  AND evidence != 'missing' AND (has({models:Array(String)}, model) OR has({models:Array(String)}, reported_model)) AND has({by:Array(String)}, toString(priced_by))`;

const parameters = ({ tenant, from, to, models, pricedBy }: RepricingQuery): Record<string, unknown> => ({
  tenant,
  from: String(from),
  to: String(to),
  models: [...models],
  by: [...pricedBy],
});

export const createRepricing = (client: ClickHouseClient): RepricingStore => ({
  async hours(query) {
    const result = await client.query({
      query: `SELECT DISTINCT toUnixTimestamp(toStartOfHour(ts)) AS hour FROM inferledger.ledger WHERE ${MATCHES} ORDER BY hour`,
      query_params: parameters(query),
      format: "JSONEachRow",
    });
    return (await result.json<{ hour: number }>()).map((r) => r.hour * 1000);
  },
  async rows(query) {
    const result = await client.query({
      query: `SELECT *, toUnixTimestamp64Milli(ts) AS ts_ms FROM inferledger.ledger FINAL WHERE ${MATCHES} SETTINGS do_not_merge_across_partitions_select_final = 1`,
      query_params: parameters({ ...query, to: Math.min(query.to, query.from + HOUR_MS) }),
      format: "JSONEachRow",
    });
    return (await result.json<Parameters<typeof decodeRow>[0]>()).map(decodeRow);
  },
  async rewrite(tenant, rows) {
    for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
      await insertRepriced(client, tenant, rows.slice(i, i + ROWS_PER_INSERT));
  },
});

const ROWS_PER_INSERT = 2000;
const REPLACED: Readonly<Record<string, string>> = {
  version: `l.version + ${CORRECTOR_STEP}`,
  amount: "toDecimal64(c.p.4, 12)",
  unpriced_reason: "c.p.5",
  price_version: "c.p.6",
  priced_by: "c.p.7",
  model: "c.p.8",
};

/** Copies the stored rows with another price and a higher corrector sequence; every fact stays what it was. */
async function insertRepriced(client: ClickHouseClient, tenant: string, rows: readonly Repriced[]): Promise<void> {
  const quarters = rows.map((r) => (Math.floor(r.time / QUARTER_MS) * QUARTER_MS) / 1000);
  await client.command({
    query: `INSERT INTO inferledger.ledger (${LEDGER_COLUMNS.join(", ")})
      SELECT ${LEDGER_COLUMNS.map((column) => REPLACED[column] ?? `l.${column}`).join(", ")} FROM inferledger.ledger AS l FINAL
      INNER JOIN (SELECT p, p.1 AS quarter, p.2 AS key, p.3 AS s FROM (SELECT arrayJoin(arrayZip({quarters:Array(UInt32)}, {keys:Array(UInt64)}, {sights:Array(UInt32)},
        {amounts:Array(String)}, {reasons:Array(String)}, {versions:Array(UInt32)}, {by:Array(String)}, {models:Array(String)})) AS p)) AS c
      ON toUnixTimestamp(toStartOfFifteenMinutes(l.ts)) = c.quarter AND l.call_key = c.key AND l.sight = c.s
      WHERE l.tenant = {tenant:String} AND has({quarters:Array(UInt32)}, toUnixTimestamp(toStartOfFifteenMinutes(l.ts))) AND has({keys:Array(UInt64)}, l.call_key)
      SETTINGS ${INSERT_SETTINGS_SQL}`,
    query_params: {
      tenant,
      quarters,
      keys: rows.map((r) => BigInt(keyToUInt64(r.callKey))),
      sights: rows.map((r) => r.sight),
      amounts: rows.map((r) => formatUsd(r.amount ?? 0n)),
      reasons: rows.map((r) => r.unpricedReason),
      versions: rows.map((r) => r.priceVersion),
      by: rows.map((r) => r.pricedBy),
      models: rows.map((r) => r.model),
    },
  });
}
