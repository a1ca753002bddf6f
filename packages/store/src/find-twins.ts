import type { ClickHouseClient } from "@clickhouse/client";
import { keyFromUInt64, keyToUInt64 } from "./columns.ts";
import { QUARTER_MS } from "./store.ts";

/** A trace is looked at this far around: longer ones are settled in parts. */
const TRACE_WINDOW_MS = 6 * 3_600_000;
/** Calls without a shared id are paired when they overlap: longer calls than this are not. */
const FIGURES_WINDOW_MS = 90 * 60_000;
const PER_QUERY = 2000;

/** A time range, milliseconds; `to` excluded. */
interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Touched {
  readonly tenant: string;
  readonly buckets: readonly number[];
  readonly windowMs: number;
}

/** call_keys of calls that something of the touched buckets may share: by a key, by an id beside it, by a trace, by figures. */
export async function seedsOf(client: ClickHouseClient, touched: Touched): Promise<Set<string>> {
  if (touched.buckets.length === 0) return new Set();
  const found = await Promise.all([
    bySharedKey(client, touched),
    byEdges(client, touched),
    byTraces(client, touched),
    byFigures(client, touched),
    aggregates(client, touched),
  ]);
  return new Set(found.flat());
}

const rangeOf = (buckets: readonly number[], around: number): Range => ({
  from: Math.max(0, buckets.reduce((a, b) => Math.min(a, b)) - around),
  to: buckets.reduce((a, b) => Math.max(a, b)) + QUARTER_MS + around,
});

const within = (time: string, name: string): string =>
  `${time} >= fromUnixTimestamp64Milli({${name}_from:Int64}) AND ${time} < fromUnixTimestamp64Milli({${name}_to:Int64})`;
const bounds = (name: string, { from, to }: Range): Record<string, string> => ({
  [`${name}_from`]: String(from),
  [`${name}_to`]: String(to),
});

const inBuckets = (time: string): string =>
  `${within(time, "own")} AND has({buckets:Array(UInt32)}, toUnixTimestamp(toStartOfFifteenMinutes(${time})))`;
const ofTouched = ({ tenant, buckets }: Touched, around: number): Record<string, unknown> => ({
  tenant,
  buckets: buckets.map((b) => b / 1000),
  ...bounds("own", rangeOf(buckets, 0)),
  ...bounds("near", rangeOf(buckets, around)),
});

async function keys(client: ClickHouseClient, query: string, query_params: Record<string, unknown>): Promise<string[]> {
  const result = await client.query({ query, query_params, format: "JSONEachRow" });
  return (await result.json<{ key: string }>()).map((r) => keyFromUInt64(r.key));
}

const TOUCHED_KEYS = `SELECT call_key FROM inferledger.ledger WHERE tenant = {tenant:String} AND may_twin != 'none' AND ${inBuckets("ts")}`;

/** Rows that FINAL would hide do no harm: they share their key. */
const bySharedKey = (client: ClickHouseClient, touched: Touched): Promise<string[]> =>
  keys(
    client,
    `SELECT call_key AS key FROM inferledger.ledger WHERE tenant = {tenant:String} AND ${within("ts", "near")} AND call_key IN (${TOUCHED_KEYS})
      GROUP BY call_key HAVING uniqExact(toStartOfFifteenMinutes(ts), sight) > 1`,
    ofTouched(touched, touched.windowMs),
  );

const byEdges = (client: ClickHouseClient, touched: Touched): Promise<string[]> =>
  keys(
    client,
    `SELECT DISTINCT arrayJoin([a, b]) AS key FROM inferledger.same_call WHERE tenant = {tenant:String} AND ${within("time", "near")} AND a IN (${TOUCHED_KEYS})`,
    ofTouched(touched, touched.windowMs),
  );

/** An aggregate is written unbilled: also alone it has to be decided over. */
const aggregates = (client: ClickHouseClient, touched: Touched): Promise<string[]> =>
  keys(
    client,
    `SELECT DISTINCT call_key AS key FROM inferledger.ledger WHERE tenant = {tenant:String} AND role = 'aggregate' AND ${inBuckets("ts")}`,
    ofTouched(touched, 0),
  );

const byTraces = (client: ClickHouseClient, touched: Touched): Promise<string[]> =>
  keys(
    client,
    `SELECT DISTINCT arrayJoin(found) AS key FROM (
      SELECT groupUniqArrayIf(call_key, call_key != 0) AS found FROM inferledger.place
      WHERE tenant = {tenant:String} AND ${within("start", "near")}
        AND trace_id IN (SELECT trace_id FROM inferledger.place WHERE tenant = {tenant:String} AND ${inBuckets("start")})
      GROUP BY trace_id HAVING uniqExactIf((call_key, sight), call_key != 0) > 1)`,
    ofTouched(touched, TRACE_WINDOW_MS),
  );

const INPUT =
  "input_uncached + input_cache_read + input_cache_write_5m + input_cache_write_30m + input_cache_write_1h + input_cache_write_12h + input_cache_write_unspecified + input_audio + input_audio_cache_read + input_image + input_image_cache_read + input_video";

const byFigures = (client: ClickHouseClient, touched: Touched): Promise<string[]> =>
  keys(
    client,
    `SELECT DISTINCT arrayJoin(found) AS key FROM (
      SELECT groupUniqArray(call_key) AS found FROM inferledger.ledger
      WHERE tenant = {tenant:String} AND sight != 0 AND evidence != 'missing' AND ${within("ts", "near")}
        AND (${INPUT}, raw['output']) IN (SELECT ${INPUT}, raw['output'] FROM inferledger.ledger WHERE tenant = {tenant:String} AND sight != 0 AND may_twin = 'unkeyed' AND ${inBuckets("ts")})
      GROUP BY ${INPUT}, raw['output'] HAVING uniqExact(dialect, signal, service) > 1)`,
    ofTouched(touched, FIGURES_WINDOW_MS),
  );

/** What calls that were found lead to in turn. */
export interface Found {
  readonly callKeys: readonly string[];
  /** Keys beside them: other ids. */
  readonly beside: readonly string[];
  readonly traces: readonly string[];
  readonly figures: readonly { readonly input: number; readonly output: number }[];
  readonly range: Range;
}

/** call_keys that lie one step from what was found. */
export async function stepFrom(client: ClickHouseClient, tenant: string, found: Found): Promise<Set<string>> {
  const wide = { from: Math.max(0, found.range.from - TRACE_WINDOW_MS), to: found.range.to + TRACE_WINDOW_MS };
  const next = new Set<string>();
  const ask = async (query: string, params: Record<string, unknown>): Promise<void> => {
    for (const key of await keys(client, query, { tenant, ...bounds("near", wide), ...params })) next.add(key);
  };
  for (const part of inParts([...found.callKeys, ...found.beside]))
    await ask(
      `SELECT DISTINCT arrayJoin([a, b]) AS key FROM inferledger.same_call WHERE tenant = {tenant:String} AND a IN {keys:Array(UInt64)}`,
      { keys: part.map((k) => BigInt(keyToUInt64(k))) },
    );
  for (const part of inParts(found.traces))
    await ask(
      `SELECT DISTINCT call_key AS key FROM inferledger.place WHERE tenant = {tenant:String} AND call_key != 0 AND ${within("start", "near")} AND trace_id IN {traces:Array(String)}`,
      { traces: part },
    );
  for (const part of inParts(found.figures))
    await ask(
      `SELECT DISTINCT call_key AS key FROM inferledger.ledger WHERE tenant = {tenant:String} AND sight != 0 AND evidence != 'missing' AND ${within("ts", "near")}
        AND has({figures:Array(String)}, concat(toString(${INPUT}), '/', toString(raw['output'])))`,
      { figures: part.map((f) => `${f.input}/${f.output}`) },
    );
  return next;
}

export function inParts<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < list.length; i += PER_QUERY) parts.push(list.slice(i, i + PER_QUERY));
  return parts;
}
