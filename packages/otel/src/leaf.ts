import { isAiSdkCall } from "./dialects/ai-sdk.ts";
import { hasUsage } from "./dialects/genai.ts";
import type { Span } from "./span.ts";

/** Operations that are a call of a model. Source: GenAI conventions, and what senders were measured to send. */
const CALLS = new Set([
  "chat",
  "text_completion",
  "generate_content",
  "embeddings",
  "embedding",
  "completion",
  "acompletion",
  "aembedding",
  "responses",
  "aresponses",
  "anthropic_messages",
  "rerank",
  "realtime",
  "llm_call",
  "image",
  "audio",
]);

export type SpanRole = "call" | "other";

/**
 * Only leaves are billed: agents, workflows, tools and steps repeat the usage of the calls below them. A span
 * that names no operation is a call when it carries usage and no framework says that it is an aggregate.
 */
export function roleOf(span: Span): SpanRole {
  const operation = span.attributes.get("gen_ai.operation.name");
  if (typeof operation === "string" && operation !== "") return CALLS.has(operation.toLowerCase()) ? "call" : "other";
  const aiOperation = span.attributes.get("ai.operationId");
  if (typeof aiOperation === "string" && aiOperation !== "") return isAiSdkCall(aiOperation) ? "call" : "other";
  if (span.attributes.has("traceloop.span.kind")) return "other";
  const requestType = span.attributes.get("llm.request.type");
  if (typeof requestType === "string" && requestType !== "") return "call";
  return hasUsage(span) ? "call" : "other";
}
