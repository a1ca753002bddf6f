import type { Figures } from "../figures.ts";
import { fromUsageObject } from "../usage-object.ts";
import { readLooseObject } from "../loose-object.ts";
import { toCount } from "../read-value.ts";
import type { Evidence } from "@inferledger/events";
import type { Attributes, TelemetryRecord } from "../record.ts";
import type { Dialect, Role } from "./dialect.ts";
import { GENAI_NAMES } from "./genai-names.ts";

const METADATA = "ai.response.providerMetadata";

/**
 * Vercel AI SDK 3 to 6, also inside other programs such as opencode (version 7 follows the convention). The names are
 * the same over the versions, what they contain is not: with Anthropic, versions 4 and 5 count input without cached
 * tokens and version 6 with them; thoughts of Gemini are outside of output up to version 5. The provider's own
 * figures beside them decide. Measured with 4.3.19, 5.0.277 and 6.0.326.
 */
export const aiSdk: Dialect = {
  name: "ai-sdk",
  signs: ["ai.operationId"],
  role,
  precedence: 55,
  names: {
    ...GENAI_NAMES,
    input: [...GENAI_NAMES.input, "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"],
    output: [...GENAI_NAMES.output, "ai.usage.outputTokens", "ai.usage.completionTokens"],
    cacheRead: ["ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens", ...GENAI_NAMES.cacheRead],
    cacheWrite: ["ai.usage.inputTokenDetails.cacheWriteTokens", ...GENAI_NAMES.cacheWrite],
    reasoning: ["ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens", ...GENAI_NAMES.reasoning],
    total: ["ai.usage.totalTokens"],
  },
  amend,
  inclusive: (figures, record, provider) => {
    if (figures.inclusive !== undefined) return figures.inclusive;
    if (provider !== "anthropic" && provider !== "aws.bedrock") return true;
    return [...record.attributes.keys()].some((key) => key.startsWith("ai.usage.inputTokenDetails."))
      ? true
      : undefined;
  },
  atBest,
  model: (attributes) =>
    String(
      attributes.get("gen_ai.response.model") ??
        attributes.get("ai.response.model") ??
        attributes.get("gen_ai.request.model") ??
        attributes.get("ai.model.id") ??
        "",
    ),
  provider: (attributes) => String(attributes.get("gen_ai.system") ?? attributes.get("ai.model.provider") ?? ""),
  responseIds: ["gen_ai.response.id", "ai.response.id"],
  reads: [METADATA, "ai.response.model", "ai.model.id", "ai.model.provider", "ai.response.msToFirstChunk"],
};

/** Leaves end in `.doGenerate` and the like; `ai.generateText` and its like repeat the calls below them. */
function role({ attributes }: TelemetryRecord): Role {
  const operation = String(attributes.get("ai.operationId"));
  if (/\.do(Generate|Stream|Embed|Rerank)$/.test(operation)) return "call";
  if (/^ai\.(generate|stream)(Text|Object)$|^ai\.(embed|embedMany|rerank)$/.test(operation)) return "aggregate";
  return "link";
}

/** Where nothing says what is cached, all of input is priced as plain; where nothing says what was thought, output may lack it. */
function atBest(figures: Figures, { attributes }: TelemetryRecord, provider: string): Evidence | undefined {
  if (attributes.has("ai.usage.tokens") || (figures.output ?? 0) === 0) return undefined;
  const metadata = String(attributes.get(METADATA) ?? "");
  const tellsCache =
    figures.cacheRead + figures.cacheWrite > 0 ||
    attributes.has("ai.usage.cachedInputTokens") ||
    attributes.has("ai.usage.inputTokenDetails.cacheReadTokens") ||
    /"(cachedPromptTokens|cacheReadInputTokens|cache_read_input_tokens|cachedContentTokenCount)"/.test(metadata);
  if (provider.startsWith("gcp.") && figures.reasoning === 0 && !tellsThoughts(attributes, metadata))
    return "estimated";
  return tellsCache ? undefined : "upper_bound";
}

const tellsThoughts = (attributes: Attributes, metadata: string): boolean =>
  attributes.has("ai.usage.reasoningTokens") ||
  attributes.has("ai.usage.outputTokenDetails.reasoningTokens") ||
  metadata.includes('"thoughtsTokenCount"');

/** The provider's figures in the metadata, where the SDK's own attributes leave them out. */
function amend(figures: Figures, { attributes }: TelemetryRecord, provider: string): Figures {
  const metadata = readLooseObject(attributes.get(METADATA)) ?? {};
  const anthropic = fieldOf(fieldOf(metadata, "anthropic"), "usage");
  if (provider === "anthropic" && anthropic["input_tokens"] !== undefined) return amendAnthropic(figures, anthropic);
  const early = fieldOf(metadata, "anthropic");
  const openai = fieldOf(metadata, "openai");
  const google = fieldOf(fieldOf(metadata, "google"), "usageMetadata");
  const bedrock = fieldOf(fieldOf(metadata, "bedrock"), "usage");
  const count = (of: Readonly<Record<string, unknown>>, key: string): number =>
    of[key] === undefined || of[key] === null ? 0 : (toCount(`${METADATA}.${key}`, of[key]) ?? 0);
  const thoughts = count(google, "thoughtsTokenCount");
  const reasoning = figures.reasoning || count(openai, "reasoningTokens") || thoughts;
  const candidates = count(google, "candidatesTokenCount");
  return {
    ...figures,
    cacheRead:
      figures.cacheRead ||
      count(openai, "cachedPromptTokens") ||
      count(google, "cachedContentTokenCount") ||
      count(early, "cacheReadInputTokens") ||
      count(bedrock, "cacheReadInputTokens"),
    cacheWrite:
      figures.cacheWrite || count(early, "cacheCreationInputTokens") || count(bedrock, "cacheWriteInputTokens"),
    // Version 4 tells the cached part of Anthropic's calls in camel case only, and counts input without it.
    ...(early["cacheReadInputTokens"] !== undefined &&
    anthropic["input_tokens"] === undefined &&
    attributes.has("ai.usage.promptTokens")
      ? { inclusive: false }
      : {}),
    reasoning,
    outputHasReasoning: !(
      provider.startsWith("gcp.") &&
      reasoning > 0 &&
      lacksThoughts(figures, reasoning, candidates)
    ),
  };
}

/** Gemini's thoughts are outside of output where output equals the candidates, or is what total leaves beside them. */
function lacksThoughts(figures: Figures, thoughts: number, candidates: number): boolean {
  const { input = 0, output = 0, total } = figures;
  if (candidates > 0) return output === candidates;
  return total === input + output + thoughts || output < thoughts;
}

function amendAnthropic(figures: Figures, usage: Readonly<Record<string, unknown>>): Figures {
  const said = fromUsageObject(usage, `${METADATA}.anthropic.usage`);
  const { cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h } = said;
  const cached = cacheRead + cacheWrite > 0 ? { inclusive: figures.input !== said.input } : {};
  return { ...figures, cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h, ...cached };
}

function fieldOf(value: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const field = value[key];
  return typeof field === "object" && field !== null ? (field as Readonly<Record<string, unknown>>) : {};
}

/** Version 7: the convention's names on its scope `gen_ai`; lifetimes of cache writes only in the provider's metadata. */
export const aiSdk7: Dialect = {
  name: "ai-sdk-7",
  scope: /^gen_ai$/,
  when: ({ attributes }) => attributes.has("gen_ai.operation.name"),
  role: (record) => {
    const operation = record.attributes.get("gen_ai.operation.name");
    const uses = record.attributes.has("gen_ai.usage.input_tokens");
    if (operation === "invoke_agent") return uses ? "aggregate" : "link";
    // The root of an embedding has the operation too, but no usage.
    if (operation === "embeddings" || operation === "rerank") return uses ? "call" : "link";
    return operation === "chat" ? "call" : "link";
  },
  precedence: 50,
  names: GENAI_NAMES,
  amend: (figures, record, provider) => {
    const usage = fieldOf(fieldOf(readLooseObject(record.attributes.get(METADATA)) ?? {}, "anthropic"), "usage");
    if (provider !== "anthropic" || usage["input_tokens"] === undefined) return figures;
    return { ...amendAnthropic(figures, usage), inclusive: true };
  },
  inclusive: true,
  reads: [METADATA],
};
