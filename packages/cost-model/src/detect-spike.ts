import { readDecimal, readUsd, type Budget, type PicoUsd, type SpikeRule } from "@inferledger/events";

export interface Spike {
  readonly amount: PicoUsd;
  readonly median: PicoUsd;
}

/**
 * A finished hour is a spike when it is above `ratio` × the median of the recent hours and above the floor.
 * `recent` are the hours before it, the oldest first, hours without spend as 0; the last `window_hours` count.
 * Ratio 3, median $2, floor $1: $6 is none, $6.01 is one. Without a recent hour nothing is compared.
 */
export function detectSpike(rule: SpikeRule, amount: PicoUsd, recent: readonly PicoUsd[]): Spike | undefined {
  const hours = recent.slice(-rule.window_hours);
  if (hours.length === 0) return undefined;
  const twiceMedian = twiceMedianOf(hours);
  const ratio = readDecimal(String(rule.ratio));
  const above = amount * 2n * 10n ** BigInt(ratio.scale) > twiceMedian * ratio.digits;
  return above && amount > readUsd(rule.floor_usd) ? { amount, median: twiceMedian / 2n } : undefined;
}

function twiceMedianOf(hours: readonly PicoUsd[]): bigint {
  const sorted = [...hours].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0n;
  return sorted.length % 2 === 1 ? upper * 2n : upper + (sorted[middle - 1] ?? 0n);
}

/** The thresholds (percent) of a budget that the month's spend has reached, lowest first. $80 of $100 reaches 80. */
export function reachedThresholds(budget: Budget, spent: PicoUsd): number[] {
  const limit = readUsd(budget.monthly_usd);
  return [...new Set(budget.thresholds)].sort((a, b) => a - b).filter((percent) => spent > 0n && spent * 100n >= limit * BigInt(percent));
}
