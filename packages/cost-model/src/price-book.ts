import { hash } from "node:crypto";
import type { PriceEntry } from "./price-entry.ts";
import { compileCards, type CardsByContext } from "./rate-card.ts";
import { candidates, PROVIDER_FALLBACKS, type Candidate } from "./match-model.ts";

/** A line of the book, ready to price with. `priceVersion` names it for good: it comes from its content. */
export interface RateLine {
  readonly entry: PriceEntry;
  readonly priceVersion: number;
  readonly from: number;
  readonly to: number;
  readonly standard: CardsByContext;
  readonly services: ReadonlyMap<string, CardsByContext>;
}

export interface ModelMatch {
  readonly provider: string;
  readonly model: string;
  /** How the reported name became this model, in words. */
  readonly because: string;
  /** Lines of the model, in the order of the book: the last that holds at a time wins. */
  readonly lines: readonly RateLine[];
}

/** Effective-dated prices. A look-up costs the same in a book of ten lines and of ten thousand. */
export interface PriceBook {
  readonly entries: readonly PriceEntry[];
  /** The model that a provider's reported name stands for; undefined when no rule says so. Never a guess. */
  match(provider: string, reportedModel: string): ModelMatch | undefined;
  /** The line that a price_version names. */
  line(priceVersion: number): RateLine | undefined;
}

/** Names seen once are remembered, up to this many, so that hostile names cannot fill the memory. */
const REMEMBERED = 20_000;

/** @throws RangeError naming the line whose price or date cannot be read */
export function createPriceBook(entries: readonly PriceEntry[]): PriceBook {
  const byName = new Map<string, RateLine[]>();
  const byVersion = new Map<number, RateLine>();
  for (const entry of entries) {
    const line = readLine(entry);
    byVersion.set(line.priceVersion, line);
    for (const name of namesOf(entry)) push(byName, key(entry.provider, name), line);
  }
  const seen = new Map<string, ModelMatch | undefined>();
  return {
    entries,
    match(provider, reportedModel) {
      const asked = `${provider}\u0000${reportedModel}`;
      if (seen.has(asked)) return seen.get(asked);
      if (seen.size >= REMEMBERED) seen.clear();
      const found = findModel(byName, provider, reportedModel);
      seen.set(asked, found);
      return found;
    },
    line: (priceVersion) => byVersion.get(priceVersion),
  };
}

/** The line that holds at a time (ms). */
export function lineAt(match: ModelMatch, time: number): RateLine | undefined {
  return match.lines.findLast((line) => line.from <= time && time < line.to);
}

function findModel(byName: ReadonlyMap<string, readonly RateLine[]>, provider: string, reported: string): ModelMatch | undefined {
  for (const candidate of candidates(provider, reported)) {
    for (const from of providersOf(candidate)) {
      const lines = byName.get(key(from, candidate.model));
      const first = lines?.[0];
      if (!lines || !first) continue;
      const because = from === candidate.provider ? candidate.because : `${candidate.because}, at the list price of ${from}`;
      return { provider: from, model: first.entry.model, because, lines };
    }
  }
  return undefined;
}

const providersOf = ({ provider }: Candidate): readonly string[] => [provider, ...(PROVIDER_FALLBACKS[provider] ?? [])];
const key = (provider: string, model: string): string => `${provider} ${model}`;
const namesOf = (entry: PriceEntry): Set<string> => new Set([entry.model, ...(entry.aliases ?? [])].map((n) => n.toLowerCase()));

function push(map: Map<string, RateLine[]>, name: string, line: RateLine): void {
  const lines = map.get(name);
  if (lines) lines.push(line);
  else map.set(name, [line]);
}

function readLine(entry: PriceEntry): RateLine {
  try {
    const services = Object.entries(entry.service_tiers ?? {}).map(([name, tier]) => [name, compileCards(entry, tier)] as const);
    return {
      entry,
      priceVersion: versionOf(entry),
      from: readTime(entry.valid_from, "valid_from"),
      to: entry.valid_to === undefined ? Infinity : readTime(entry.valid_to, "valid_to"),
      standard: compileCards(entry),
      services: new Map(services),
    };
  } catch (cause) {
    throw new RangeError(`price of ${entry.provider} ${entry.model}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function readTime(text: string, field: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new RangeError(`${field} must be a date such as "2025-01-31", not ${JSON.stringify(text)}`);
  return time;
}

/** 32 bits of the line's content (aliases left out: a new name changes no price). Never 0. */
function versionOf({ aliases: _, ...entry }: PriceEntry): number {
  return Number.parseInt(hash("sha256", JSON.stringify(entry), "hex").slice(0, 8), 16) || 1;
}
