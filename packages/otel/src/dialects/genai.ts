import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES, GENAI_SIGNS } from "./genai-names.ts";
import { genaiRole, hasUsage } from "./genai-role.ts";

/** Instrumentations that pass on input with its cached part but not that part: cached tokens are priced as plain input. Measured. */
const HIDES_CACHE =
  /^(opentelemetry\.instrumentation\.openai_v2|opentelemetry\.util\.genai\.handler|@opentelemetry\/instrumentation-openai|semantic_kernel\b.*)$/;

/** OpenTelemetry GenAI conventions, all generations. Agent Framework, Google ADK, Semantic Kernel, Microsoft.Extensions.AI, botocore and many more send them. */
export const genai: Dialect = {
  name: "otel-genai",
  signs: GENAI_SIGNS,
  when: (record) => record.signal === "span",
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  atBest: (figures, { scope }) =>
    HIDES_CACHE.test(scope) && figures.cacheRead === 0 && (figures.input ?? 0) > 0 && (figures.output ?? 0) > 0
      ? "upper_bound"
      : undefined,
};

/** The conventions' event, which repeats a span's usage; on its own where the sender makes no span. */
export const genaiEvent: Dialect = {
  name: "otel-genai-event",
  events: ["gen_ai.client.inference.operation.details"],
  // Some senders write the event twice, once without usage: that is no call of its own.
  role: (record) => (hasUsage(record) ? genaiRole(record) : "ignore"),
  precedence: 70,
  names: GENAI_NAMES,
  pairsByFigures: true,
};
