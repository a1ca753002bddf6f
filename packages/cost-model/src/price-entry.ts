import type { Bucket } from "@inferledger/events";

/** What a price can be asked for: tokens of a bucket, or the call itself. */
export type Meter = Bucket | "requests";

/** USD for one token (or one request), as plain decimal text of any scale. */
export type MeterPrices = Partial<Record<Meter, string>>;

/**
 * A price for long contexts. One tier is chosen by all input tokens of the call, cached ones included,
 * and holds for all its tokens (a cliff): with tiers at 0 and 100,000, a call of 150,000 tokens pays the
 * second rate for every token. A meter that a tier does not name keeps its standard rate.
 */
export interface ContextTier {
  readonly above: number;
  readonly comparison: ">" | ">=";
  readonly prices: MeterPrices;
}

/** Prices of a processing tier (flex, priority, batch). A meter that it does not name keeps its standard rate. */
export interface ServiceTier {
  readonly prices: MeterPrices;
  readonly tiers?: readonly ContextTier[];
}

/** One line of the price book: what one provider asks for one model from a time on. */
export interface PriceEntry {
  readonly provider: string;
  /** The canonical id. */
  readonly model: string;
  /** Other names that the provider uses for the same model, compared without case. */
  readonly aliases?: readonly string[];
  readonly prices: MeterPrices;
  readonly tiers?: readonly ContextTier[];
  readonly service_tiers?: Readonly<Record<string, ServiceTier>>;
  /**
   * "ancestor": the source says that a kind of token it does not name is billed as the wider kind it belongs to
   * (cached input as input, audio input as input). Without it such a token has no price.
   */
  readonly unlisted?: "ancestor";
  /** RFC 3339 date or time, included. */
  readonly valid_from: string;
  /** Excluded. Open when absent. */
  readonly valid_to?: string;
  readonly source: string;
  readonly source_version: string;
}
