import type { Evidence, Tokens } from "@inferledger/events";
import { readCount, type Dialect } from "./dialects/dialect.ts";
import type { Span } from "./span.ts";

export interface ReadUsage {
  readonly tokens: Tokens;
  readonly evidence: Evidence;
  /** The figures as they were sent. */
  readonly raw: Record<string, number>;
}

/**
 * Reported figures to disjoint buckets. Inclusion is decided by the dialect, else by arithmetic (more cached
 * than input can only be exclusive), else by the provider: every Bedrock sender measured is exclusive, all
 * others follow the convention, where input contains the cached tokens.
 * @returns undefined when the span reports no usage
 * @throws WrongCount
 */
export function readUsage(span: Span, dialect: Dialect, provider: string): ReadUsage | undefined {
  const read = (names: readonly string[]): number | undefined => readCount(span.attributes, names);
  const input = read(dialect.names.input);
  const output = read(dialect.names.output);
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = read(dialect.names.cacheRead) ?? 0;
  const writes5m = read(dialect.names.cacheWrite5m) ?? 0;
  const writes1h = read(dialect.names.cacheWrite1h) ?? 0;
  const writes = Math.max(read(dialect.names.cacheWrite) ?? 0, writes5m + writes1h);
  const reasoning = read(dialect.names.reasoning) ?? 0;
  const cached = cacheRead + writes;
  const inclusive = isInclusive(dialect, provider, { input: input ?? 0, cached });
  const uncached = inclusive ? (input ?? 0) - cached : (input ?? 0);
  const plainOutput = (output ?? 0) - reasoning;
  const clamped = uncached < 0 || plainOutput < 0;
  const tokens = withoutZeros({
    input_uncached: Math.max(0, uncached),
    input_cache_read: cacheRead,
    input_cache_write_5m: writes5m,
    input_cache_write_1h: writes1h,
    input_cache_write_unspecified: writes - writes5m - writes1h,
    output_text: Math.max(0, plainOutput),
    output_reasoning: Math.min(reasoning, output ?? reasoning),
  });
  const raw = withoutZeros({ input: input ?? 0, output: output ?? 0, cache_read: cacheRead, cache_write: writes, reasoning, inclusive: inclusive ? 1 : 0 }) as Record<string, number>;
  return { tokens, evidence: clamped || tokens.input_cache_write_unspecified !== undefined ? "upper_bound" : "exact", raw };
}

function isInclusive(dialect: Dialect, provider: string, figures: { readonly input: number; readonly cached: number }): boolean {
  if (dialect.inputIncludesCache !== undefined) return dialect.inputIncludesCache;
  if (figures.cached > figures.input) return false;
  return provider !== "aws.bedrock";
}

function withoutZeros<T extends Record<string, number>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0)) as Partial<T>;
}
