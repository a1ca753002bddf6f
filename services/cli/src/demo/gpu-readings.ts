import { rhythm, type History } from "./calls.ts";
import { randomOf } from "./random.ts";
import { HOUR_MS, isDuring, OUTAGE, POOL_GPUS } from "./scenario.ts";

/** Utilization of one GPU at one time, 0 to 1. */
export interface Reading {
  readonly gpu: string;
  readonly time: number;
  readonly utilization: number;
}

/** A reading speaks for five minutes. */
const EVERY_MS = 5 * 60_000;

/** What the exporters of both pools read in one hour; nothing while one is down. */
export function readingsOfHour(history: History, hour: number): Reading[] {
  return Object.entries(POOL_GPUS)
    .filter(([pool]) => pool !== OUTAGE.pool || !isDuring(OUTAGE.when, hour))
    .flatMap(([pool, gpus]) => Array.from({ length: gpus }, (_, i) => `GPU-${pool}-${i}`))
    .flatMap((gpu) => readingsOf(history, gpu, hour));
}

function readingsOf(history: History, gpu: string, hour: number): Reading[] {
  const random = randomOf(history.seed, gpu, hour);
  return Array.from({ length: HOUR_MS / EVERY_MS }, (_, i) => ({
    gpu,
    time: hour + i * EVERY_MS,
    utilization: Math.round((0.1 + 0.6 * rhythm(hour) + 0.2 * random()) * 1000) / 1000,
  }));
}
