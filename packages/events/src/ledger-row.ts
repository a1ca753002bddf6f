import type { Sighting } from "./sighting.ts";
import type { PicoUsd } from "./money.ts";

export const UNPRICED_REASONS = [
  "unknown_model",
  "no_price_at_time",
  "no_price_for_meter",
  "no_usage",
  "amount_out_of_range",
] as const;
export type UnpricedReason = (typeof UNPRICED_REASONS)[number];

/** What the cost model says of one usage: an amount, or the reason why there is none. `pool`: priced by its GPU pool, amount 0. */
export type Price =
  | { readonly kind: "priced"; readonly amount: PicoUsd; readonly model: string; readonly priceVersion: number }
  | { readonly kind: "pool"; readonly model: string }
  | { readonly kind: "unpriced"; readonly reason: UnpricedReason; readonly model: string };

/** A sighting with its price and its place in the log, ready to be written. */
export interface LedgerRow {
  readonly sighting: Sighting;
  readonly price: Price;
  readonly arrived: number;
  readonly topicPartition: string;
  readonly offset: bigint;
  readonly line: number;
}
