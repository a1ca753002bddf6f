import type { PicoUsd } from "@inferledger/events";

/** A finished hour's spend against the recent hours before it. */
export interface Spike {
  readonly amount: PicoUsd;
  readonly median: PicoUsd;
}

/** Hours with spend that a baseline needs before anything is called a spike. */
export const LEAST_HISTORY_HOURS = 3;

/**
 * A spike: above the floor and above `ratio` × the median of the recent hours, quiet hours left out.
 * With a median of $2, a ratio of 3 and a floor of $1, $6.00 is none and $6.01 is one.
 */
export function detectSpike(
  amount: PicoUsd,
  recent: readonly PicoUsd[],
  rule: { readonly ratio: number; readonly floor: PicoUsd },
): Spike | undefined {
  const spent = recent.filter((a) => a > 0n).sort((a, b) => (a < b ? -1 : 1));
  if (spent.length < LEAST_HISTORY_HOURS || amount < rule.floor) return undefined;
  const middle = spent.length >> 1;
  const median =
    spent.length % 2 === 1 ? (spent[middle] ?? 0n) : ((spent[middle - 1] ?? 0n) + (spent[middle] ?? 0n)) / 2n;
  const ratioMillis = BigInt(Math.round(rule.ratio * 1000));
  return amount * 1000n > median * ratioMillis ? { amount, median } : undefined;
}
