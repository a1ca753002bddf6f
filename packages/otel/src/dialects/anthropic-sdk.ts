import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";
import { genaiRole } from "./genai-role.ts";

/**
 * The Anthropic SDKs' own span (Python 1.14.0 and later, TypeScript 0.137.0 and later), on as soon as a tracer
 * provider exists. It alone tells the lifetime of cache writes, so it wins over an instrumentation's span.
 */
export const anthropicSdk: Dialect = {
  name: "anthropic-sdk",
  scope: /^com\.anthropic\.sdk\./,
  role: genaiRole,
  precedence: 40,
  names: GENAI_NAMES,
  inclusive: true,
  pairsByFigures: true,
};

/** The Mistral SDK's own span: mixed generations of names, no operation, no response id; without usage on streams. */
export const mistralSdk: Dialect = {
  name: "mistral-sdk",
  scope: /^mistralai_sdk_tracer$/,
  role: (record) => {
    const role = genaiRole(record);
    return role === "link" && /^(chat|embeddings|fim|agents)_/.test(record.name) ? "call" : role;
  },
  precedence: 60,
  names: { ...GENAI_NAMES, total: ["mistral_ai.request.total_tokens", ...GENAI_NAMES.total] },
  provider: () => "mistral_ai",
  inclusive: true,
  pairsByFigures: true,
};
