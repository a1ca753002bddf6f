import type { Span } from "../span.ts";
import type { Dialect } from "./dialect.ts";

const SIGNS = [
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.system",
  "gen_ai.request.model",
  "gen_ai.response.model",
  "gen_ai.response.id",
];

/** A span with token counts and nothing else of the convention is one too: it must not pass unseen. */
export function hasUsage(span: Span): boolean {
  for (const key of span.attributes.keys()) if (key.startsWith("gen_ai.usage.")) return true;
  return false;
}

/** OpenTelemetry GenAI conventions, the current generation and the older ones. Source: semantic-conventions-genai; semconv 1.41.1. */
export const genai: Dialect = {
  name: "otel-genai",
  recognises: (span) => SIGNS.some((sign) => span.attributes.has(sign)) || hasUsage(span),
  precedence: 50,
  names: {
    input: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
    output: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
    cacheRead: [
      "gen_ai.usage.cache_read.input_tokens",
      "gen_ai.usage.cache_read_input_tokens",
      "gen_ai.usage.cache_read_tokens",
      "gen_ai.usage.cached_input_tokens",
    ],
    cacheWrite: [
      "gen_ai.usage.cache_write.input_tokens",
      "gen_ai.usage.cache_creation.input_tokens",
      "gen_ai.usage.cache_creation_input_tokens",
      "gen_ai.usage.cache_write_input_tokens",
      "gen_ai.usage.cache_write_tokens",
    ],
    cacheWrite5m: [],
    cacheWrite1h: ["gen_ai.usage.details.ephemeral_1h_input_tokens"],
    reasoning: ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"],
    total: ["gen_ai.usage.total_tokens", "llm.usage.total_tokens"],
  },
};
