import type { Evidence, Tokens } from "@inferledger/events";
import type { Dialect } from "./dialects/dialect.ts";
import { isEmpty, readFigures, type Figures } from "./figures.ts";
import type { TelemetryRecord } from "./record.ts";

export interface ReadUsage {
  readonly tokens: Tokens;
  readonly evidence: Evidence;
  /** The figures as they were sent, and what was decided of them: `inclusive`, `inclusion_rule`, `clamped`. */
  readonly raw: Record<string, number>;
}

/** What decided whether input contains the cached tokens, kept as a number beside the raw figures. */
export const INCLUSION_RULES = {
  no_cache: 0,
  dialect: 1,
  arithmetic: 2,
  provider: 3,
  assumed: 4,
  contradiction: 5,
} as const;
type InclusionRule = keyof typeof INCLUSION_RULES;

/**
 * Reported figures to disjoint buckets: sum of buckets = what the provider counted.
 * @returns undefined when the record reports no usage; all zeros are none either: no call is free of tokens
 * @throws WrongCount
 */
export function readUsage(record: TelemetryRecord, dialect: Dialect, provider: string): ReadUsage | undefined {
  const read = readFigures(record.attributes, dialect.names);
  const figures = dialect.amend?.(read, record, provider) ?? read;
  if (isEmpty(figures)) return undefined;
  const { inclusive, rule } = decideInclusion(figures, { record, dialect, provider });
  const { tokens, clamped, unspecified } = toBuckets(figures, inclusive);
  const raw = {
    ...withoutZeros({
      input: figures.input ?? 0,
      output: figures.output ?? 0,
      total: figures.total ?? 0,
      cache_read: figures.cacheRead,
      cache_write: figures.cacheWrite,
      reasoning: figures.reasoning,
      clamped,
    }),
    inclusive: inclusive ? 1 : 0,
    inclusion_rule: INCLUSION_RULES[rule],
  };
  const evidence: Evidence =
    clamped > 0 || unspecified > 0 || rule === "assumed" || rule === "contradiction" ? "upper_bound" : "exact";
  const partial = figures.input === undefined ? "estimated" : "exact";
  return { tokens, raw, evidence: weakest(evidence, partial, dialect.atBest?.(figures, record, provider) ?? "exact") };
}

const GRADES: readonly Evidence[] = ["exact", "upper_bound", "estimated", "missing"];
const weakest = (...grades: readonly Evidence[]): Evidence =>
  GRADES[Math.max(...grades.map((g) => GRADES.indexOf(g)))] ?? "missing";

/** Senders that pass Anthropic's or Bedrock's own numbers on count input without cached tokens; all others with them. */
const EXCLUSIVE_PROVIDERS = new Set(["aws.bedrock"]);

function decideInclusion(
  figures: Figures,
  of: { readonly record: TelemetryRecord; readonly dialect: Dialect; readonly provider: string },
): { readonly inclusive: boolean; readonly rule: InclusionRule } {
  const { inclusive } = of.dialect;
  const cached = figures.cacheRead + figures.cacheWrite;
  if (cached === 0) return { inclusive: true, rule: "no_cache" };
  const said =
    figures.inclusive ?? (typeof inclusive === "function" ? inclusive(figures, of.record, of.provider) : inclusive);
  const { input = 0, output = 0, total } = figures;
  // More cached than input can only be exclusive, whatever the dialect says.
  if (cached > input)
    return { inclusive: false, rule: said === false ? "dialect" : said ? "contradiction" : "arithmetic" };
  if (said !== undefined) return { inclusive: said, rule: "dialect" };
  if (total === input + output + cached) return { inclusive: false, rule: "arithmetic" };
  if (EXCLUSIVE_PROVIDERS.has(of.provider)) return { inclusive: false, rule: "provider" };
  // The convention says that input contains them, and every sender that follows it was measured to do so but for Bedrock.
  return { inclusive: true, rule: of.dialect.name === "otel-genai" ? "dialect" : "assumed" };
}

interface Buckets {
  readonly tokens: Tokens;
  /** Tokens by which the parts exceed their total: figures that contradict themselves. */
  readonly clamped: number;
  readonly unspecified: number;
}

function toBuckets(f: Figures, inclusive: boolean): Buckets {
  const input = f.input ?? 0;
  const output = f.output ?? 0;
  const [audio, image] = [Math.max(0, f.inputAudio - f.cachedAudio), Math.max(0, f.inputImage - f.cachedImage)];
  const uncached = (inclusive ? input - f.cacheRead - f.cacheWrite : input) - audio - image - f.inputVideo;
  const media = f.outputAudio + f.outputImage + f.outputVideo;
  const text = output - media - (f.outputHasReasoning ? f.reasoning : 0);
  const unspecified = f.cacheWrite - f.cacheWrite5m - f.cacheWrite30m - f.cacheWrite1h - f.cacheWrite12h;
  const tokens = withoutZeros({
    input_uncached: Math.max(0, uncached),
    input_cache_read: Math.max(0, f.cacheRead - f.cachedAudio - f.cachedImage),
    input_cache_write_5m: f.cacheWrite5m,
    input_cache_write_30m: f.cacheWrite30m,
    input_cache_write_1h: f.cacheWrite1h,
    input_cache_write_12h: f.cacheWrite12h,
    input_cache_write_unspecified: unspecified,
    input_audio: audio,
    input_audio_cache_read: f.cachedAudio,
    input_image: image,
    input_image_cache_read: f.cachedImage,
    input_video: f.inputVideo,
    output_text: Math.max(0, text),
    output_reasoning: f.reasoning,
    output_audio: f.outputAudio,
    output_image: f.outputImage,
    output_video: f.outputVideo,
  });
  return { tokens, clamped: Math.max(0, -uncached) + Math.max(0, -text), unspecified };
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  const kept: Record<string, number> = {};
  for (const name in counts) if (counts[name] !== 0) kept[name] = counts[name] as number;
  return kept;
}
