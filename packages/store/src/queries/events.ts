import type { ClickHouseClient } from "@clickhouse/client";
import type { Sighting } from "@inferledger/events";
import { keyToUInt64 } from "../columns.ts";
import { decodeRow } from "../row-codec.ts";
import { QUARTER_MS, type EventQuery } from "../store.ts";
import type { StoredSighting } from "../stored-sighting.ts";

const ID = /^(\d{1,10})-([0-9a-f]{16})-(\d{1,10})$/;
const ROW = "SELECT *, toUnixTimestamp64Milli(ts) AS ts_ms FROM inferledger.ledger FINAL";

/** Start of the 15 minutes that the row's key holds, epoch seconds. */
const quarterOf = (s: Sighting): number => (Math.floor(s.time / QUARTER_MS) * QUARTER_MS) / 1000;

/** The public id of a row: `<quarter, epoch s>-<call_key>-<sight>`, a seek in the ledger. */
export const eventId = ({ sighting: s }: Pick<StoredSighting, "sighting">): string =>
  `${quarterOf(s)}-${s.call_key}-${s.sight}`;

/** Newest first; the cursor is the last row's (time, call_key, sight). */
export async function readEvents(
  client: ClickHouseClient,
  query: EventQuery,
): Promise<{ events: StoredSighting[]; next?: string }> {
  const cursor = /^(\d+)_([0-9a-f]{16})_(\d+)$/.exec(query.cursor ?? "");
  const conditions = [
    "tenant = {tenant:String} AND sight != 0 AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})",
    ...(query.service === undefined ? [] : ["service = {service:String}"]),
    ...(query.model === undefined ? [] : ["model = {model:String}"]),
    ...(query.billed === undefined ? [] : [`billed = ${query.billed ? 1 : 0}`]),
    ...(cursor
      ? ["(ts, call_key, sight) < (fromUnixTimestamp64Milli({c_time:Int64}), {c_key:UInt64}, {c_sight:UInt32})"]
      : []),
  ];
  const result = await client.query({
    query: `${ROW} WHERE ${conditions.join(" AND ")} ORDER BY ts DESC, call_key DESC, sight DESC LIMIT {limit:UInt32} SETTINGS do_not_merge_across_partitions_select_final = 1`,
    query_params: {
      tenant: query.tenant,
      from: String(query.from),
      to: String(query.to),
      limit: query.limit + 1,
      service: query.service ?? "",
      model: query.model ?? "",
      c_time: cursor?.[1] ?? "0",
      c_key: keyToUInt64(cursor?.[2] ?? "0"),
      c_sight: Number(cursor?.[3] ?? 0),
    },
    format: "JSONEachRow",
  });
  const rows = (await result.json<Parameters<typeof decodeRow>[0]>()).map(decodeRow);
  const events = rows.slice(0, query.limit);
  const last = events.at(-1);
  return rows.length > query.limit && last
    ? { events, next: `${last.sighting.time}_${last.sighting.call_key}_${last.sighting.sight}` }
    : { events };
}

export async function readEvent(
  client: ClickHouseClient,
  tenant: string,
  id: string,
): Promise<StoredSighting | undefined> {
  const match = ID.exec(id);
  if (!match) return undefined;
  const result = await client.query({
    query: `${ROW} WHERE tenant = {tenant:String} AND toStartOfFifteenMinutes(ts) = toDateTime({quarter:UInt32}, 'UTC') AND call_key = {key:UInt64} AND sight = {sight:UInt32}`,
    query_params: { tenant, quarter: Number(match[1]), key: keyToUInt64(match[2] ?? "0"), sight: Number(match[3]) },
    format: "JSONEachRow",
  });
  const row = (await result.json<Parameters<typeof decodeRow>[0]>())[0];
  return row ? decodeRow(row) : undefined;
}

export async function countKnown(
  client: ClickHouseClient,
  tenant: string,
  sightings: readonly Sighting[],
): Promise<number> {
  if (sightings.length === 0) return 0;
  const ids = (s: Sighting): string => `${quarterOf(s)}-${keyToUInt64(s.call_key)}-${s.sight}`;
  const result = await client.query({
    query: `SELECT uniqExact(toStartOfFifteenMinutes(ts), call_key, sight) AS n FROM inferledger.ledger
      WHERE tenant = {tenant:String} AND has({keys:Array(UInt64)}, call_key) AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
        AND has({ids:Array(String)}, concat(toString(toUnixTimestamp(toStartOfFifteenMinutes(ts))), '-', toString(call_key), '-', toString(sight)))`,
    query_params: {
      tenant,
      keys: sightings.map((s) => BigInt(keyToUInt64(s.call_key))),
      ids: sightings.map(ids),
      from: String(Math.min(...sightings.map((s) => s.time)) - QUARTER_MS),
      to: String(Math.max(...sightings.map((s) => s.time)) + QUARTER_MS),
    },
    format: "JSONEachRow",
  });
  return Number((await result.json<{ n: string }>())[0]?.n ?? 0);
}
