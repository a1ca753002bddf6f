import { BUCKETS, PICO_DIGITS, divideHalfEven, readDecimal, type Bucket, type Tokens } from "@inferledger/events";
import type { MeterPrices, PriceEntry, ServiceTier } from "./price-entry.ts";

/** An exact unit price: `digits / divisor` pico-dollars for one unit. */
export interface UnitPrice {
  readonly text: string;
  readonly digits: bigint;
  readonly divisor: bigint;
}

/** The unit prices that hold for one call. `rates` lies in the order of BUCKETS; undefined = no price. */
export interface RateCard {
  readonly rates: readonly (UnitPrice | undefined)[];
  readonly request: UnitPrice | undefined;
}

interface TierCard {
  readonly least: number;
  readonly card: RateCard;
}

/** A service tier's cards: tiers by the least total input they hold for, highest first; the last has 0. */
export type CardsByContext = readonly TierCard[];

export function readUnitPrice(text: string): UnitPrice {
  const { digits, scale } = readDecimal(text);
  if (digits < 0n) throw new RangeError(`a price is not negative: ${text}`);
  return scale <= PICO_DIGITS
    ? { text, digits: digits * 10n ** BigInt(PICO_DIGITS - scale), divisor: 1n }
    : { text, digits, divisor: 10n ** BigInt(scale - PICO_DIGITS) };
}

/** One line item: quantity × unit price, rounded once, half to even, to pico-dollars. */
export const lineAmount = (quantity: number, unit: UnitPrice): bigint =>
  unit.divisor === 1n ? BigInt(quantity) * unit.digits : divideHalfEven(BigInt(quantity) * unit.digits, unit.divisor);

export function compileCards(entry: PriceEntry, service?: ServiceTier): CardsByContext {
  const base = { ...entry.prices, ...(service && withoutOwn(entry.prices, service.prices)) };
  const cards: TierCard[] = [{ least: 0, card: compileCard(base, entry.unlisted === "ancestor") }];
  const tiers = service ? service.tiers ?? [] : entry.tiers ?? [];
  let prices: MeterPrices = base;
  for (const tier of [...tiers].sort((a, b) => a.above - b.above)) {
    prices = { ...prices, ...tier.prices };
    const least = tier.comparison === ">" ? tier.above + 1 : tier.above;
    cards.unshift({ least, card: compileCard(prices, entry.unlisted === "ancestor") });
  }
  return cards;
}

/** A service tier that names an output rate and no reasoning rate bills reasoning as its own output. */
function withoutOwn(standard: MeterPrices, own: MeterPrices): Partial<Record<keyof MeterPrices, string | undefined>> {
  const hides = own.output_text !== undefined && own.output_reasoning === undefined && standard.output_reasoning !== undefined;
  return hides ? { ...own, output_reasoning: own.output_text } : own;
}

export function cardFor(cards: CardsByContext, totalInput: number): RateCard {
  for (const { least, card } of cards) if (totalInput >= least) return card;
  throw new RangeError("a rate card list ends with the tier of 0 tokens");
}

function compileCard(prices: MeterPrices, ancestor: boolean): RateCard {
  const rates = BUCKETS.map((bucket) => {
    const text = priceOf(prices, bucket, ancestor);
    return text === undefined ? undefined : readUnitPrice(text);
  });
  return { rates, request: prices.requests === undefined ? undefined : readUnitPrice(prices.requests) };
}

/** Kinds of token that every provider bills as another kind, unless it lists them. */
const ALWAYS: Partial<Record<Bucket, readonly Bucket[]>> = {
  output_reasoning: ["output_text"],
  input_cache_write_5m: ["input_cache_write_unspecified"],
  input_cache_write_unspecified: ["input_cache_write_5m"],
};

/** The wider kind, where the source says that unlisted kinds are billed so. Longer cache writes never: they cost more. */
const WIDER: Partial<Record<Bucket, readonly Bucket[]>> = {
  input_cache_read: ["input_uncached"],
  input_audio: ["input_uncached"],
  input_image: ["input_uncached"],
  input_video: ["input_uncached"],
  output_audio: ["output_text"],
  output_image: ["output_text"],
  output_video: ["output_text"],
};

/** Cached media are billed as cached text only where media are not priced apart. */
const CACHED_MEDIA: Partial<Record<Bucket, Bucket>> = {
  input_audio_cache_read: "input_audio",
  input_image_cache_read: "input_image",
};

function priceOf(prices: MeterPrices, bucket: Bucket, ancestor: boolean): string | undefined {
  const own = prices[bucket] ?? firstOf(prices, ALWAYS[bucket]);
  if (own !== undefined || !ancestor) return own;
  const media = CACHED_MEDIA[bucket];
  if (media) return prices[media] === undefined ? priceOf(prices, "input_cache_read", true) : undefined;
  return firstOf(prices, WIDER[bucket]);
}

function firstOf(prices: MeterPrices, buckets: readonly Bucket[] = []): string | undefined {
  for (const bucket of buckets) if (prices[bucket] !== undefined) return prices[bucket];
  return undefined;
}

/** The quantities of a call that are not 0, with their place in BUCKETS. */
export function eachQuantity(tokens: Tokens, visit: (index: number, quantity: number) => void): void {
  for (let i = 0; i < BUCKETS.length; i++) {
    const quantity = tokens[BUCKETS[i] as Bucket];
    if (quantity !== undefined && quantity !== 0) visit(i, quantity);
  }
}
