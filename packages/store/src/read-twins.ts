import type { ClickHouseClient } from "@clickhouse/client";
import { inputTokens } from "@inferledger/events";
import { keyFromUInt64, keyToUInt64 } from "./columns.ts";
import { inParts, seedsOf, stepFrom, type Found, type Touched } from "./find-twins.ts";
import { decodeRow } from "./row-codec.ts";
import { QUARTER_MS } from "./store.ts";
import type { StoredSighting } from "./stored-sighting.ts";
import type { TraceSpan, TwinGroups } from "./twin-store.ts";

/** More steps than this from a touched row to a row that decides over it are no call's, but a sender's mistaken ids. */
const MOST_STEPS = 8;

/** Everything that touched rows may have to be settled with: found step by step, until nothing new is. */
export const readGroups = async (client: ClickHouseClient, touched: Touched): Promise<TwinGroups> =>
  groupsOf(client, touched, await seedsOf(client, touched));

/** The same from these call_keys. */
export async function groupsOf(
  client: ClickHouseClient,
  touched: Touched,
  seeds: Iterable<string>,
): Promise<TwinGroups> {
  let fresh = new Set(seeds);
  const known = new Set<string>();
  const traces = new Set<string>();
  const rows: StoredSighting[] = [];
  const places: TraceSpan[] = [];
  for (let step = 0; fresh.size > 0 && step < MOST_STEPS; step += 1) {
    for (const key of fresh) known.add(key);
    const read = await readCalls(client, touched, [...fresh]);
    rows.push(...read);
    const newTraces = (await tracesOf(client, touched.tenant, read)).filter((t) => !traces.has(t));
    for (const trace of newTraces) traces.add(trace);
    places.push(...(await readPlaces(client, touched.tenant, newTraces)));
    const next = await stepFrom(client, touched.tenant, foundIn(read, newTraces));
    fresh = new Set([...next].filter((key) => !known.has(key)));
  }
  return { rows, places };
}

function foundIn(rows: readonly StoredSighting[], traces: readonly string[]): Found {
  const times = rows.map((r) => r.sighting.time);
  const sightings = rows.map((r) => r.sighting).filter((s) => s.sight !== 0);
  const unkeyed = sightings.filter((s) => s.may_twin === "unkeyed");
  return {
    callKeys: sightings.map((s) => s.call_key),
    beside: sightings.flatMap((s) => [...s.other_keys, ...(s.weak_key === undefined ? [] : [s.weak_key])]),
    traces,
    figures: unkeyed.map((s) => ({ input: inputTokens(s.tokens), output: s.raw["output"] ?? 0 })),
    range: {
      from: times.reduce((a, b) => Math.min(a, b), Infinity),
      to: times.reduce((a, b) => Math.max(a, b), 0) + QUARTER_MS,
    },
  };
}

/**
 * Bounds of a DateTime64 are milliseconds, never a DateTime: against a DateTime the engine leaves out a part whose
 * rows all lie in the second before it.
 */
export const within = (ts: string): string =>
  `${ts} >= fromUnixTimestamp64Milli({from:Int64}) AND ${ts} < fromUnixTimestamp64Milli({to:Int64})`;

/** Of quarters in epoch seconds. */
export const boundsOf = (quarters: readonly number[]): { from: string; to: string } => ({
  from: String(quarters.reduce((a, b) => Math.min(a, b), Infinity) * 1000),
  to: String(quarters.reduce((a, b) => Math.max(a, b), 0) * 1000 + QUARTER_MS),
});

/** All rows of these calls, call rows included: first where they lie, then by their keys. */
async function readCalls(
  client: ClickHouseClient,
  { tenant, buckets, windowMs }: Touched,
  calls: readonly string[],
): Promise<StoredSighting[]> {
  const rows: StoredSighting[] = [];
  const near = {
    from: String(Math.max(0, buckets.reduce((a, b) => Math.min(a, b)) - windowMs)),
    to: String(buckets.reduce((a, b) => Math.max(a, b)) + QUARTER_MS + windowMs),
  };
  for (const part of inParts(calls)) {
    const keys = part.map((k) => BigInt(keyToUInt64(k)));
    const where = await client.query({
      query: `SELECT DISTINCT toUnixTimestamp(toStartOfFifteenMinutes(ts)) AS quarter FROM inferledger.ledger
        WHERE tenant = {tenant:String} AND ${within("ts")} AND call_key IN {keys:Array(UInt64)}`,
      query_params: { tenant, keys, ...near },
      format: "JSONEachRow",
    });
    const quarters = (await where.json<{ quarter: number }>()).map((r) => r.quarter);
    if (quarters.length === 0) continue;
    const result = await client.query({
      query: `SELECT *, toUnixTimestamp64Milli(ts) AS ts_ms FROM inferledger.ledger FINAL
        WHERE tenant = {tenant:String} AND has({quarters:Array(UInt32)}, toUnixTimestamp(toStartOfFifteenMinutes(ts))) AND has({keys:Array(UInt64)}, call_key)
          AND ${within("ts")}
        SETTINGS do_not_merge_across_partitions_select_final = 1`,
      query_params: { tenant, keys, quarters, ...boundsOf(quarters) },
      format: "JSONEachRow",
    });
    rows.push(...(await result.json<Parameters<typeof decodeRow>[0]>()).map(decodeRow));
  }
  return rows;
}

/** The traces that rows lie in. */
async function tracesOf(client: ClickHouseClient, tenant: string, rows: readonly StoredSighting[]): Promise<string[]> {
  const traces = new Set<string>();
  for (const part of inParts(rows.filter((r) => r.sighting.sight !== 0))) {
    const quarters = part.map((r) => (Math.floor(r.sighting.time / QUARTER_MS) * QUARTER_MS) / 1000);
    const result = await client.query({
      query: `SELECT DISTINCT trace_id FROM inferledger.place WHERE tenant = {tenant:String} AND ${within("start")}
        AND has({quarters:Array(UInt32)}, toUnixTimestamp(toStartOfFifteenMinutes(start))) AND has({keys:Array(UInt64)}, call_key)`,
      query_params: {
        tenant,
        quarters: [...new Set(quarters)],
        keys: [...new Set(part.map((r) => r.sighting.call_key))].map((k) => BigInt(keyToUInt64(k))),
        ...boundsOf(quarters),
      },
      format: "JSONEachRow",
    });
    for (const { trace_id } of await result.json<{ trace_id: string }>()) traces.add(trace_id);
  }
  return [...traces];
}

interface PlaceRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id: string;
  readonly start_ms: string;
  readonly end_ms: string;
  readonly call_key: string;
  readonly sight: number;
}

async function readPlaces(client: ClickHouseClient, tenant: string, traces: readonly string[]): Promise<TraceSpan[]> {
  const places: TraceSpan[] = [];
  for (const part of inParts(traces)) {
    const result = await client.query({
      query: `SELECT trace_id, span_id, parent_id, toUnixTimestamp64Milli(start) AS start_ms, toUnixTimestamp64Milli(end) AS end_ms, call_key, sight
        FROM inferledger.place FINAL WHERE tenant = {tenant:String} AND trace_id IN {traces:Array(String)}`,
      query_params: { tenant, traces: part },
      format: "JSONEachRow",
    });
    for (const row of await result.json<PlaceRow>())
      places.push({
        traceId: row.trace_id,
        spanId: row.span_id,
        parentId: row.parent_id,
        start: Number(row.start_ms),
        end: Number(row.end_ms),
        callKey: row.call_key === "0" ? undefined : keyFromUInt64(row.call_key),
        sight: row.sight,
      });
  }
  return places;
}
