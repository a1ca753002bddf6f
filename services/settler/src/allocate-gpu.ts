import { poolHour } from "@inferledger/cost-model";
import type { Pool } from "@inferledger/events";
import type { AllocationRow, Store } from "@inferledger/store";

export const HOUR_MS = 3_600_000;
/** A sample speaks for up to five minutes after it, so an hour also needs the last ones before it. */
export const SAMPLE_REACH_MS = 5 * 60_000;
/** Hours read at once: bounds memory while a long history is allocated. */
const HOURS_PER_STEP = 24;

export const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;

interface PoolHours {
  readonly tenant: string;
  readonly pool: Pool;
  readonly hours: readonly number[];
}

/** Writes a pool's bill of the given hours, split into busy (shared over its model's requests), idle and unknown. */
export async function allocateGpu({ tenant, pool, hours }: PoolHours, store: Store): Promise<number> {
  const sorted = [...new Set(hours)].sort((a, b) => a - b);
  for (let i = 0; i < sorted.length; i += HOURS_PER_STEP)
    await allocateStep({ tenant, pool, hours: sorted.slice(i, i + HOURS_PER_STEP) }, store);
  return sorted.length;
}

async function allocateStep({ tenant, pool, hours }: PoolHours, store: Store): Promise<void> {
  const from = hours[0] ?? 0;
  const to = (hours.at(-1) ?? 0) + HOUR_MS;
  const [samples, usage] = await Promise.all([
    store.allocations.samples({ tenant, gpus: pool.gpus, from: from - SAMPLE_REACH_MS, to }),
    store.allocations.usage({ tenant, model: pool.model, from, to, step: "hour", zone: "UTC" }),
  ]);
  const usageByHour = Map.groupBy(usage, (u) => u.start);
  const source = `pool/${pool.id}`;
  const rows = hours.flatMap((hour): AllocationRow[] =>
    poolHour(pool, hour, {
      samples: samples.filter((s) => s.time >= hour - SAMPLE_REACH_MS && s.time < hour + HOUR_MS),
      usage: usageByHour.get(hour) ?? [],
    }).map((share) => ({ ...share, source, start: hour, end: hour + HOUR_MS })),
  );
  await store.allocations.replace(
    tenant,
    hours.map((start) => ({ source, start })),
    rows,
  );
}

/** The hours of a pool's life in [from, to), by the clock's hours. */
export function poolHours(pool: Pool, from: number, to: number): number[] {
  const start = Math.max(hourOf(Date.parse(pool.from)), hourOf(from));
  const end = Math.min(pool.to === undefined ? to : Date.parse(pool.to), to);
  const hours: number[] = [];
  for (let hour = start; hour < end; hour += HOUR_MS) hours.push(hour);
  return hours;
}
