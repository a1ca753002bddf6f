import type { Dialect } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";
import { genaiRole, hasUsage } from "./genai-role.ts";

const STREAM = ["gen_ai.request.stream", "gen_ai.request.is_stream"];
const isGemini = (provider: string): boolean => provider.startsWith("gcp.");

/**
 * OpenLIT, Python and JavaScript: current names, but Anthropic's input without the cached tokens and Gemini's output
 * without the thoughts. Its cost ignores caches and is 0 offline: it is not kept. A stream whose provider sent no
 * usage carries OpenLIT's own estimate, which nothing marks. Measured with 1.45.0 and 1.15.0.
 */
export const openlit: Dialect = {
  name: "openlit",
  scope: /^@?openlit\b/,
  when: (record) => record.signal === "span",
  role: genaiRole,
  precedence: 50,
  names: GENAI_NAMES,
  inclusive: (_, { scope }, provider) =>
    !/anthropic|bedrock/.test(scope) && provider !== "anthropic" && provider !== "aws.bedrock",
  amend: (figures, _, provider) => (isGemini(provider) ? { ...figures, outputHasReasoning: false } : figures),
  // On a stream nobody can tell OpenLIT's estimate from the provider's figures, but for the chunk that ends with cached tokens.
  atBest: (figures, { attributes }) =>
    STREAM.some((name) => isStream(attributes.get(name))) && figures.cacheRead + figures.reasoning === 0
      ? "estimated"
      : undefined,
  reads: STREAM,
};

const isStream = (value: unknown): boolean => value === true || value === "true" || value === "True";

export const openlitEvent: Dialect = {
  ...openlit,
  name: "openlit-event",
  when: (record) => record.signal === "log",
  role: (record) => (hasUsage(record) ? genaiRole(record) : "ignore"),
  precedence: 70,
  // The event does not tell a stream.
  atBest: (figures) => (figures.cacheRead + figures.reasoning === 0 ? "estimated" : undefined),
  pairsByFigures: true,
};
