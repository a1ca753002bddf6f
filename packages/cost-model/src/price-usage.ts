import {
  BUCKETS,
  inputTokens,
  PICO_DIGITS,
  divideHalfEven,
  type Bucket,
  type Evidence,
  type PicoUsd,
  type Pool,
  type Price,
  type Tokens,
} from "@inferledger/events";
import { matchModel } from "./match-model.ts";
import { lineAt, type PriceBook, type RateLine, type UnitPrice, type UnitPrices } from "./price-book.ts";

/** What is priced: tokens by bucket, at the call's own time (ms). */
export interface PricedUsage {
  readonly provider: string;
  readonly reportedModel: string;
  readonly time: number;
  readonly tokens: Tokens;
  readonly requests: number;
  readonly serviceTier: string;
  readonly evidence: Evidence;
  /** GPU pools as they were known: a model that one serves costs what the pool costs. */
  readonly pools: readonly Pool[];
}

export interface PriceLine {
  readonly bucket: Bucket | "requests";
  readonly quantity: number;
  readonly usdPerMtok: string;
  readonly amount: PicoUsd;
}

/** What one row of the ledger can hold: Decimal(18,12). */
export const LARGEST_AMOUNT: PicoUsd = 10n ** 18n - 1n;

/** Tiers that cost the standard price. Others (flex, priority, batch …) have prices of their own. */
const STANDARD_TIERS = new Set(["", "default", "standard", "auto", "on_demand", "standard_only"]);

/**
 * Prices one usage. Each bucket is a line item, quantity × unit price, rounded once, half to even, to
 * pico-dollars: 1,000 input at $10/Mtok and 500 output at $60/Mtok are $0.01 + $0.03 = $0.04.
 */
export function priceUsage(book: PriceBook, usage: PricedUsage): Price {
  const match = matchModel(book, usage.provider, usage.reportedModel);
  const model = match?.model.id ?? usage.reportedModel;
  if (usage.evidence === "missing") return { kind: "unpriced", reason: "no_usage", model };
  const pool = usage.pools.find((p) => serves(p, model, usage));
  if (pool) return { kind: "pool", model: pool.model };
  if (!match) return { kind: "unpriced", reason: "unknown_model", model };
  const line = lineAt(match.model, usage.time);
  if (!line) return { kind: "unpriced", reason: "no_price_at_time", model };
  const items = priceLines(line, usage);
  if (!items) return { kind: "unpriced", reason: "no_price_for_meter", model };
  const amount = items.reduce((sum, item) => sum + item.amount, 0n);
  if (amount > LARGEST_AMOUNT) return { kind: "unpriced", reason: "amount_out_of_range", model };
  return { kind: "priced", amount, model, priceVersion: line.version };
}

/** The line items of a usage at a rate line, or undefined when a bucket or the service tier has no price. */
export function priceLines(
  line: RateLine,
  { tokens, requests, serviceTier }: Pick<PricedUsage, "tokens" | "requests" | "serviceTier">,
): PriceLine[] | undefined {
  const prices = pricesFor(line, serviceTier.toLowerCase());
  if (!prices) return undefined;
  // Of several calls together each had its share of the input; of a count of tokens without calls nobody knows.
  const totalInput = requests === 0 ? 0 : Math.floor(inputTokens(tokens) / requests);
  const items: PriceLine[] = [];
  for (const bucket of BUCKETS) {
    const quantity = tokens[bucket] ?? 0;
    if (quantity === 0) continue;
    const listed = prices.get(bucket);
    if (!listed) return undefined;
    const price = atTier(listed, totalInput);
    items.push({ bucket, quantity, usdPerMtok: price.text, amount: lineAmount(quantity, price) });
  }
  const perCall = prices.get("requests");
  if (perCall && requests > 0)
    items.push({
      bucket: "requests",
      quantity: requests,
      usdPerMtok: perCall.text,
      amount: lineAmount(requests, perCall),
    });
  return items;
}

function pricesFor(line: RateLine, serviceTier: string): UnitPrices | undefined {
  return STANDARD_TIERS.has(serviceTier) ? line.prices : line.services.get(serviceTier);
}

export interface PriceExplanation {
  readonly price: Price;
  /** How the reported name was read; empty when no model was found. */
  readonly why: string;
  /** They add up to the amount of a priced call; empty for any other. */
  readonly lines: readonly PriceLine[];
  readonly source: string;
}

/** A price with the line items that it is the sum of, and where they come from. */
export function explainPrice(book: PriceBook, usage: PricedUsage): PriceExplanation {
  const price = priceUsage(book, usage);
  const why = matchModel(book, usage.provider, usage.reportedModel)?.why ?? "";
  const line = price.kind === "priced" ? book.line(price.priceVersion) : undefined;
  return { price, why, lines: (line && priceLines(line, usage)) ?? [], source: line?.source ?? "" };
}

/** The canonical id of a reported name; the name itself where the book does not know it. */
export const canonicalModel = (book: PriceBook, provider: string, reported: string): string =>
  matchModel(book, provider, reported)?.model.id ?? reported;

/** The highest tier that the call's total input has passed: at exactly the edge the lower price still holds. */
function atTier(price: UnitPrice, totalInput: number): UnitPrice {
  return price.tiers.findLast((tier) => totalInput > tier.above)?.price ?? price;
}

function lineAmount(quantity: number, price: UnitPrice): PicoUsd {
  const product = BigInt(quantity) * price.digits;
  if (price.scale <= PICO_DIGITS) return product * 10n ** BigInt(PICO_DIGITS - price.scale);
  return divideHalfEven(product, 10n ** BigInt(price.scale - PICO_DIGITS));
}

function serves(pool: Pool, model: string, usage: PricedUsage): boolean {
  const served = pool.model.toLowerCase();
  if (served !== model.toLowerCase() && served !== usage.reportedModel.toLowerCase()) return false;
  return usage.time >= Date.parse(pool.from) && (pool.to === undefined || usage.time < Date.parse(pool.to));
}
