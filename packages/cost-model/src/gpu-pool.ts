import { divideHalfEven, isInput, BUCKETS, readUsd, type GpuSample, type PicoUsd, type Pool, type Tokens } from "@inferledger/events";
import { gatherUsage, shareOut, type KeyedUsage, type ShareKeys } from "./allocation.ts";

const HOUR_MS = 3_600_000;
/** A reading holds until the next one, at most this long: behind it the GPU's time is unknown, not idle. */
export const SAMPLE_HOLDS_MS = 300_000;
const MILLION = 1_000_000n;

export type PoolShareKind = "gpu" | "idle" | "gpu_unknown";

export interface AllocationShare {
  readonly kind: PoolShareKind;
  readonly keys: ShareKeys;
  readonly amount: PicoUsd;
}

/** The bill of one hour and its parts, which add up to it. */
export interface PoolBill {
  readonly bill: PicoUsd;
  readonly busy: PicoUsd;
  readonly idle: PicoUsd;
  readonly unknown: PicoUsd;
}

/**
 * One hour of a pool: gpus × rate × the part of the hour that the pool exists, divided into what was busy
 * (shared over the model's requests by work: 1 for an uncached input token, 0.1 cached, 4 output), idle, and
 * unknown for want of readings. $100, 20 % idle, A(1000 in, 100 out), B(200, 800), C(1000, 4000 cached, 50):
 * 17.50, 42.50, 20.00, idle 20.00. Busy time without a request is a row of nobody's.
 */
export function poolHour(pool: Pool, hour: number, samples: readonly GpuSample[], usage: readonly KeyedUsage[]): AllocationShare[] {
  const { busy, idle, unknown } = poolBill(pool, hour, samples);
  const nobody: ShareKeys = { model: pool.model };
  const shares: AllocationShare[] = [];
  if (busy !== 0n) for (const share of shareOut(busy, gatherUsage(usage, workOf), nobody)) shares.push({ kind: "gpu", ...share });
  if (idle !== 0n) shares.push({ kind: "idle", keys: nobody, amount: idle });
  if (unknown !== 0n) shares.push({ kind: "gpu_unknown", keys: nobody, amount: unknown });
  return shares;
}

/** Divides the hour's bill by the pool's readings: cumulative rounding in the order busy, idle, unknown. */
export function poolBill(pool: Pool, hour: number, samples: readonly GpuSample[]): PoolBill {
  const from = Math.max(hour, Date.parse(pool.from));
  const to = Math.min(hour + HOUR_MS, pool.to === undefined ? Infinity : Date.parse(pool.to));
  if (to <= from) return { bill: 0n, busy: 0n, idle: 0n, unknown: 0n };
  const gpus = new Set(pool.gpus);
  const rate = readUsd(pool.usd_per_gpu_hour);
  const bill = divideHalfEven(rate * BigInt(gpus.size) * BigInt(to - from), BigInt(HOUR_MS));
  const byGpu = Map.groupBy(samples.filter((s) => gpus.has(s.gpu)), (s) => s.gpu);
  let busyTime = 0n; // millionths of a millisecond
  let knownTime = 0n;
  for (const readings of byGpu.values()) {
    const { busy, known } = gpuTime(readings, from, to);
    busyTime += busy;
    knownTime += known * MILLION;
  }
  const whole = BigInt(gpus.size) * BigInt(to - from) * MILLION;
  const busy = divideHalfEven(bill * busyTime, whole);
  const known = divideHalfEven(bill * knownTime, whole);
  return { bill, busy, idle: known - busy, unknown: bill - known };
}

/** The time of one GPU in [from, to) that readings cover, and how much of it was busy (ms × millionths). */
function gpuTime(samples: readonly GpuSample[], from: number, to: number): { busy: bigint; known: bigint } {
  const readings = meanByTime(samples);
  let busy = 0n;
  let known = 0n;
  for (const [i, { time, sum, count }] of readings.entries()) {
    const end = Math.min(to, time + SAMPLE_HOLDS_MS, readings[i + 1]?.time ?? Infinity);
    const held = BigInt(Math.max(0, end - Math.max(from, time)));
    known += held;
    busy += divideHalfEven(held * sum, count);
  }
  return { busy, known };
}

/** Several senders may read one GPU at one time: their mean counts, once. */
function meanByTime(samples: readonly GpuSample[]): { time: number; sum: bigint; count: bigint }[] {
  return [...Map.groupBy(samples, (s) => s.time)]
    .sort(([a], [b]) => a - b)
    .map(([time, at]) => ({ time, sum: at.reduce((sum, s) => sum + BigInt(s.utilization), 0n), count: BigInt(at.length) }));
}

/** Work in tenths of an uncached input token, so that it stays whole: 10, 1 for a cached one, 40 for output. */
export function workOf({ tokens }: { readonly tokens: Tokens }): bigint {
  let work = 0n;
  for (const bucket of BUCKETS) {
    const count = tokens[bucket];
    if (count) work += BigInt(count) * (isInput(bucket) ? (bucket.endsWith("cache_read") ? 1n : 10n) : 40n);
  }
  return work;
}
