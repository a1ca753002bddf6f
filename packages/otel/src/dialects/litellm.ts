import { readLooseObject } from "../loose-object.ts";
import { fromUsageObject } from "../usage-object.ts";
import { readCost, readText } from "../read-value.ts";
import type { Attributes } from "../record.ts";
import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";
import { genaiRole } from "./genai-role.ts";

const USAGE = "metadata.usage_object";
const COSTS = ["litellm.cost.total", "gen_ai.cost.total_cost"];

/**
 * LiteLLM, library and proxy, both generations of its callback. `litellm.provider.model` names what was called where
 * the other names are the caller's alias; version 1 tells cached tokens only in a Python repr. Inclusive for every
 * provider. Measured with 1.106.2.
 */
export const litellm: Dialect = {
  name: "litellm",
  signs: [
    "litellm.call_id",
    "litellm.provider.model",
    "gen_ai.cost.total_cost",
    "metadata.user_api_key_hash",
    "hidden_params",
  ],
  when: ({ signal, name }) => signal === "span" && name !== "raw_gen_ai_request",
  role: (record) => (record.kind === 2 ? "link" : genaiRole(record)),
  precedence: 20,
  names: GENAI_NAMES,
  amend: (figures, { attributes }) => {
    const usage = readLooseObject(attributes.get(USAGE));
    if (!usage || figures.cacheRead + figures.cacheWrite > 0) return figures;
    const said = fromUsageObject(usage, USAGE);
    return said.input === figures.input ? { ...said, output: figures.output, total: figures.total } : figures;
  },
  inclusive: true,
  model: (attributes) => {
    const model = readText(attributes, ["litellm.provider.model", "gen_ai.request.model", "gen_ai.response.model"]);
    const [provider, ...rest] = model.split("/");
    return attributes.has("litellm.provider.model") && rest.length > 0 && provider !== "" ? rest.join("/") : model;
  },
  provider: (attributes) => providerOf(attributes),
  requestIds: ["litellm.call_id"],
  cost: (attributes) => readCost(attributes, COSTS),
  reads: [...COSTS, USAGE],
};

/** The raw request below it repeats its usage in a text. */
export const litellmRaw: Dialect = {
  name: "litellm-raw",
  scope: /^litellm$/,
  when: ({ signal, name, attributes }) =>
    signal === "span" && (name === "raw_gen_ai_request" || !attributes.has("gen_ai.operation.name")),
  role: () => "link",
  precedence: 90,
  names: {},
};

function providerOf(attributes: Attributes): string {
  const [provider = "", ...rest] = readText(attributes, ["litellm.provider.model"]).split("/");
  return rest.length > 0 ? provider : readText(attributes, ["gen_ai.provider.name", "gen_ai.system"]);
}

/** OpenRouter's broadcast: traces by OTLP/JSON from its own service, the conventions' names; it is a gateway and knows its price. */
export const openrouter: Dialect = {
  name: "openrouter",
  signs: [
    "openrouter.generation_id",
    "openrouter.provider",
    "trace.metadata.openrouter.source",
    "openrouter.request_id",
  ],
  role: genaiRole,
  precedence: 20,
  names: GENAI_NAMES,
  inclusive: true,
  responseIds: ["gen_ai.response.id", "openrouter.generation_id"],
  cost: (attributes) => readCost(attributes, ["gen_ai.usage.total_cost", "gen_ai.usage.cost"]),
};
