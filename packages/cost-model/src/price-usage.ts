import { BUCKETS, formatUsd, inputTokens, type Bucket, type Evidence, type Pool, type Price, type Tokens, type UnpricedReason } from "@inferledger/events";
import type { Meter } from "./price-entry.ts";
import { lineAt, type PriceBook, type RateLine } from "./price-book.ts";
import { cardFor, lineAmount, type CardsByContext, type RateCard, type UnitPrice } from "./rate-card.ts";

/** One call's usage. `time` in ms decides the price; `pools` are the tenant's pools as they were known. */
export interface Usage {
  readonly provider: string;
  readonly reportedModel: string;
  readonly time: number;
  readonly tokens: Tokens;
  readonly requests: number;
  readonly serviceTier: string;
  readonly evidence: Evidence;
  readonly pools?: readonly Pool[];
}

export interface LineItem {
  readonly meter: Meter;
  readonly quantity: number;
  /** USD for one unit, exact. */
  readonly unitPrice: string;
  /** USD, rounded once to 12 decimals. */
  readonly amount: string;
}

/** Amounts are stored with at most 6 digits before the point for one call: 999,999.999999999999 USD. */
export const MOST_PICO_PER_CALL = 999_999_999_999_999_999n;

/**
 * Prices one call: every kind of token × its unit price, each line rounded once to pico-dollars, then added.
 * 1,000 input at $0.01 and 500 output at $0.06 per 1,000 tokens: $0.01 + $0.03 = $0.04.
 * What cannot be priced says why; it is never $0 and never a guess.
 */
export function priceUsage(book: PriceBook, usage: Usage): Price {
  const pool = usage.pools && usage.pools.length > 0 ? servingPool(book, usage) : undefined;
  if (pool) return { kind: "pool", model: pool.model };
  const found = findRates(book, usage);
  if ("reason" in found) return { kind: "unpriced", reason: found.reason, model: found.model };
  let amount = 0n;
  for (let i = 0; i < BUCKETS.length; i++) {
    const quantity = usage.tokens[BUCKETS[i] as Bucket];
    if (quantity === undefined || quantity === 0) continue;
    const unit = found.card.rates[i];
    if (!unit) return { kind: "unpriced", reason: "no_price_for_meter", model: found.model };
    amount += lineAmount(quantity, unit);
  }
  if (found.card.request) amount += lineAmount(usage.requests, found.card.request);
  if (amount > MOST_PICO_PER_CALL) return { kind: "unpriced", reason: "amount_out_of_range", model: found.model };
  return { kind: "priced", amount, model: found.model, priceVersion: found.line.priceVersion };
}

export interface PriceExplanation {
  readonly price: Price;
  /** How the reported name was read; empty when no model was found. */
  readonly because: string;
  /** Add up to the amount of a priced call. A line without a price is left out. */
  readonly lines: readonly LineItem[];
  readonly source: string;
  readonly sourceVersion: string;
}

/** The price of a call with the lines it is the sum of, and where they come from. */
export function explainPrice(book: PriceBook, usage: Usage): PriceExplanation {
  const price = priceUsage(book, usage);
  const because = book.match(usage.provider, usage.reportedModel)?.because ?? "";
  const found = price.kind === "pool" ? undefined : findRates(book, usage);
  if (!found || "reason" in found) return { price, because, lines: [], source: "", sourceVersion: "" };
  const lines = BUCKETS.flatMap((bucket, i) => lineItem(bucket, usage.tokens[bucket] ?? 0, found.card.rates[i]));
  const requests = lineItem("requests", usage.requests, found.card.request);
  return { price, because, lines: [...lines, ...requests], source: found.line.entry.source, sourceVersion: found.line.entry.source_version };
}

/** The canonical id of a reported name; the name itself where the book does not know it. */
export const canonicalModel = (book: PriceBook, provider: string, reportedModel: string): string =>
  book.match(provider, reportedModel)?.model ?? reportedModel;

function lineItem(meter: Meter, quantity: number, unit: UnitPrice | undefined): LineItem[] {
  if (!unit || quantity === 0) return [];
  return [{ meter, quantity, unitPrice: unit.text, amount: formatUsd(lineAmount(quantity, unit)) }];
}

type Found = { readonly line: RateLine; readonly card: RateCard; readonly model: string } | { readonly reason: UnpricedReason; readonly model: string };

function findRates(book: PriceBook, usage: Usage): Found {
  const match = book.match(usage.provider, usage.reportedModel);
  const model = match?.model ?? usage.reportedModel;
  if (usage.evidence === "missing") return { reason: "no_usage", model };
  if (!match) return { reason: "unknown_model", model };
  const line = lineAt(match, usage.time);
  if (!line) return { reason: "no_price_at_time", model };
  const cards = cardsFor(line, usage.serviceTier);
  if (!cards) return { reason: "no_price_for_meter", model };
  return { line, card: cardFor(cards, inputTokens(usage.tokens)), model };
}

/** What providers answer for a call at list price. */
const STANDARD = new Set(["", "standard", "default", "auto", "on_demand", "on-demand", "standard_only"]);

/** A tier such as "flex" that the book does not list for the model has no price: the standard one would be a guess. */
function cardsFor(line: RateLine, serviceTier: string): CardsByContext | undefined {
  const tier = serviceTier.toLowerCase();
  return STANDARD.has(tier) ? line.standard : line.services.get(tier);
}

/** The pool that serves the call's model at its time: named as reported, or by the canonical id. */
function servingPool(book: PriceBook, usage: Usage): Pool | undefined {
  const reported = usage.reportedModel.toLowerCase();
  const canonical = book.match(usage.provider, usage.reportedModel)?.model.toLowerCase();
  return usage.pools?.find((pool) => {
    const model = pool.model.toLowerCase();
    return (model === reported || model === canonical) && holdsAt(pool, usage.time);
  });
}

const holdsAt = (pool: Pool, time: number): boolean =>
  Date.parse(pool.from) <= time && (pool.to === undefined || time < Date.parse(pool.to));
