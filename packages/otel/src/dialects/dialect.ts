import type { Attributes, AttributeValue, Span } from "../span.ts";

/** How one family of senders says what a call used. A table of names, read in order: the first that is there wins. */
export interface Dialect {
  readonly name: string;
  /** Whether a span is of this family; the first dialect that says so reads it. */
  readonly recognises: (span: Span) => boolean;
  /** Lower wins when several sightings of one call are settled. */
  readonly precedence: number;
  /** Whether the reported input contains cached tokens; undefined = as the provider's API counts. */
  readonly inputIncludesCache?: boolean;
  /** Set where the sender's figures are known to leave something out: nothing of it is graded exact. */
  readonly isPartial?: boolean;
  readonly names: UsageNames;
}

export interface UsageNames {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly cacheRead: readonly string[];
  readonly cacheWrite: readonly string[];
  readonly cacheWrite5m: readonly string[];
  readonly cacheWrite1h: readonly string[];
  readonly reasoning: readonly string[];
  readonly total: readonly string[];
}

/** A count that is no count: the sighting is rejected, its neighbours go on. */
export class WrongCount extends Error {
  override readonly name = "WrongCount";
}

/** @throws WrongCount naming the attribute */
export function readCount(attributes: Attributes, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (value !== undefined && value !== "") return toCount(name, value);
  }
  return undefined;
}

/** Whole doubles and numeric text are counts too, as senders write them. NaN is how one sender says nothing. */
function toCount(name: string, value: AttributeValue): number | undefined {
  const number = typeof value === "string" && /^\d{1,16}(\.0+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === "number" && Number.isNaN(number)) return undefined;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new WrongCount(`${name} must be a whole number from 0 to 2^53-1, not ${shown(value)}`);
}

/** Numbers are shown; other text is not, as it could be anything that a sender put there. */
const shown = (value: AttributeValue): string =>
  typeof value !== "string" || /^[-+.\deE]{1,40}$/.test(value) ? String(value) : "text";

export function readText(attributes: Attributes, names: readonly string[]): string {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}
