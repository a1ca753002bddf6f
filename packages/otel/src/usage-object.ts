import { NO_FIGURES, type Figures } from "./figures.ts";
import { toCount } from "./read-value.ts";

type Usage = Readonly<Record<string, unknown>>;

/**
 * A usage object as providers, LangChain, LiteLLM and Langfuse write it, by its shape: nested details are parts of
 * the totals; `input_cached_tokens`, `input_cache_read` and `input_cache_creation` beside a plain `input` are disjoint
 * from it, and so are Anthropic's `cache_*_input_tokens` beside `input`.
 * @throws WrongCount naming the key
 */
export function fromUsageObject(usage: Usage, name: string): Figures {
  const read = (of: Usage, ...keys: readonly string[]): number | undefined => {
    for (const key of keys) if (of[key] !== undefined && of[key] !== null) return toCount(`${name}.${key}`, of[key]);
    return undefined;
  };
  const inDetails = nested(usage, "prompt_tokens_details", "input_tokens_details", "input_token_details");
  const outDetails = nested(usage, "completion_tokens_details", "output_tokens_details", "output_token_details");
  const byTtl = {
    ...nested(inDetails, "cache_write_tokens_details", "cache_creation_token_details"),
    ...nested(usage, "cache_creation"),
  };
  const ttl = (length: string): number =>
    read(byTtl, `ephemeral_${length}_input_tokens`, `ttl_${length}_tokens`) ??
    read(inDetails, `ephemeral_${length}_input_tokens`) ??
    read(usage, `cache_creation_ephemeral_${length}_input_tokens`) ??
    0;
  const [cacheWrite5m, cacheWrite30m, cacheWrite1h, cacheWrite12h] = ["5m", "30m", "1h", "12h"].map(ttl) as [
    number,
    number,
    number,
    number,
  ];
  const beside = [
    read(usage, "input_cached_tokens", "input_cache_read", "cache_read_input_tokens"),
    read(usage, "input_cache_creation", "input_cache_write_tokens", "cache_creation_input_tokens"),
  ] as const;
  const disjointReasoning = read(usage, "output_reasoning_tokens", "output_reasoning");
  const written = read(inDetails, "cache_write_tokens", "cache_creation") ?? beside[1] ?? 0;
  return {
    ...NO_FIGURES,
    input: read(usage, "prompt_tokens", "input_tokens", "input"),
    output: read(usage, "completion_tokens", "output_tokens", "output"),
    total: read(usage, "total_tokens", "total"),
    cacheRead: read(inDetails, "cached_tokens", "cache_read") ?? beside[0] ?? 0,
    cacheWrite: Math.max(written, cacheWrite5m + cacheWrite30m + cacheWrite1h + cacheWrite12h),
    cacheWrite5m,
    cacheWrite30m,
    cacheWrite1h,
    cacheWrite12h,
    reasoning: read(outDetails, "reasoning_tokens", "reasoning") ?? disjointReasoning ?? 0,
    inputAudio: read(inDetails, "audio_tokens", "audio") ?? 0,
    inputImage: read(inDetails, "image_tokens", "image") ?? 0,
    outputAudio: read(outDetails, "audio_tokens", "audio") ?? 0,
    outputHasReasoning: disjointReasoning === undefined,
    ...(usage["input"] !== undefined && beside.some((b) => b !== undefined) ? { inclusive: false } : {}),
  };
}

function nested(usage: Usage, ...keys: readonly string[]): Usage {
  for (const key of keys) {
    const value = usage[key];
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Usage;
  }
  return {};
}
