import type { UsageNames } from "./dialect.ts";

const modality = (kind: string): string[] => [`gen_ai.usage.${kind}.input_tokens`, `gen_ai.usage.input_${kind}_tokens`];
const out = (kind: string): string[] => [`gen_ai.usage.${kind}.output_tokens`, `gen_ai.usage.output_${kind}_tokens`];

/** Every generation of the GenAI conventions, and the spellings that senders made beside them. Source: semantic-conventions-genai, semconv 1.41.1, measured senders. */
export const GENAI_NAMES: Required<UsageNames> = {
  input: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
    "llm.usage.input_tokens",
  ],
  output: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
    "llm.usage.output_tokens",
  ],
  total: ["gen_ai.usage.total_tokens", "gen_ai.usage.total.token_count", "llm.usage.total_tokens"],
  cacheRead: [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cache_read_tokens",
    "gen_ai.usage.cached_input_tokens",
    "gen_ai.usage.input_cached_tokens",
    "gen_ai.usage.input_tokens.cached",
    "gen_ai.usage.input_tokens_details.cached",
    "gen_ai.usage.details.cache_read_input_tokens",
    "gen_ai.usage.details.cache_read_tokens",
    "llm.usage.cache_read_input_tokens",
  ],
  cacheWrite: [
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_write_input_tokens",
    "gen_ai.usage.cache_write_tokens",
    "gen_ai.usage.input_tokens.cache_write",
    "gen_ai.usage.details.cache_creation_input_tokens",
    "gen_ai.usage.details.cache_write_tokens",
    "llm.usage.cache_creation_input_tokens",
  ],
  cacheWrite5m: [
    "gen_ai.usage.details.ephemeral_5m_input_tokens",
    "anthropic.usage.cache_creation.ephemeral_5m_input_tokens",
  ],
  cacheWrite30m: ["gen_ai.usage.details.ttl_30m_tokens"],
  cacheWrite1h: [
    "gen_ai.usage.details.ephemeral_1h_input_tokens",
    "anthropic.usage.cache_creation.ephemeral_1h_input_tokens",
  ],
  cacheWrite12h: ["gen_ai.usage.details.ttl_12h_tokens"],
  reasoning: [
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.output_reasoning_tokens",
    "gen_ai.usage.reasoning_output_tokens",
    "gen_ai.usage.output_tokens.reasoning",
    "gen_ai.usage.details.reasoning_tokens",
    "gen_ai.usage.details.thoughts_tokens",
    "llm.usage.reasoning_tokens",
    "codex.usage.reasoning_output_tokens",
  ],
  inputAudio: modality("audio"),
  inputImage: modality("image"),
  inputVideo: modality("video"),
  cachedAudio: ["gen_ai.usage.audio.cache_read.input_tokens"],
  cachedImage: ["gen_ai.usage.image.cache_read.input_tokens"],
  outputAudio: out("audio"),
  outputImage: out("image"),
  outputVideo: out("video"),
};

/** What says that a span or event follows the conventions, usage or not. */
export const GENAI_SIGNS = [
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.system",
  "gen_ai.request.model",
  "gen_ai.response.model",
  "gen_ai.response.id",
  ...GENAI_NAMES.input,
  ...GENAI_NAMES.output,
  ...GENAI_NAMES.total,
  ...GENAI_NAMES.cacheRead,
];
