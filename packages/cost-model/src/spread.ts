import { divideHalfEven, type PicoUsd } from "@inferledger/events";

const QUARTER_MS = 15 * 60_000;

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of an amount over [start, end) that falls into [from, to): spread evenly over time by cumulative
 * rounding, so that any cutting of the span adds up to the amount. Edges count in whole 15-minute buckets:
 * an edge inside a bucket belongs to the view that has the bucket's start.
 */
export function spreadOver(amount: PicoUsd, span: Span, view: { readonly from: number; readonly to: number }): PicoUsd {
  const length = BigInt(span.end - span.start);
  const until = (time: number): PicoUsd => {
    const passed = Math.min(
      Math.max(Math.ceil((time - span.start) / QUARTER_MS) * QUARTER_MS, 0),
      span.end - span.start,
    );
    return divideHalfEven(amount * BigInt(passed), length);
  };
  return view.to <= view.from ? 0n : until(view.to) - until(view.from);
}
