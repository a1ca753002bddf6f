/**
 * Token buckets: direction × modality × cache class. Disjoint: every token of a call lies in exactly
 * one of them, so totals are sums. POST bodies, API answers, SQL columns and the price book all use
 * these names.
 */
export const BUCKETS = [
  "input_uncached",
  "input_cache_read",
  "input_cache_write_5m",
  "input_cache_write_30m",
  "input_cache_write_1h",
  "input_cache_write_12h",
  "input_cache_write_unspecified",
  "input_audio",
  "input_audio_cache_read",
  "input_image",
  "input_image_cache_read",
  "input_video",
  "output_text",
  "output_reasoning",
  "output_audio",
  "output_image",
  "output_video",
] as const;

export type Bucket = (typeof BUCKETS)[number];

/** Tokens per bucket, whole numbers from 0 to 2^53-1; an absent bucket is 0. */
export type Tokens = Partial<Record<Bucket, number>>;

export const isInput = (bucket: Bucket): boolean => bucket.startsWith("input_");

/** All input tokens, cached ones included: the figure that context tiers look at. */
export const inputTokens = (tokens: Tokens): number => sumOf(tokens, isInput);

/** All output tokens, reasoning included. */
export const outputTokens = (tokens: Tokens): number => sumOf(tokens, (b) => !isInput(b));

function sumOf(tokens: Tokens, wanted: (bucket: Bucket) => boolean): number {
  let sum = 0;
  for (const bucket of BUCKETS) if (wanted(bucket)) sum += tokens[bucket] ?? 0;
  return sum;
}
