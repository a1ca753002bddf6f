import { spreadOver } from "@inferledger/cost-model";
import { BUCKETS, formatUsd, type Bucket, type Dimension, type PicoUsd, type Tokens } from "@inferledger/events";
import type { AllocationKind, AllocationRow, SpendQuery, SpendRow, Store } from "@inferledger/store";
import { intervalsOf, type Interval } from "./intervals.ts";

/** A row of /api/v1/spend. Amounts are plain decimal strings in USD; an absent attribute is null. */
export interface SpendAnswerRow {
  [key: string]: unknown;
}

interface Sum {
  readonly keys: Partial<Record<Dimension, string>>;
  readonly time: number | undefined;
  requests: number;
  unpriced: number;
  tokens: Tokens;
  amounts: Record<"api" | AllocationKind, PicoUsd>;
}

/** Opex from the ledger beside the shares of GPU hours and capex days that fall into [from, to), exact to the last digit. */
export async function answerSpend(store: Store, query: SpendQuery): Promise<object> {
  const [rows, allocations] = await Promise.all([
    store.spend(query),
    store.allocations.read(query.tenant, query.from, query.to),
  ]);
  const sums = new Map<string, Sum>();
  for (const row of rows) addRow(sums, row);
  const intervals = intervalsOf(query);
  for (const allocation of allocations.filter((a) => fits(a, query.filter)))
    addAllocation(sums, allocation, { query, intervals });
  const kept = [...sums.values()].filter((s) => s.requests > 0 || Object.values(s.amounts).some((a) => a !== 0n));
  const sorted = kept.sort(
    (a, b) => (a.time ?? 0) - (b.time ?? 0) || compareText(JSON.stringify(a.keys), JSON.stringify(b.keys)),
  );
  return {
    currency: "USD",
    from: new Date(query.from).toISOString(),
    to: new Date(query.to).toISOString(),
    rows: sorted.map((s) => toAnswer(s, query.groupBy)),
    total: toAnswer(totalOf(sorted), []),
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sumAt(sums: Map<string, Sum>, keys: Partial<Record<Dimension, string>>, time: number | undefined): Sum {
  const id = JSON.stringify([time, keys]);
  let sum = sums.get(id);
  if (!sum) sums.set(id, (sum = emptySum(keys, time)));
  return sum;
}

const emptySum = (keys: Sum["keys"], time: number | undefined): Sum => ({
  keys,
  time,
  requests: 0,
  unpriced: 0,
  tokens: {},
  amounts: { api: 0n, gpu: 0n, idle: 0n, gpu_unknown: 0n, capex: 0n },
});

function addRow(sums: Map<string, Sum>, row: SpendRow): void {
  const sum = sumAt(sums, row.keys, row.time);
  sum.requests += row.requests;
  sum.unpriced += row.unpricedRequests;
  for (const [bucket, n] of Object.entries(row.tokens) as [Bucket, number][])
    sum.tokens[bucket] = (sum.tokens[bucket] ?? 0) + n;
  sum.amounts.api += row.opexApi;
}

function addAllocation(
  sums: Map<string, Sum>,
  a: AllocationRow,
  view: { readonly query: SpendQuery; readonly intervals: readonly Interval[] },
): void {
  const keys = Object.fromEntries(view.query.groupBy.map((d) => [d, a.keys[d] ?? ""]));
  for (const interval of view.intervals) {
    if (interval.to <= a.start || interval.from >= a.end) continue;
    const part = spreadOver(a.amount, a, interval);
    if (part !== 0n) sumAt(sums, keys, interval.start).amounts[a.kind] += part;
  }
}

const fits = (a: AllocationRow, filter: SpendQuery["filter"]): boolean =>
  Object.entries(filter ?? {}).every(([d, v]) => (a.keys[d as Dimension] ?? "") === v);

function totalOf(sums: readonly Sum[]): Sum {
  const total = new Map<string, Sum>();
  const sum = sumAt(total, {}, undefined);
  for (const s of sums) {
    addRow(total, {
      keys: {},
      requests: s.requests,
      unpricedRequests: s.unpriced,
      tokens: s.tokens,
      opexApi: s.amounts.api,
    });
    for (const kind of ["gpu", "idle", "gpu_unknown", "capex"] as const) sum.amounts[kind] += s.amounts[kind];
  }
  return sum;
}

function toAnswer(sum: Sum, groupBy: readonly Dimension[]): SpendAnswerRow {
  const { api, gpu, idle, gpu_unknown: unknown, capex } = sum.amounts;
  return {
    ...Object.fromEntries(
      groupBy.map((d) => [d, sum.keys[d] === undefined || sum.keys[d] === "" ? null : sum.keys[d]]),
    ),
    ...(sum.time === undefined ? {} : { time: new Date(sum.time).toISOString() }),
    requests: sum.requests,
    unpriced_requests: sum.unpriced,
    tokens: Object.fromEntries(BUCKETS.filter((b) => (sum.tokens[b] ?? 0) > 0).map((b) => [b, sum.tokens[b]])),
    opex: formatUsd(api + gpu),
    opex_api: formatUsd(api),
    opex_gpu: formatUsd(gpu),
    idle: formatUsd(idle),
    gpu_unknown: formatUsd(unknown),
    capex_amortized: formatUsd(capex),
    total: formatUsd(api + gpu + idle + unknown + capex),
  };
}
