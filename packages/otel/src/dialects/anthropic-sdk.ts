import type { Dialect } from "./dialect.ts";
import { genai } from "./genai.ts";

/**
 * The Anthropic SDKs' own span (Python 1.14.0 and later, TypeScript 0.137.0 and later), on as soon as a tracer
 * provider exists. It alone tells the lifetime of cache writes, so it wins over an instrumentation's span.
 */
export const anthropicSdk: Dialect = {
  name: "anthropic-sdk",
  recognises: (span) => span.scope.startsWith("com.anthropic.sdk."),
  precedence: 40,
  inputIncludesCache: true,
  names: {
    ...genai.names,
    cacheWrite5m: ["anthropic.usage.cache_creation.ephemeral_5m_input_tokens"],
    cacheWrite1h: ["anthropic.usage.cache_creation.ephemeral_1h_input_tokens"],
  },
};
