import type { Evidence, Tokens } from "@inferledger/events";
import { readCount, type Dialect } from "./dialects/dialect.ts";
import type { Span } from "./span.ts";

export interface ReadUsage {
  readonly tokens: Tokens;
  readonly evidence: Evidence;
  /** The figures as they were sent. */
  readonly raw: Record<string, number>;
}

type Figures = Readonly<Record<"cacheRead" | "writes" | "writes5m" | "writes1h" | "reasoning", number>> & {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
};

/**
 * Reported figures to disjoint buckets. Inclusion is decided by the dialect, else by arithmetic (more cached
 * than input, or a total that adds the cached tokens, can only be exclusive), else by the provider: every
 * Bedrock sender measured is exclusive, all others follow the convention, where input contains the cached tokens.
 * @returns undefined when the span reports no usage; all zeros are none either: no call is free of tokens
 * @throws WrongCount
 */
export function readUsage(span: Span, dialect: Dialect, provider: string): ReadUsage | undefined {
  const figures = readFigures(span, dialect);
  const { cacheRead, writes, writes5m, writes1h, reasoning } = figures;
  const input = figures.input ?? 0;
  const output = figures.output ?? 0;
  if (input + output + cacheRead + writes + reasoning === 0) return undefined;
  const inclusive = isInclusive(dialect, provider, figures);
  const uncached = inclusive ? input - cacheRead - writes : input;
  const unspecified = writes - writes5m - writes1h;
  const tokens = withoutZeros({
    input_uncached: Math.max(0, uncached),
    input_cache_read: cacheRead,
    input_cache_write_5m: writes5m,
    input_cache_write_1h: writes1h,
    input_cache_write_unspecified: unspecified,
    output_text: Math.max(0, output - reasoning),
    output_reasoning: reasoning,
  });
  const raw = {
    ...withoutZeros({ input, output, cache_read: cacheRead, cache_write: writes, reasoning }),
    inclusive: inclusive ? 1 : 0,
  };
  if (dialect.isPartial || figures.input === undefined) return { tokens, evidence: "estimated", raw };
  return { tokens, evidence: uncached < 0 || output < reasoning || unspecified > 0 ? "upper_bound" : "exact", raw };
}

function readFigures(span: Span, { names }: Dialect): Figures {
  const read = (of: readonly string[]): number | undefined => readCount(span.attributes, of);
  const writes5m = read(names.cacheWrite5m) ?? 0;
  const writes1h = read(names.cacheWrite1h) ?? 0;
  return {
    input: read(names.input),
    output: read(names.output),
    total: read(names.total),
    cacheRead: read(names.cacheRead) ?? 0,
    writes5m,
    writes1h,
    writes: Math.max(read(names.cacheWrite) ?? 0, writes5m + writes1h),
    reasoning: read(names.reasoning) ?? 0,
  };
}

function isInclusive(
  dialect: Dialect,
  provider: string,
  { input = 0, output = 0, total, cacheRead, writes }: Figures,
): boolean {
  if (dialect.inputIncludesCache !== undefined) return dialect.inputIncludesCache;
  const cached = cacheRead + writes;
  if (cached > input) return false;
  if (cached > 0 && total === input + output + cached) return false;
  return provider !== "aws.bedrock";
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  const kept: Record<string, number> = {};
  for (const name in counts) if (counts[name] !== 0) kept[name] = counts[name] as number;
  return kept;
}
