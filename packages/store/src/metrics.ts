import type { ClickHouseClient } from "@clickhouse/client";
import { keyFromUInt64 } from "./columns.ts";
import type { MetricPoint } from "@inferledger/events";
import { decodeRow } from "./row-codec.ts";
import { DAY_MS } from "./store.ts";
import type { MetricStore } from "./metric-store.ts";
import type { StoredSighting } from "./stored-sighting.ts";

/** A counter that is silent for longer than this begins again. */
const BASELINE_MS = 35 * DAY_MS;
const IN_TIME = "time >= fromUnixTimestamp64Milli({from:Int64}) AND time < fromUnixTimestamp64Milli({to:Int64})";

export const createMetricStore = (client: ClickHouseClient): MetricStore => ({
  async services(tenant, days) {
    if (days.length === 0) return [];
    const result = await client.query({
      query: `SELECT DISTINCT service, toUnixTimestamp(toStartOfDay(time)) AS day FROM inferledger.metric_point
        WHERE tenant = {tenant:String} AND ${IN_TIME} AND has({days:Array(UInt32)}, toUnixTimestamp(toStartOfDay(time)))`,
      query_params: {
        tenant,
        days: days.map((d) => d / 1000),
        from: String(days.reduce((a, b) => Math.min(a, b))),
        to: String(days.reduce((a, b) => Math.max(a, b)) + DAY_MS),
      },
      format: "JSONEachRow",
    });
    return (await result.json<{ service: string; day: number }>()).map((r) => ({
      service: r.service,
      day: r.day * 1000,
    }));
  },
  async points({ tenant, service, day }) {
    const own = await readPoints(client, { tenant, service, from: day, to: day + DAY_MS }, "");
    // Of every stream and start the last point before the day: what the day's first point grew from.
    const before = await readPoints(
      client,
      { tenant, service, from: Math.max(0, day - BASELINE_MS), to: day },
      "ORDER BY time DESC LIMIT 1 BY stream, start",
    );
    return [...before, ...own];
  },
  async rows({ tenant, service, day }) {
    const result = await client.query({
      query: `SELECT *, toUnixTimestamp64Milli(ts) AS ts_ms FROM inferledger.ledger FINAL
        WHERE tenant = {tenant:String} AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64}) AND service = {service:String} AND signal = 'metric'
        SETTINGS do_not_merge_across_partitions_select_final = 1`,
      query_params: { tenant, service, from: String(day), to: String(day + DAY_MS) },
      format: "JSONEachRow",
    });
    return (await result.json<Parameters<typeof decodeRow>[0]>()).map((row): StoredSighting => decodeRow(row));
  },
  async hasCalls({ tenant, service, day }) {
    const result = await client.query({
      query: `SELECT count() AS n FROM (SELECT 1 FROM inferledger.ledger
        WHERE tenant = {tenant:String} AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64}) AND service = {service:String} AND signal != 'metric' LIMIT 1)`,
      query_params: { tenant, service, from: String(day), to: String(day + DAY_MS) },
      format: "JSONEachRow",
    });
    return Number((await result.json<{ n: string }>())[0]?.n ?? 0) > 0;
  },
  async knownFrom() {
    const result = await client.query({
      query: "SELECT toUnixTimestamp64Milli(min(applied_at)) AS at FROM inferledger.schema_migrations",
      format: "JSONEachRow",
    });
    return Number((await result.json<{ at: string }>())[0]?.at ?? 0);
  },
});

interface PointRow {
  readonly family: string;
  readonly figure: MetricPoint["figure"];
  readonly stream: string;
  readonly temporality: MetricPoint["temporality"];
  readonly start_ms: string;
  readonly time_ms: string;
  readonly value: string;
  readonly facts: string;
}

async function readPoints(
  client: ClickHouseClient,
  of: { readonly tenant: string; readonly service: string; readonly from: number; readonly to: number },
  tail: string,
): Promise<MetricPoint[]> {
  const result = await client.query({
    query: `SELECT family, figure, stream, temporality, toUnixTimestamp64Milli(start) AS start_ms, toUnixTimestamp64Milli(time) AS time_ms, value, facts
      FROM inferledger.metric_point FINAL WHERE tenant = {tenant:String} AND service = {service:String} AND ${IN_TIME} ${tail}`,
    query_params: { tenant: of.tenant, service: of.service, from: String(of.from), to: String(of.to) },
    format: "JSONEachRow",
  });
  return (await result.json<PointRow>()).map((row): MetricPoint => {
    const [instance, scope, provider, model, attribution] = JSON.parse(row.facts) as [
      string,
      string,
      string,
      string,
      MetricPoint["attribution"],
    ];
    return {
      kind: "point",
      tenant: of.tenant,
      stream: keyFromUInt64(row.stream),
      family: row.family,
      figure: row.figure,
      temporality: row.temporality,
      start: Number(row.start_ms),
      time: Number(row.time_ms),
      value: Number(row.value),
      service: of.service,
      instance,
      scope,
      provider,
      model,
      attribution,
    };
  });
}
