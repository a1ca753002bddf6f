import { LATEST_MS, type Link, type Sighting } from "@inferledger/events";
import { readAttribution } from "./attribution.ts";
import type { Dialect, Role } from "./dialects/dialect.ts";
import { foldProvider } from "./fold-provider.ts";
import { identify, instanceOf, isId } from "./identity.ts";
import { durationMs, firstTokenMs } from "./latency.ts";
import { readUsage } from "./read-usage.ts";
import { readText } from "./read-value.ts";
import { LONGEST_VALUE, type TelemetryRecord } from "./record.ts";

const SERVICE_TIERS = [
  "openai.response.service_tier",
  "gen_ai.openai.response.service_tier",
  "gen_ai.response.service_tier",
  "anthropic.response.service_tier",
  "openai.request.service_tier",
  "gen_ai.openai.request.service_tier",
  "gen_ai.request.service_tier",
];
const MODELS = ["gen_ai.response.model", "gen_ai.request.model"];

/**
 * A call's record as a sighting. A call that failed and reports no usage is no sighting (undefined); one that
 * succeeded without usage is, with evidence `missing`: real spend that nobody counted.
 * @throws WrongCount, Unidentified
 */
export function toSighting(
  record: TelemetryRecord,
  dialect: Dialect,
  { tenant, role }: { readonly tenant: string; readonly role: Role },
): Sighting | undefined {
  const { attributes, resource } = record;
  const said =
    dialect.provider?.(attributes, record) ?? readText(attributes, ["gen_ai.provider.name", "gen_ai.system"]);
  const provider = foldProvider(said);
  const usage = readUsage(record, dialect, provider);
  if (!usage && (role !== "call" || isFailed(record))) return undefined;
  const reportedCost = dialect.cost?.(attributes);
  const identity = identify(record, dialect);
  // An embedding has no output to be told apart by: behind a gateway it is paired by its time.
  const may_twin = identity.may_twin !== "unkeyed" && usage && isProxied(record) ? "unkeyed" : identity.may_twin;
  return {
    kind: "usage",
    tenant,
    ...identity,
    may_twin,
    time: record.startMs,
    signal: record.signal,
    role: role === "aggregate" || role === "server" ? role : "call",
    dialect: dialect.name,
    scope: short(record.scope),
    service: short(readText(resource, ["service.name"])),
    instance: short(instanceOf(resource)),
    operation: short(readText(attributes, ["gen_ai.operation.name", "llm.request.type"])),
    provider: short(provider),
    reported_model: short(dialect.model?.(attributes) ?? readText(attributes, MODELS)),
    service_tier: short(readText(attributes, SERVICE_TIERS)),
    region: short(readText(attributes, ["cloud.region", "aws.region"])),
    evidence: role === "aggregate" && usage ? "estimated" : (usage?.evidence ?? "missing"),
    precedence: role === "aggregate" ? 200 : role === "server" ? 80 : dialect.precedence,
    requests: 1,
    tokens: usage?.tokens ?? {},
    raw: { ...usage?.raw, ...(isProxied(record) ? { proxied: 1 } : {}) },
    ...(reportedCost === undefined ? {} : { reported_cost: reportedCost }),
    duration_ms: durationMs(record),
    ttft_ms: firstTokenMs(attributes, record.startMs),
    attribution: readAttribution(attributes, resource),
  };
}

/** Hosts of providers' own services: what is sent elsewhere may pass a gateway that tells of the same call. */
const PROVIDER_HOST =
  /(^|\.)(openai\.com|azure\.com|anthropic\.com|googleapis\.com|amazonaws\.com|mistral\.ai|cohere\.(com|ai)|x\.ai|deepseek\.com|groq\.com|together\.(xyz|ai)|fireworks\.ai|perplexity\.ai|moonshot\.(cn|ai))$/;

/** A call's client whose server is no provider's. */
function isProxied({ attributes, signal }: TelemetryRecord): boolean {
  const host = signal === "span" ? attributes.get("server.address") : undefined;
  return typeof host === "string" && host !== "" && !PROVIDER_HOST.test(host);
}

const isFailed = ({ isError, attributes }: TelemetryRecord): boolean =>
  isError || attributes.has("error.type") || attributes.get("langfuse.observation.level") === "ERROR";

/** The slim link of a span without usage, or undefined without ids. */
export function toLink(span: TelemetryRecord, tenant: string): Link | undefined {
  if (span.signal !== "span" || !isId(span.traceId, 32) || !isId(span.spanId, 16)) return undefined;
  return {
    kind: "link",
    tenant,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_id: isId(span.parentId, 16) ? span.parentId : "",
    service: short(readText(span.resource, ["service.name"])),
    instance: short(instanceOf(span.resource)),
    start: span.startMs,
    end: Math.max(span.startMs, Math.min(span.endMs, LATEST_MS)),
  };
}

const short = (text: string): string => text.slice(0, LONGEST_VALUE);
