/** Attribute values that are kept; arrays, maps and bytes are not read. */
export type AttributeValue = string | number | bigint | boolean;
export type Attributes = Map<string, AttributeValue>;

/** A span as both encodings give it. Ids are lower-case hex, '' when absent; times are whole milliseconds. */
export interface Span {
  traceId: string;
  spanId: string;
  parentId: string;
  /** 0 when absent. */
  startMs: number;
  endMs: number;
  isError: boolean;
  attributes: Attributes;
  scope: string;
  resource: Attributes;
}

/**
 * Which attributes are read at all. What is not listed never enters memory as a string: prompts and
 * completions stay out by construction, not by a filter behind.
 */
const PREFIXES = ["gen_ai.usage.", "ai.usage.", "anthropic.usage.", "traceloop.association.properties."];
const NAMES = new Set([
  "gen_ai.response.id",
  "gen_ai.response.model",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.response.service_tier",
  "anthropic.response.service_tier",
  "ai.operationId",
  "aws.request_id",
  "metadata.user_api_key_team_alias",
  "litellm.team.alias",
  "hw_id",
  "hw_gpu_task",
  "hw_model",
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.system",
  "gen_ai.request.model",
  "gen_ai.request.service_tier",
  "openai.response.service_tier",
  "openai.request.service_tier",
  "gen_ai.openai.response.service_tier",
  "gen_ai.openai.request.service_tier",
  "anthropic.request.id",
  "request_id",
  "llm.request.type",
  "llm.usage.total_tokens",
  "traceloop.span.kind",
  "error.type",
  "cloud.region",
  "aws.region",
  "service.name",
  "service.instance.id",
  "service.namespace",
  "host.name",
  "process.pid",
  "deployment.environment.name",
  "deployment.environment",
  "team",
  "team.name",
  "project",
  "project.name",
  "project.id",
  "application",
  "application.name",
  "gen_ai.application_name",
  "environment",
  "feature",
  "feature.name",
  "user.id",
  "enduser.id",
  "user",
  "customer",
  "customer.id",
  "customer.name",
  "cost_center",
  "cost.center",
  "k8s.namespace.name",
  "k8s.node.name",
  "hw.id",
  "hw.model",
  "hw.name",
  "hw.type",
  "hw.gpu.task",
  "UUID",
  "uuid",
  "gpu_uuid",
  "gpu",
  "GPU_I_ID",
  "Hostname",
  "hostname",
  "modelName",
]);

export const isRead = (key: string): boolean => NAMES.has(key) || PREFIXES.some((p) => key.startsWith(p));

export const LONGEST_VALUE = 1024;
