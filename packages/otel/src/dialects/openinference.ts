import type { Figures } from "../figures.ts";
import type { TelemetryRecord } from "../record.ts";
import { readCost, readText } from "../read-value.ts";
import type { Dialect, Role } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";

const PROMPT = "llm.token_count.prompt";
const COMPLETION = "llm.token_count.completion";

/** OpenInference (Arize Phoenix): inclusive in every package measured, and never a response id. Source: its semantic_conventions.md. */
export const openinference: Dialect = {
  name: "openinference",
  signs: ["openinference.span.kind"],
  role,
  precedence: 50,
  names: {
    ...GENAI_NAMES,
    input: [PROMPT, ...GENAI_NAMES.input],
    output: [COMPLETION, ...GENAI_NAMES.output],
    total: ["llm.token_count.total", ...GENAI_NAMES.total],
    cacheRead: [`${PROMPT}_details.cache_read`, `${PROMPT}_details.cache_input`, ...GENAI_NAMES.cacheRead],
    cacheWrite: [`${PROMPT}_details.cache_write`, ...GENAI_NAMES.cacheWrite],
    reasoning: [`${COMPLETION}_details.reasoning`, ...GENAI_NAMES.reasoning],
    inputAudio: [`${PROMPT}_details.audio`],
    outputAudio: [`${COMPLETION}_details.audio`],
  },
  inclusive: true,
  // The Agents package's generation spans leave the cached part out, the JavaScript packages the cache writes.
  atBest: (figures, { scope, attributes }) =>
    (scope.endsWith("openai_agents") && !attributes.has(`${PROMPT}_details.cache_read`) && (figures.input ?? 0) > 0) ||
    (scope.endsWith("instrumentation-openai") && hidesWrites(figures))
      ? "upper_bound"
      : undefined,
  model: (attributes) =>
    readText(attributes, [
      "llm.response.model_name",
      "llm.model_name",
      "embedding.model_name",
      "reranker.model_name",
      "llm.request.model_name",
      "gen_ai.response.model",
      "gen_ai.request.model",
    ]),
  provider: (attributes) =>
    readText(attributes, ["llm.provider", "llm.system", "gen_ai.provider.name", "gen_ai.system"]),
  cost: (attributes) => readCost(attributes, ["llm.cost.total"]),
  pairsByFigures: true,
};

/** OpenAI caches no prompt shorter than this, and a cached part that was written is not reported by some senders. */
const LEAST_CACHED = 1024;
export const hidesWrites = (figures: Figures): boolean =>
  figures.cacheRead + figures.cacheWrite === 0 && (figures.input ?? 0) >= LEAST_CACHED && (figures.output ?? 0) > 0;

function role({ attributes }: TelemetryRecord): Role {
  const kind = String(attributes.get("openinference.span.kind")).toUpperCase();
  if (kind === "LLM" || kind === "EMBEDDING" || kind === "RERANKER") return "call";
  return attributes.has(PROMPT) || attributes.has(COMPLETION) ? "aggregate" : "link";
}
