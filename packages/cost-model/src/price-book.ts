import { BUCKETS, readDecimal, type Bucket } from "@inferledger/events";

/** Meters that the catalogue prices, USD per million tokens as decimal text. `above`: a cliff on total input tokens. */
export type Meter = "input" | "cache_read" | "cache_write" | "cache_write_1h" | "output" | "reasoning"
  | "input_audio" | "cache_audio_read" | "input_image" | "cache_image_read" | "input_video" | "output_audio" | "output_image" | "output_video";

export interface Rate {
  readonly usd_per_mtok: string;
  /** Tiers: more than `above` total input tokens put every token of the call at this price. Ascending. */
  readonly tiers?: readonly { readonly above: number; readonly usd_per_mtok: string }[];
}

/** Prices of a model from a date on (UTC day, undefined = from the beginning). */
export interface PricePeriod {
  readonly from?: string;
  readonly rates: Partial<Record<Meter, Rate>>;
}

export interface CatalogModel {
  readonly id: string;
  /** Which reported names mean this model: whole names, or rules read in order. Lower case. */
  readonly equals: readonly string[];
  readonly rules?: readonly MatchRule[];
  readonly periods: readonly PricePeriod[];
  /** Package and version that the prices came from. */
  readonly source: string;
}

export type MatchRule =
  | { readonly equals: string } | { readonly starts_with: string } | { readonly ends_with: string } | { readonly contains: string }
  | { readonly regex: string } | { readonly and: readonly MatchRule[] } | { readonly or: readonly MatchRule[] };

export interface CatalogProvider {
  readonly provider: string;
  readonly models: readonly CatalogModel[];
}

/** An exact unit price: digits × 10^-scale dollars per token, and the tiers above it. */
export interface UnitPrice {
  readonly digits: bigint;
  readonly scale: number;
  readonly text: string;
  readonly tiers: readonly { readonly above: number; readonly price: UnitPrice }[];
}

/** One rate line: what every bucket of a model costs from a time on. `version` names it in every priced row. */
export interface RateLine {
  readonly version: number;
  readonly provider: string;
  readonly model: string;
  readonly fromMs: number;
  readonly source: string;
  readonly prices: ReadonlyMap<Bucket, UnitPrice>;
}

export interface BookModel {
  readonly provider: string;
  readonly id: string;
  readonly equals: readonly string[];
  readonly rules: readonly MatchRule[];
  /** Newest first. */
  readonly lines: readonly RateLine[];
}

export interface PriceBook {
  readonly providers: ReadonlyMap<string, readonly BookModel[]>;
  readonly line: (version: number) => RateLine | undefined;
}

/**
 * Which meters price a bucket, first that has a rate. A bucket without a rate of its own is charged at its
 * parent's: providers bill cached, audio or reasoning tokens at the plain rate where they list no other.
 */
const METERS: Readonly<Record<Bucket, readonly Meter[]>> = {
  input_uncached: ["input"],
  input_cache_read: ["cache_read", "input"],
  input_cache_write_5m: ["cache_write", "input"],
  input_cache_write_30m: ["cache_write", "input"],
  input_cache_write_1h: ["cache_write_1h", "cache_write", "input"],
  input_cache_write_12h: ["cache_write_1h", "cache_write", "input"],
  input_cache_write_unspecified: ["cache_write", "input"],
  input_audio: ["input_audio", "input"],
  input_audio_cache_read: ["cache_audio_read", "cache_read", "input_audio", "input"],
  input_image: ["input_image", "input"],
  input_image_cache_read: ["cache_image_read", "cache_read", "input_image", "input"],
  input_video: ["input_video", "input"],
  output_text: ["output"],
  output_reasoning: ["reasoning", "output"],
  output_audio: ["output_audio", "output"],
  output_image: ["output_image", "output"],
  output_video: ["output_video", "output"],
};

/** @throws RangeError when a price is no decimal number */
export function createPriceBook(catalog: readonly CatalogProvider[]): PriceBook {
  const lines: RateLine[] = [];
  const toLine = (provider: string, model: CatalogModel, period: PricePeriod): RateLine => {
    const fromMs = period.from === undefined ? 0 : Date.parse(`${period.from}T00:00:00Z`);
    const line = { version: lines.length + 1, provider, model: model.id, fromMs, source: model.source, prices: unitPrices(period.rates) };
    lines.push(line);
    return line;
  };
  const providers = new Map(
    catalog.map(({ provider, models }) => [
      provider,
      models.map((m): BookModel => ({
        provider, id: m.id, equals: m.equals, rules: m.rules ?? [],
        lines: m.periods.map((p) => toLine(provider, m, p)).sort((a, b) => b.fromMs - a.fromMs || b.version - a.version),
      })),
    ]),
  );
  return { providers, line: (version) => lines[version - 1] };
}

function unitPrices(rates: PricePeriod["rates"]): Map<Bucket, UnitPrice> {
  const prices = new Map<Bucket, UnitPrice>();
  for (const bucket of BUCKETS) {
    const rate = METERS[bucket].map((meter) => rates[meter]).find((r) => r !== undefined);
    if (rate) prices.set(bucket, toUnitPrice(rate.usd_per_mtok, rate.tiers ?? []));
  }
  return prices;
}

const MTOK_DIGITS = 6;

function toUnitPrice(usdPerMtok: string, tiers: NonNullable<Rate["tiers"]>): UnitPrice {
  const { digits, scale } = readDecimal(usdPerMtok);
  return {
    digits, scale: scale + MTOK_DIGITS, text: usdPerMtok,
    tiers: tiers.map((t) => ({ above: t.above, price: toUnitPrice(t.usd_per_mtok, []) })),
  };
}
