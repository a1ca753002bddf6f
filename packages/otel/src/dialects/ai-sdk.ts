import type { Dialect } from "./dialect.ts";
import { genai } from "./genai.ts";

/**
 * Vercel AI SDK 4 to 6 (version 7 follows the convention). These spans leave out cache writes, in part cache
 * reads and thoughts, and with Anthropic versions 4 and 5 count input without cached tokens while version 6
 * sends the same names with them: so no figure is graded exact. Measured with 4.3.19, 5.0.277 and 6.0.326.
 */
export const aiSdk: Dialect = {
  name: "ai-sdk",
  recognises: (span) => span.attributes.has("ai.operationId"),
  precedence: 60,
  isPartial: true,
  names: {
    ...genai.names,
    input: [...genai.names.input, "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"],
    output: [...genai.names.output, "ai.usage.outputTokens", "ai.usage.completionTokens"],
    cacheRead: ["ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens", ...genai.names.cacheRead],
    cacheWrite: ["ai.usage.inputTokenDetails.cacheWriteTokens", ...genai.names.cacheWrite],
    reasoning: ["ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens", ...genai.names.reasoning],
    total: ["ai.usage.totalTokens"],
  },
};

/** The leaves; `ai.generateText` and its like repeat the usage of the calls below them. */
export const isAiSdkCall = (operationId: string): boolean => /\.do(Generate|Stream|Embed|Rerank)$/.test(operationId);
