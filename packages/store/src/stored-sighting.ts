import type { PicoUsd, Sighting } from "@inferledger/events";

/** A stored sighting with the state that settling decides. `amount` null = unpriced. */
export interface StoredSighting {
  readonly sighting: Sighting;
  readonly model: string;
  readonly amount: PicoUsd | null;
  readonly unpricedReason: string;
  readonly priceVersion: number;
  /** A call of a pool's model has no price of its own: the pool's hour is shared over it. */
  readonly pricedBy: "book" | "pool";
  readonly period: number;
  readonly billed: boolean;
  /** call_key of the call row that bills it, or undefined. */
  readonly billedBy: string | undefined;
  /** What settled it: shared_id, same_trace, figures or aggregate; '' where it bills by itself. */
  readonly rule: string;
}
