import type { Figures } from "../figures.ts";
import { isEmpty } from "../figures.ts";
import { readLooseObject } from "../loose-object.ts";
import { fromUsageObject } from "../usage-object.ts";
import type { Attributes, TelemetryRecord } from "../record.ts";
import { readText } from "../read-value.ts";
import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";

const USAGE_METADATA = "langsmith.metadata.usage_metadata";
const DETAILS = "gen_ai.usage.input_token_details";
const OUT_DETAILS = "gen_ai.usage.output_token_details";

/**
 * LangSmith's spans of LangChain, LangGraph and wrapped SDKs. Totals are inclusive; the cached part lies in the usage
 * metadata, as JSON, or in the token details, as JSON or Python's repr. Measured with 0.15.0 (Python) and 0.12.0.
 */
export const langsmith: Dialect = {
  name: "langsmith",
  signs: ["langsmith.span.kind"],
  role: ({ attributes }) => {
    const kind = String(attributes.get("langsmith.span.kind")).toLowerCase();
    return kind === "llm" || kind === "embedding" ? "call" : "link";
  },
  precedence: 50,
  names: GENAI_NAMES,
  amend: amendLangSmith,
  inclusive: true,
  provider: (attributes) =>
    readText(attributes, ["langsmith.metadata.ls_provider", "gen_ai.provider.name", "gen_ai.system"]),
  model: (attributes) =>
    readText(attributes, ["gen_ai.response.model", "gen_ai.request.model", "langsmith.metadata.ls_model_name"]),
  pairsByFigures: true,
  reads: [USAGE_METADATA, DETAILS, OUT_DETAILS, "langsmith.metadata.ls_provider", "langsmith.metadata.ls_model_name"],
};

function amendLangSmith(figures: Figures, { attributes }: TelemetryRecord): Figures {
  const metadata = readLooseObject(attributes.get(USAGE_METADATA));
  if (metadata) {
    // LangChain leaves cache_creation at 0 where it tells the lifetimes: the sum of the parts is what was written.
    const said = fromUsageObject(metadata, USAGE_METADATA);
    return isEmpty(said) ? figures : said;
  }
  const details = readLooseObject(attributes.get(DETAILS));
  const outDetails = readLooseObject(attributes.get(OUT_DETAILS));
  if (!details && !outDetails) return figures;
  const said = fromUsageObject({ input_token_details: details, output_token_details: outDetails }, "gen_ai.usage");
  const { input, output, total } = figures;
  return { ...said, input, output, total, reasoning: Math.max(said.reasoning, figures.reasoning) };
}

const LANGFUSE_USAGE = "langfuse.observation.usage_details";

/**
 * Langfuse: usage is a JSON map of three shapes: the provider's own object, LangChain's disjoint map, or keys that
 * contain each other; `fromUsageObject` tells them apart. Measured with 5.0.4 (Python) and 5.11.1.
 */
export const langfuse: Dialect = {
  name: "langfuse",
  signs: ["langfuse.observation.type", LANGFUSE_USAGE],
  role: ({ attributes }) => {
    const type = String(attributes.get("langfuse.observation.type") ?? "generation").toLowerCase();
    if (type === "generation" || type === "embedding") return "call";
    return attributes.has(LANGFUSE_USAGE) ? "aggregate" : "link";
  },
  precedence: 50,
  names: {},
  amend: (figures, { attributes }) => {
    const usage = readLooseObject(attributes.get(LANGFUSE_USAGE));
    return usage ? fromUsageObject(usage, LANGFUSE_USAGE) : figures;
  },
  inclusive: (figures) => figures.inclusive ?? true,
  model: (attributes) => readText(attributes, ["langfuse.observation.model.name", "gen_ai.response.model"]),
  provider: (attributes) => providerOfLangfuse(attributes),
  pairsByFigures: true,
  reads: [
    "langfuse.observation.model.name",
    "langfuse.observation.completion_start_time",
    "langfuse.observation.level",
  ],
};

/** Its wrapper of the OpenAI client, which sees the calls that its LangChain handler sees too. */
export const langfuseOpenai: Dialect = {
  ...langfuse,
  name: "langfuse-openai",
  when: ({ name, attributes }) =>
    name.startsWith("OpenAI-") || String(attributes.get(LANGFUSE_USAGE)).includes('"prompt_tokens"'),
};

const providerOfLangfuse = (attributes: Attributes): string =>
  readText(attributes, ["gen_ai.provider.name", "gen_ai.system", "langfuse.observation.metadata.ls_provider"]);
