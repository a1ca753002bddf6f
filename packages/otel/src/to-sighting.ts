import { callKey, LATEST_MS, SELF_SIGHT, sightKey, type Link, type Sighting } from "@inferledger/events";
import { readAttribution } from "./attribution.ts";
import { readText, type Dialect } from "./dialects/dialect.ts";
import { foldProvider } from "./fold-provider.ts";
import { readUsage } from "./read-usage.ts";
import { LONGEST_VALUE, type Attributes, type Span } from "./span.ts";

/** A sighting that cannot be placed. `reason` is a bounded label. */
export class Unidentified extends Error {
  override readonly name = "Unidentified";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * A call's span as a sighting. A call that failed and reports no usage is no sighting (undefined); one that
 * succeeded without usage is, with evidence `missing`: real spend that nobody counted.
 * @throws WrongCount, Unidentified
 */
export function toSighting(span: Span, dialect: Dialect, tenant: string): Sighting | undefined {
  const { attributes, resource } = span;
  const provider = foldProvider(readText(attributes, ["gen_ai.provider.name", "gen_ai.system"]));
  const usage = readUsage(span, dialect, provider);
  if (!usage && (span.isError || attributes.has("error.type"))) return undefined;
  return {
    kind: "usage",
    tenant,
    ...identify(span),
    time: span.startMs,
    signal: "span",
    dialect: dialect.name,
    scope: short(span.scope),
    service: short(readText(resource, ["service.name"])),
    instance: short(instanceOf(resource)),
    operation: short(readText(attributes, ["gen_ai.operation.name", "llm.request.type"])),
    provider: short(provider),
    reported_model: short(readText(attributes, ["gen_ai.response.model", "gen_ai.request.model"])),
    service_tier: short(
      readText(attributes, [
        "openai.response.service_tier",
        "gen_ai.openai.response.service_tier",
        "gen_ai.response.service_tier",
        "anthropic.response.service_tier",
      ]),
    ),
    region: short(readText(attributes, ["cloud.region", "aws.region"])),
    evidence: usage?.evidence ?? "missing",
    precedence: dialect.precedence,
    requests: 1,
    tokens: usage?.tokens ?? {},
    raw: usage?.raw ?? {},
    duration_ms: Math.max(0, span.endMs - span.startMs),
    ttft_ms: firstChunkMs(attributes),
    attribution: readAttribution(attributes, resource),
  };
}

/** Response ids with fewer characters are counted per service: they are not random enough to be unique. */
const RANDOM_ID_LENGTH = 20;
/** And those whose last part is shorter than this are mere counters. */
const COUNTER_LENGTH = 8;

type Identity = Pick<Sighting, "call_key" | "sight" | "other_keys" | "may_twin"> & {
  response_id?: string;
  trace_id?: string;
  span_id?: string;
};

function identify(span: Span): Identity {
  const responseId = readText(span.attributes, ["gen_ai.response.id"]);
  const requestId = readText(span.attributes, ["anthropic.request.id", "aws.request_id", "request_id"]);
  const transport =
    isId(span.traceId, 32) && isId(span.spanId, 16) ? { trace_id: span.traceId, span_id: span.spanId } : undefined;
  const otherKeys = requestId === "" || responseId === "" ? [] : [callKey("request", requestId)];
  if (responseId !== "" || requestId !== "") {
    const key = responseId === "" ? callKey("request", requestId) : responseKey(span, responseId);
    const sight = transport
      ? sightKey("span", span.traceId, span.spanId)
      : sightKey("start", responseId, requestId, String(span.startMs));
    return {
      call_key: key,
      sight,
      other_keys: otherKeys,
      may_twin: "keyed",
      ...(responseId === "" ? {} : { response_id: short(responseId) }),
      ...transport,
    };
  }
  if (!transport)
    throw new Unidentified(
      "no_identity",
      "a span needs a trace id of 16 bytes and a span id of 8, or a gen_ai.response.id",
    );
  return {
    call_key: callKey("span", span.traceId, span.spanId),
    sight: SELF_SIGHT,
    other_keys: [],
    may_twin: "none",
    ...transport,
  };
}

/**
 * Claude Code gives the HTTP request id as response id, so both make one key. A counter such as Ollama's
 * `chatcmpl-123` comes again within a service: it names a call within its trace only.
 */
function responseKey(span: Span, id: string): string {
  if (id.startsWith("req_")) return callKey("request", id);
  if (id.length >= RANDOM_ID_LENGTH) return callKey("response", id);
  const counter = id.slice(Math.max(id.lastIndexOf("-"), id.lastIndexOf("_")) + 1).length < COUNTER_LENGTH;
  const service = [readText(span.resource, ["service.name"]), instanceOf(span.resource)];
  return callKey(
    "response",
    id,
    ...service,
    ...(counter ? [isId(span.traceId, 32) ? span.traceId : String(span.startMs)] : []),
  );
}

/** The slim link of a span without usage, or undefined without ids. */
export function toLink(span: Span, tenant: string): Link | undefined {
  if (!isId(span.traceId, 32) || !isId(span.spanId, 16)) return undefined;
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

function instanceOf(resource: Attributes): string {
  const id = readText(resource, ["service.instance.id"]);
  if (id !== "") return id;
  const host = readText(resource, ["host.name"]);
  const pid = resource.get("process.pid");
  return pid === undefined ? host : `${host}/${String(pid)}`;
}

/** Seconds to the first chunk, in milliseconds. */
function firstChunkMs(attributes: Attributes): number {
  const seconds = attributes.get("gen_ai.response.time_to_first_chunk");
  return typeof seconds === "number" && seconds >= 0 && seconds < 86_400 ? Math.round(seconds * 1000) : 0;
}

const isId = (id: string, length: number): boolean =>
  id.length === length && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id);
const short = (text: string): string => text.slice(0, LONGEST_VALUE);
