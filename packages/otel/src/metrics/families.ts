import type { MetricFigure } from "@inferledger/events";
import type { Attributes } from "../record.ts";
import { readText } from "../read-value.ts";

/** Metrics of one kind of sender that count the same tokens once. */
export interface MetricFamily {
  readonly name: string;
  /** Metric names, each with what it counts; an attribute tells the figure where one metric counts several. */
  readonly metrics: Readonly<Record<string, MetricFigure | "by_type">>;
  readonly type?: readonly string[];
  readonly types?: Readonly<Record<string, MetricFigure>>;
  /** Whether `input` contains cached tokens, and `output` reasoning. */
  readonly inputHasCache: boolean;
  readonly outputHasReasoning: boolean;
  readonly provider: (attributes: Attributes) => string;
  readonly model: (attributes: Attributes) => string;
}

const genaiProvider = (a: Attributes): string => readText(a, ["gen_ai.provider.name", "gen_ai.system"]);
const genaiModel = (a: Attributes): string => readText(a, ["gen_ai.response.model", "gen_ai.request.model"]);
const model = (a: Attributes): string => readText(a, ["model", "gen_ai.response.model", "gen_ai.request.model"]);

/** A sender's own counters before the conventions': where one service sends several families, the first alone counts. */
export const FAMILIES: readonly MetricFamily[] = [
  {
    name: "claude-code",
    metrics: { "claude_code.token.usage": "by_type" },
    type: ["type"],
    types: { input: "input", output: "output", cacheRead: "cache_read", cacheCreation: "cache_write" },
    inputHasCache: false,
    outputHasReasoning: true,
    provider: () => "anthropic",
    model,
  },
  {
    name: "codex",
    metrics: { "codex.turn.token_usage": "by_type" },
    type: ["token_type"],
    types: {
      input: "input",
      cached_input: "cache_read",
      cache_write_input: "cache_write",
      output: "output",
      reasoning_output: "reasoning",
    },
    inputHasCache: true,
    outputHasReasoning: true,
    provider: () => "openai",
    model,
  },
  {
    name: "gemini-cli",
    metrics: { "gemini_cli.token.usage": "by_type" },
    type: ["type"],
    types: { input: "input", output: "output", cache: "cache_read", thought: "reasoning" },
    inputHasCache: true,
    outputHasReasoning: false,
    provider: () => "gcp.gemini",
    model,
  },
  {
    // Each point's modality is a part of the same count: their sum is the total.
    name: "genai-inference",
    metrics: {
      "gen_ai.client.inference.usage.input_tokens": "input",
      "gen_ai.client.inference.usage.output_tokens": "output",
      "gen_ai.client.inference.usage.cache_read.input_tokens": "cache_read",
      "gen_ai.client.inference.usage.cache_write.input_tokens": "cache_write",
      "gen_ai.client.inference.usage.reasoning.output_tokens": "reasoning",
    },
    inputHasCache: true,
    outputHasReasoning: true,
    provider: genaiProvider,
    model: genaiModel,
  },
  {
    // Other types (cached, reasoning, audio) are parts of these two.
    name: "genai",
    metrics: { "gen_ai.client.token.usage": "by_type" },
    type: ["gen_ai.token.type", "llm.usage.token_type"],
    types: { input: "input", output: "output", completion: "output", prompt: "input" },
    inputHasCache: true,
    outputHasReasoning: true,
    provider: genaiProvider,
    model: genaiModel,
  },
  {
    name: "semantic-kernel",
    metrics: {
      "semantic_kernel.connectors.openai.tokens.prompt": "input",
      "semantic_kernel.connectors.openai.tokens.completion": "output",
    },
    inputHasCache: true,
    outputHasReasoning: true,
    provider: () => "openai",
    model: (a) => readText(a, ["gen_ai.request.model", "semantic_kernel.function.model_id", "model"]),
  },
];

const BY_METRIC = new Map(
  FAMILIES.flatMap((family) => Object.keys(family.metrics).map((name) => [name, family] as const)),
);

export const familyOfMetric = (metric: string): MetricFamily | undefined => BY_METRIC.get(metric);
export const familyNamed = (name: string): MetricFamily | undefined => FAMILIES.find((f) => f.name === name);

/** Names of attributes that the tables read. */
export const METRIC_ATTRIBUTES: readonly string[] = [
  ...FAMILIES.flatMap((f) => f.type ?? []),
  "semantic_kernel.function.model_id",
];

/** What a point counts; undefined of a part that is in another count already. */
export function figureOf(family: MetricFamily, metric: string, attributes: Attributes): MetricFigure | undefined {
  const figure = family.metrics[metric];
  if (figure !== "by_type") return figure;
  return family.types?.[readText(attributes, family.type ?? [])];
}
