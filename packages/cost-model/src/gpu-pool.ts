import { divideHalfEven, readUsd, type GpuSample, type PicoUsd, type Pool, type Tokens } from "@inferledger/events";
import { BUCKETS, isInput } from "@inferledger/events";
import { allocate, shareBy, type Keys, type UsageShare } from "./allocation.ts";

const HOUR_MS = 3_600_000;
/** A sample speaks for the time until the next one, but for no longer than this: after it, nothing is known. */
const SAMPLE_HOLDS_MS = 5 * 60_000;
const FULL = 1_000_000n;

export interface PoolShare {
  readonly kind: "gpu" | "idle" | "gpu_unknown";
  readonly keys: Keys;
  readonly amount: PicoUsd;
}

/**
 * A pool's bill of one hour: GPUs × rate × the part of the hour in which it is declared, split into busy
 * (shared over its model's requests by weighted tokens), idle, and unknown (no samples). The three add up to
 * the bill exactly. An hour without samples is unknown, not idle; busy without a request is nobody's.
 */
export function poolHour(
  pool: Pool,
  hour: number,
  { samples, usage }: { readonly samples: readonly GpuSample[]; readonly usage: readonly UsageShare[] },
): PoolShare[] {
  const from = Math.max(hour, Date.parse(pool.from));
  const to = Math.min(hour + HOUR_MS, pool.to === undefined ? hour + HOUR_MS : Date.parse(pool.to));
  if (to <= from) return [];
  const gpus = new Set(pool.gpus);
  const bill = divideHalfEven(readUsd(pool.usd_per_gpu_hour) * BigInt(gpus.size) * BigInt(to - from), BigInt(HOUR_MS));
  if (bill === 0n) return [];
  const { busy, known } = coverage(gpus, { from, to }, samples);
  const all = BigInt(to - from) * BigInt(gpus.size) * FULL;
  const [busyCost = 0n, idleCost = 0n, unknownCost = 0n] = allocate(bill, [
    busy,
    known * FULL - busy,
    all - known * FULL,
  ]);
  const shares: PoolShare[] = [];
  if (busyCost !== 0n)
    shares.push(
      ...shareBy({ amount: busyCost, model: pool.model }, usage, tokenWork).map((s) => ({
        kind: "gpu" as const,
        ...s,
      })),
    );
  if (idleCost !== 0n) shares.push({ kind: "idle", keys: { model: pool.model }, amount: idleCost });
  if (unknownCost !== 0n) shares.push({ kind: "gpu_unknown", keys: { model: pool.model }, amount: unknownCost });
  return shares;
}

/** GPU-milliseconds that samples speak for (`known`), and their utilization in millionths (`busy`), over all GPUs. */
function coverage(
  gpus: ReadonlySet<string>,
  span: { readonly from: number; readonly to: number },
  samples: readonly GpuSample[],
): { busy: bigint; known: bigint } {
  const byGpu = Map.groupBy(samples, (s) => s.gpu);
  let busy = 0n;
  let known = 0n;
  for (const gpu of gpus) {
    const own = distinctTimes(byGpu.get(gpu) ?? []);
    own.forEach((sample, i) => {
      const until = Math.min(own[i + 1]?.time ?? span.to, sample.time + SAMPLE_HOLDS_MS, span.to);
      const held = BigInt(Math.max(0, until - Math.max(sample.time, span.from)));
      known += held;
      busy += held * BigInt(sample.utilization);
    });
  }
  return { busy, known };
}

/** One reading a time, the highest where copies disagree, in order. */
function distinctTimes(samples: readonly GpuSample[]): GpuSample[] {
  const byTime = new Map<number, GpuSample>();
  for (const s of samples) if (s.utilization >= (byTime.get(s.time)?.utilization ?? 0)) byTime.set(s.time, s);
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** Work in tenths of an uncached input token: cached ones take 0.1, output ones 4 (decode against prefill). */
export function tokenWork(tokens: Tokens): bigint {
  let work = 0n;
  for (const bucket of BUCKETS) {
    const n = tokens[bucket] ?? 0;
    if (n > 0) work += BigInt(n) * (isInput(bucket) ? (bucket.endsWith("cache_read") ? 1n : 10n) : 40n);
  }
  return work;
}
