import type { Figures } from "../figures.ts";
import { readCost } from "../read-value.ts";
import type { TelemetryRecord } from "../record.ts";
import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";
import { genaiRole, hasAny } from "./genai-role.ts";
import { hidesWrites } from "./openinference.ts";

/** Pydantic AI and Logfire: `details.*` are parts, never to be added; an agent's span repeats its calls (1.x) or says so by its name (2.x). */
export const pydanticAi: Dialect = {
  name: "pydantic-ai",
  scope: /^pydantic-ai$/,
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  inclusive: true,
  cost: (attributes) => readCost(attributes, ["operation.cost"]),
  reads: ["operation.cost"],
};

/** Strands Agents: inclusive on spans for every provider; its system names the framework. */
export const strands: Dialect = {
  name: "strands",
  scope: /^strands\./,
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  inclusive: true,
  provider: () => "",
};

const isStreaming = ({ attributes }: TelemetryRecord): boolean =>
  ["gen_ai.is_streaming", "llm.is_streaming"].some((name) => /^true$/i.test(String(attributes.get(name))));

/**
 * OpenLLMetry (Traceloop), Python. Inclusive but for Bedrock; Google's output leaves the thoughts out, and only the
 * total has them; Anthropic's streams count the first message's output twice over (1 to 8 tokens); LangChain's
 * Anthropic calls hide cache writes that have a lifetime. Measured with 0.62.4.
 */
export const traceloop: Dialect = {
  name: "traceloop",
  scope:
    /^opentelemetry\.instrumentation\.(openai\.v1|anthropic|bedrock|cohere|mistralai|google_generativeai|langchain|openai_agents|vertexai|groq|ollama|together|watsonx|sagemaker|replicate|alephalpha|llamaindex|crewai|haystack)$/,
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  inclusive: (_, { scope }) => !scope.endsWith(".bedrock"),
  amend: (figures, { scope }) => (/google_generativeai|vertexai/.test(scope) ? withThoughts(figures) : figures),
  atBest: (figures, record, provider) => {
    if (record.scope.endsWith(".anthropic") && isStreaming(record)) return "upper_bound";
    const cached = figures.cacheRead > 0 && figures.cacheWrite === 0;
    if (record.scope.endsWith(".langchain") && provider === "anthropic" && cached) return "upper_bound";
    // Streams of InvokeModel leave the cached part out of an input that does not contain it.
    if (record.scope.endsWith(".bedrock")) return tellsCache(record) ? undefined : "estimated";
    if (record.scope.endsWith(".openai.v1") && hidesWrites(figures)) return "upper_bound";
    return undefined;
  },
  pairsByFigures: true,
  reads: ["gen_ai.is_streaming", "llm.is_streaming"],
};

const tellsCache = (record: TelemetryRecord): boolean => hasAny(record, GENAI_NAMES.cacheRead);

function withThoughts(figures: Figures): Figures {
  const { input = 0, output = 0, total = 0, reasoning } = figures;
  const thoughts = total - input - output;
  return reasoning === 0 && thoughts > 0 ? { ...figures, reasoning: thoughts, outputHasReasoning: false } : figures;
}

/** OpenLLMetry, JavaScript: cached tokens are hidden, and a stream carries its own tokenizer's estimate instead of the provider's usage. Measured with 0.27.0. */
export const traceloopJs: Dialect = {
  name: "traceloop-js",
  scope: /^@traceloop\//,
  role: genaiRole,
  precedence: 55,
  names: GENAI_NAMES,
  inclusive: true,
  atBest: (figures, record) => {
    if (isStreaming(record) || isItsOwnCount(figures)) return "estimated";
    return figures.cacheRead === 0 && (figures.input ?? 0) > 0 && (figures.output ?? 0) > 0 ? "upper_bound" : undefined;
  },
  reads: ["gen_ai.is_streaming", "llm.is_streaming"],
};

/** Its tokenizer's count of the last message alone is a handful of tokens, on calls that say so by nothing else. */
const isItsOwnCount = ({ input = 0, output = 0 }: Figures): boolean => input + output > 0 && input < 50;

/** vLLM's own span of a request, kind SERVER: the engine's view of a client's call. */
export const vllm: Dialect = {
  name: "vllm",
  signs: ["gen_ai.latency.e2e", "gen_ai.latency.time_in_queue", "gen_ai.usage.num_sequences"],
  role: () => "server",
  precedence: 80,
  names: GENAI_NAMES,
  inclusive: true,
  provider: () => "vllm",
};

/** Bedrock by OpenTelemetry's own packages: exclusive, also where the names are the newest, which say otherwise. Measured. */
export const bedrock: Dialect = {
  name: "otel-bedrock",
  scope: /^opentelemetry\.instrumentation\.(genai\.bedrock|botocore\.bedrock-runtime|botocore)$/,
  when: ({ attributes, signal }) =>
    signal === "span" && (attributes.has("gen_ai.operation.name") || attributes.has("gen_ai.system")),
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  inclusive: false,
};
