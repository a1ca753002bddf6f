import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CatalogModel, MatchRule, Meter, PricePeriod, Rates } from "@inferledger/cost-model/price-book";
import { decimalText } from "./decimal-text.ts";

export const GENAI = "0.1.8";

const METERS: Readonly<Record<string, Meter>> = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "cache_read",
  cache_write_mtok: "cache_write",
  cache_write_1h_mtok: "cache_write_1h",
  output_reasoning_mtok: "reasoning",
  input_audio_mtok: "input_audio",
  output_audio_mtok: "output_audio",
  cache_audio_read_mtok: "cache_audio_read",
  input_image_mtok: "input_image",
  output_image_mtok: "output_image",
  cache_image_read_mtok: "cache_image_read",
  input_video_mtok: "input_video",
  output_video_mtok: "output_video",
};

interface GenaiPrice {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}
type GenaiPrices = Readonly<Record<string, number | GenaiPrice>>;
interface GenaiPeriod {
  readonly constraint?: {
    readonly type: string;
    readonly start_date?: string;
    readonly start_time?: string;
    readonly end_time?: string;
  };
  readonly prices: GenaiPrices;
}
interface GenaiModel {
  readonly id: string;
  readonly match: MatchRule;
  readonly prices: GenaiPrices | readonly GenaiPeriod[];
}
export interface GenaiProvider {
  readonly id: string;
  readonly models: readonly GenaiModel[];
}
function toRates(prices: GenaiPrices): Rates {
  const rates: Rates = {};
  for (const [unit, price] of Object.entries(prices)) {
    const meter = METERS[unit];
    if (unit === "requests_kcount" && typeof price === "number")
      rates.requests = { usd_per_mtok: decimalText(price, 3) };
    else if (!meter) continue;
    else if (typeof price === "number") rates[meter] = { usd_per_mtok: decimalText(price) };
    else
      rates[meter] = {
        usd_per_mtok: decimalText(price.base),
        tiers: price.tiers.map((t) => ({ above: t.start, usd_per_mtok: decimalText(t.price) })),
      };
  }
  return rates;
}

function unknownUnits(model: GenaiModel): string[] {
  const periods = Array.isArray(model.prices)
    ? (model.prices as readonly GenaiPeriod[]).map((p) => p.prices)
    : [model.prices as GenaiPrices];
  return periods.flatMap((p) => Object.keys(p)).filter((unit) => unit !== "requests_kcount" && !METERS[unit]);
}

/**
 * Periods by date. A daily window carries no date in genai-prices, though its comments say that it begins with the
 * dated price before it: so it does here.
 */
function toPeriods(model: GenaiModel): PricePeriod[] {
  if (!Array.isArray(model.prices)) return [{ rates: toRates(model.prices as GenaiPrices) }];
  let since: { from?: string } = {};
  return (model.prices as readonly GenaiPeriod[]).map(({ constraint, prices }): PricePeriod => {
    const rates = toRates(prices);
    if (constraint?.start_date !== undefined) return { ...(since = { from: constraint.start_date }), rates };
    if (constraint === undefined) return { rates };
    return { ...since, window: { start: minuteOf(constraint.start_time), end: minuteOf(constraint.end_time) }, rates };
  });
}

function minuteOf(time: string | undefined): number {
  const match = /^(\d\d):(\d\d):00Z$/.exec(time ?? "");
  if (!match) throw new Error(`a daily window in whole minutes UTC was expected, not ${String(time)}`);
  return Number(match[1]) * 60 + Number(match[2]);
}

function splitMatch(rule: MatchRule): { equals: string[]; rules: MatchRule[] } {
  if ("equals" in rule) return { equals: [rule.equals.toLowerCase()], rules: [] };
  if (!("or" in rule)) return { equals: [], rules: [lower(rule)] };
  const parts = rule.or.map(splitMatch);
  return { equals: parts.flatMap((p) => p.equals), rules: parts.flatMap((p) => p.rules) };
}

function lower(rule: MatchRule): MatchRule {
  if ("regex" in rule) return rule;
  if ("and" in rule) return { and: rule.and.map(lower) };
  if ("or" in rule) return { or: rule.or.map(lower) };
  return Object.fromEntries(Object.entries(rule).map(([k, v]) => [k, v.toLowerCase()])) as unknown as MatchRule;
}

/** A model as the catalogue writes it; units that have no meter are named in `notUnderstood`. */
export function fromGenai(provider: string, model: GenaiModel, notUnderstood: string[]): CatalogModel[] {
  for (const unit of unknownUnits(model)) notUnderstood.push(`${provider}/${model.id}: ${unit}`);
  const { equals, rules } = splitMatch(model.match);
  const periods = toPeriods(model).filter((p) => Object.keys(p.rates).length > 0);
  if (periods.length === 0) return [];
  const names = [...new Set([model.id.toLowerCase(), ...equals])];
  return [
    {
      id: model.id,
      equals: names,
      ...(rules.length > 0 ? { rules } : {}),
      periods,
      source: `genai-prices npm ${GENAI}`,
    },
  ];
}

/** The data of the npm package @pydantic/genai-prices, which exports only its calculator. */
export async function readGenai(): Promise<GenaiProvider[]> {
  const folder = mkdtempSync(join(tmpdir(), "catalog-"));
  const source = readFileSync(
    new URL("../../node_modules/@pydantic/genai-prices/dist/index.js", import.meta.url),
    "utf8",
  );
  const name = /^const (\w+) = \[/m.exec(source)?.[1];
  if (name === undefined) throw new Error("genai-prices changed its layout: the data array was not found");
  const file = join(folder, "data.mjs");
  writeFileSync(file, `${source}\nexport { ${name} as DATA };\n`);
  const { DATA } = (await import(pathToFileURL(file).href)) as { DATA: GenaiProvider[] };
  rmSync(folder, { recursive: true });
  return DATA;
}
