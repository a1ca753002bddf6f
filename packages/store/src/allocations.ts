import type { ClickHouseClient } from "@clickhouse/client";
import {
  BUCKETS,
  DIMENSIONS,
  formatUsd,
  readUsd,
  type Dimension,
  type GpuSample,
  type Tokens,
} from "@inferledger/events";
import { DIMENSION_LIST } from "./columns.ts";
import type { AllocationKind, AllocationRow, AllocationStore, ModelUsage } from "./allocation-store.ts";
import { insertRows } from "./write-ledger.ts";

type Row = Readonly<Record<string, string>>;
const FIELDS = `source, toUnixTimestamp(start) AS start_s, toUnixTimestamp(end) AS end_s, kind, ${DIMENSION_LIST}, amount`;

export const createAllocations = (deps: {
  readonly client: ClickHouseClient;
  readonly now: () => number;
}): AllocationStore => {
  const { client } = deps;
  const write = (tenant: string, rows: readonly AllocationRow[], gone: boolean): unknown[][] =>
    rows.map((r) => [
      tenant,
      r.source,
      r.start / 1000,
      r.end / 1000,
      r.kind,
      ...DIMENSIONS.map((d) => r.keys[d] ?? ""),
      version,
      Number(gone),
      formatUsd(r.amount),
    ]);
  // Above everything that was written before, also by an earlier process.
  let version = 0;
  const insert = async (
    tenant: string,
    rows: readonly AllocationRow[],
    gone: readonly AllocationRow[],
  ): Promise<void> => {
    version = Math.max(version + 1, deps.now());
    await insertRows(client, "allocation", {
      columns: ["tenant", "source", "start", "end", "kind", ...DIMENSIONS, "version", "gone", "amount"],
      values: [...write(tenant, rows, false), ...write(tenant, gone, true)],
    });
  };
  return {
    async replace(tenant, scopes, rows) {
      const stored = new Map((await readScopes(client, tenant, scopes)).map((r) => [identity(r), r]));
      const wanted = new Set(rows.map(identity));
      const changed = rows.filter((r) => stored.get(identity(r))?.amount !== r.amount);
      await insert(
        tenant,
        changed,
        [...stored.values()].filter((r) => !wanted.has(identity(r))),
      );
    },
    async clear(tenant, source) {
      const rows = await select(client, "tenant = {tenant:String} AND source = {source:String}", { tenant, source });
      await insert(tenant, [], rows);
    },
    read: (tenant, from, to) =>
      select(
        client,
        "tenant = {tenant:String} AND start < fromUnixTimestamp64Milli({to:Int64}) AND end > fromUnixTimestamp64Milli({from:Int64})",
        { tenant, from: String(from), to: String(to) },
      ),
    usage: (query) => readUsage(client, query),
    samples: (query) => readSamples(client, query),
  };
};

const identity = (r: AllocationRow): string =>
  JSON.stringify([r.source, r.start, r.kind, ...DIMENSIONS.map((d) => r.keys[d] ?? "")]);

function readScopes(
  client: ClickHouseClient,
  tenant: string,
  scopes: Parameters<AllocationStore["replace"]>[1],
): Promise<AllocationRow[]> {
  if (scopes.length === 0) return Promise.resolve([]);
  return select(
    client,
    "tenant = {tenant:String} AND has({sources:Array(String)}, source) AND has({starts:Array(UInt32)}, toUnixTimestamp(start))",
    {
      tenant,
      sources: [...new Set(scopes.map((s) => s.source))],
      starts: [...new Set(scopes.map((s) => s.start / 1000))],
    },
  );
}

async function select(
  client: ClickHouseClient,
  where: string,
  params: Record<string, unknown>,
): Promise<AllocationRow[]> {
  const result = await client.query({
    query: `SELECT ${FIELDS} FROM inferledger.allocation FINAL WHERE ${where}`,
    query_params: params,
    format: "JSONEachRow",
  });
  return (await result.json<Row>()).map((r) => ({
    kind: r.kind as AllocationKind,
    source: r.source ?? "",
    start: Number(r.start_s) * 1000,
    end: Number(r.end_s) * 1000,
    keys: toKeys(r),
    amount: readUsd(r.amount ?? "0"),
  }));
}

const toKeys = (row: Row): Partial<Record<Dimension, string>> =>
  Object.fromEntries(DIMENSIONS.map((d) => [d, row[d] ?? ""] as const).filter(([, v]) => v !== ""));

async function readUsage(
  client: ClickHouseClient,
  query: Parameters<AllocationStore["usage"]>[0],
): Promise<ModelUsage[]> {
  const result = await client.query({
    query: `SELECT ${DIMENSION_LIST}, toUnixTimestamp(toDateTime(${query.step === "hour" ? "toStartOfHour(bucket)" : "toStartOfDay(bucket, {zone:String})"})) AS start_s, sum(requests) AS requests_sum, ${BUCKETS.map((b) => `sum(${b}) AS s_${b}`).join(", ")}
      FROM inferledger.spend_15m FINAL
      WHERE tenant = {tenant:String} AND model = {model:String} AND bucket >= toDateTime({from:UInt32}, 'UTC') AND bucket < toDateTime({to:UInt32}, 'UTC')
      GROUP BY ${DIMENSION_LIST}, start_s SETTINGS do_not_merge_across_partitions_select_final = 1`,
    query_params: {
      tenant: query.tenant,
      model: query.model,
      zone: query.zone,
      from: query.from / 1000,
      to: query.to / 1000,
    },
    format: "JSONEachRow",
  });
  return (await result.json<Row>()).map((r) => {
    const tokens: Tokens = {};
    for (const bucket of BUCKETS) if (r[`s_${bucket}`] !== "0") tokens[bucket] = Number(r[`s_${bucket}`]);
    return { start: Number(r.start_s) * 1000, keys: toKeys(r), requests: Number(r.requests_sum), tokens };
  });
}

async function readSamples(
  client: ClickHouseClient,
  query: Parameters<AllocationStore["samples"]>[0],
): Promise<GpuSample[]> {
  const result = await client.query({
    query: `SELECT gpu, toUnixTimestamp64Milli(time) AS time_ms, utilization, host, model, source FROM inferledger.gpu_sample FINAL
      WHERE tenant = {tenant:String} AND has({gpus:Array(String)}, gpu) AND time >= fromUnixTimestamp64Milli({from:Int64}) AND time < fromUnixTimestamp64Milli({to:Int64})`,
    query_params: { tenant: query.tenant, gpus: query.gpus, from: String(query.from), to: String(query.to) },
    format: "JSONEachRow",
  });
  return (await result.json<Row>()).map((r) => ({
    kind: "gpu",
    tenant: query.tenant,
    gpu: r.gpu ?? "",
    host: r.host ?? "",
    pool: "",
    model: r.model ?? "",
    source: r.source ?? "",
    time: Number(r.time_ms),
    utilization: Number(r.utilization),
  }));
}
