import { hash } from "node:crypto";
import { BUCKETS, readDecimal, type Bucket } from "@inferledger/events";

/** Meters that the catalogue prices, USD per million tokens (`requests`: per million calls) as decimal text. */
export type Meter =
  | "input"
  | "cache_read"
  | "cache_write"
  | "cache_write_1h"
  | "cache_write_12h"
  | "output"
  | "reasoning"
  | "input_audio"
  | "cache_audio_read"
  | "input_image"
  | "cache_image_read"
  | "input_video"
  | "output_audio"
  | "output_image"
  | "output_video"
  | "requests";

export interface Rate {
  readonly usd_per_mtok: string;
  /** Tiers: more than `above` total input tokens put every token of the call at this price. Ascending. */
  readonly tiers?: readonly { readonly above: number; readonly usd_per_mtok: string }[];
}

export type Rates = Partial<Record<Meter, Rate>>;

/** Prices of a model from a date on (UTC day, undefined = from the beginning). Of those that hold, the last counts. */
export interface PricePeriod {
  readonly from?: string;
  /** Holds only from `start` to before `end`, minutes of the UTC day; `end` below `start` wraps midnight. */
  readonly window?: { readonly start: number; readonly end: number };
  readonly rates: Rates;
  /** Processing tiers (flex, priority, batch). A meter that a tier does not list keeps its standard rate. */
  readonly services?: Readonly<Record<string, Rates>>;
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
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly and: readonly MatchRule[] }
  | { readonly or: readonly MatchRule[] };

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

export type UnitPrices = ReadonlyMap<Bucket | "requests", UnitPrice>;

/**
 * One rate line: what every bucket of a model costs from a time on. `version` names it in every priced row: 28 bits
 * of a hash of its content (the ledger's row version has room for 28), so that a rebuilt catalogue renumbers nothing.
 */
export interface RateLine {
  readonly version: number;
  readonly provider: string;
  readonly model: string;
  readonly fromMs: number;
  readonly source: string;
  readonly prices: UnitPrices;
  readonly services: ReadonlyMap<string, UnitPrices>;
  readonly window: PricePeriod["window"];
}

export interface BookModel {
  readonly provider: string;
  readonly id: string;
  readonly equals: readonly string[];
  readonly rules: readonly MatchRule[];
  /** Newest first; of the same date, the last listed first. */
  readonly lines: readonly RateLine[];
}

export interface PriceBook {
  readonly providers: ReadonlyMap<string, readonly BookModel[]>;
  readonly line: (version: number) => RateLine | undefined;
}

/**
 * Which meters price a bucket, first that has a rate. A bucket without a rate of its own is charged at its
 * parent's: providers bill cached, audio or reasoning tokens at the plain rate where they list no other.
 * Long cache writes are not: they cost more than short ones, so beside a listed short one they need their own
 * rate ("!" stops there). $6 an hour-long write at Anthropic, $3.75 a short one: the short rate would be a guess.
 */
const METERS: Readonly<Record<Bucket, readonly (Meter | `!${Meter}`)[]>> = {
  input_uncached: ["input"],
  input_cache_read: ["cache_read", "input"],
  input_cache_write_5m: ["cache_write", "input"],
  input_cache_write_30m: ["cache_write", "input"],
  input_cache_write_1h: ["cache_write_1h", "!cache_write", "input"],
  input_cache_write_12h: ["cache_write_12h", "!cache_write_1h", "!cache_write", "input"],
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

/** @throws RangeError naming the model whose price is no decimal number, or whose date is none */
export function createPriceBook(catalog: readonly CatalogProvider[]): PriceBook {
  const lines = new Map<number, RateLine>();
  const toLine = (provider: string, model: CatalogModel, period: PricePeriod): RateLine => {
    const line = readLine(provider, model, period);
    const version = freeVersion(lines, JSON.stringify([provider, model.id, model.source, period]));
    lines.set(version, { ...line, version });
    return { ...line, version };
  };
  const providers = new Map(
    catalog.map(({ provider, models }) => [
      provider,
      models.map((m): BookModel => ({
        provider,
        id: m.id,
        equals: m.equals,
        rules: m.rules ?? [],
        lines: m.periods
          .map((p) => toLine(provider, m, p))
          .reverse()
          .sort((a, b) => b.fromMs - a.fromMs),
      })),
    ]),
  );
  return { providers, line: (version) => lines.get(version) };
}

/** The line of a model that holds at a time (ms). */
export function lineAt(model: BookModel, time: number): RateLine | undefined {
  const minute = Math.floor(time / 60_000) % 1440;
  return model.lines.find(({ fromMs, window }) => {
    if (fromMs > time || !window) return fromMs <= time;
    const { start, end } = window;
    return start <= end ? start <= minute && minute < end : minute >= start || minute < end;
  });
}

function readLine(provider: string, model: CatalogModel, period: PricePeriod): Omit<RateLine, "version"> {
  const fromMs = period.from === undefined ? 0 : Date.parse(`${period.from}T00:00:00Z`);
  if (Number.isNaN(fromMs))
    throw new RangeError(`price of ${provider} ${model.id}: from must be a day such as "2025-01-31"`);
  try {
    const services = Object.entries(period.services ?? {}).map(
      ([name, own]) => [name, unitPrices(withService(period.rates, own))] as const,
    );
    return {
      provider,
      model: model.id,
      fromMs,
      source: model.source,
      window: period.window,
      prices: unitPrices(period.rates),
      services: new Map(services),
    };
  } catch (cause) {
    throw new RangeError(
      `price of ${provider} ${model.id}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** A tier that lists an output rate and no reasoning rate bills reasoning as its own output. */
function withService(standard: Rates, own: Rates): Rates {
  const { reasoning: _, ...rest } = standard;
  return own.output && !own.reasoning ? { ...rest, ...own } : { ...standard, ...own };
}

function freeVersion(taken: ReadonlyMap<number, unknown>, content: string): number {
  for (let salt = 0; ; salt += 1) {
    const version = Number.parseInt(hash("sha256", `${salt} ${content}`, "hex").slice(0, 7), 16);
    if (version !== 0 && !taken.has(version)) return version;
  }
}

function unitPrices(rates: Rates): Map<Bucket | "requests", UnitPrice> {
  const prices = new Map<Bucket | "requests", UnitPrice>();
  for (const bucket of BUCKETS) {
    const rate = rateOf(rates, METERS[bucket]);
    if (rate) prices.set(bucket, toUnitPrice(rate.usd_per_mtok, rate.tiers ?? []));
  }
  if (rates.requests) prices.set("requests", toUnitPrice(rates.requests.usd_per_mtok, []));
  return prices;
}

function rateOf(rates: Rates, meters: readonly (Meter | `!${Meter}`)[]): Rate | undefined {
  for (const meter of meters) {
    const stop = meter.startsWith("!");
    const rate = rates[(stop ? meter.slice(1) : meter) as Meter];
    if (rate) return stop ? undefined : rate;
  }
  return undefined;
}

const MTOK_DIGITS = 6;

function toUnitPrice(usdPerMtok: string, tiers: NonNullable<Rate["tiers"]>): UnitPrice {
  const { digits, scale } = readDecimal(usdPerMtok);
  if (digits < 0n) throw new RangeError(`a price is 0 or more, not ${usdPerMtok}`);
  return {
    digits,
    scale: scale + MTOK_DIGITS,
    text: usdPerMtok,
    tiers: tiers.map((t) => ({ above: t.above, price: toUnitPrice(t.usd_per_mtok, []) })),
  };
}
