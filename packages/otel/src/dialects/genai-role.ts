import type { TelemetryRecord } from "../record.ts";
import { SERVER } from "../record.ts";
import { GENAI_NAMES } from "./genai-names.ts";
import type { Role } from "./dialect.ts";

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
  "message",
  "messages",
  "responses.create",
  "speech",
  "transcription",
  "image_generation",
]);
/** Operations whose usage, if they report one, is that of the calls below them. */
const AGGREGATES = new Set(["invoke_agent", "invoke_workflow", "agent", "workflow", "create_agent", "execute_task"]);

export const hasAny = (record: TelemetryRecord, names: readonly string[]): boolean =>
  names.some((name) => record.attributes.has(name));

export const hasUsage = (record: TelemetryRecord): boolean =>
  hasAny(record, GENAI_NAMES.input) || hasAny(record, GENAI_NAMES.output) || hasAny(record, GENAI_NAMES.total);

/**
 * Only leaves are billed: agents, workflows, tools and steps repeat the usage of the calls below them. The operation
 * decides, then what a framework says of the span; the span's kind is no test, except that a server's span is the
 * engine's view of a call. A span that names no operation is a call when it carries usage.
 */
export function genaiRole(record: TelemetryRecord): Role {
  const { attributes } = record;
  const operation = attributes.get("gen_ai.operation.name");
  if (typeof operation === "string" && operation !== "") {
    const name = operation.toLowerCase();
    if (CALLS.has(name)) return callOrServer(record);
    return AGGREGATES.has(name) && hasUsage(record) ? "aggregate" : "link";
  }
  if (attributes.has("traceloop.span.kind")) return hasUsage(record) ? "aggregate" : "link";
  const requestType = attributes.get("llm.request.type");
  if (typeof requestType === "string" && requestType !== "" && requestType !== "unknown") return callOrServer(record);
  return hasUsage(record) ? callOrServer(record) : "link";
}

const callOrServer = (record: TelemetryRecord): Role => (record.kind === SERVER ? "server" : "call");
