import { divideHalfEven, type PicoUsd } from "@inferledger/events";

export const BUCKET_MS = 900_000;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of an amount over [start, end) that falls in [from, to), spread evenly over 15-minute buckets by
 * cumulative rounding: the parts of any division of [start, end) at bucket edges add up to the amount.
 * A view that begins inside a bucket takes the buckets that begin in it.
 */
export function spreadOver(amount: PicoUsd, whole: Span, from: number, to: number): PicoUsd {
  const first = Math.floor(whole.start / BUCKET_MS);
  const buckets = Math.max(1, Math.ceil(whole.end / BUCKET_MS) - first);
  const until = (time: number): PicoUsd => {
    const passed = Math.min(buckets, Math.max(0, Math.ceil(time / BUCKET_MS) - first));
    return divideHalfEven(amount * BigInt(passed), BigInt(buckets));
  };
  return to <= from ? 0n : until(to) - until(from);
}
