import { callKey, SELF_SIGHT, sightKey, type Sighting } from "@inferledger/events";
import type { Dialect } from "./dialects/dialect.ts";
import { readText } from "./read-value.ts";
import { LONGEST_VALUE, type Attributes, type TelemetryRecord } from "./record.ts";

/** A sighting that cannot be placed. `reason` is a bounded label. */
export class Unidentified extends Error {
  override readonly name = "Unidentified";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Response ids with fewer characters are counted per service: they are not random enough to be unique. */
const RANDOM_ID_LENGTH = 20;
/** And those whose last part is shorter than this are mere counters. */
const COUNTER_LENGTH = 8;

type Identity = Pick<Sighting, "call_key" | "sight" | "other_keys" | "may_twin"> & {
  weak_key?: string;
  response_id?: string;
  trace_id?: string;
  span_id?: string;
  parent_id?: string;
};

const REQUEST_IDS = ["anthropic.request.id", "aws.request_id", "request_id", "litellm.call_id", "client_request_id"];

/**
 * The call's keys by the ladder of ids, and the sighting's own. A span is known by trace and span id; a log record,
 * of which several may lie under one span, by its service, event, own time and figures.
 * @throws Unidentified
 */
export function identify(record: TelemetryRecord, dialect: Dialect): Identity {
  const { attributes, resource } = record;
  const responseId = readText(attributes, dialect.responseIds ?? ["gen_ai.response.id"]);
  const requestIds = [...new Set([...(dialect.requestIds ?? []), ...REQUEST_IDS])]
    .map((name) => readText(attributes, [name]))
    .filter((id) => id !== "" && id !== responseId);
  const place = placeOf(record);
  const own = ownParts(record, place);
  const keys = [
    ...(responseId === "" ? [] : [responseKey(record, responseId)]),
    ...requestIds.map((id) => callKey("request", id)),
  ];
  const [first, ...others] = keys;
  const twin = dialect.pairsByFigures ? "unkeyed" : first === undefined ? "none" : "keyed";
  if (first === undefined && own === undefined)
    throw new Unidentified(
      "no_identity",
      "a span needs a trace id of 16 bytes and a span id of 8, or a gen_ai.response.id; a log record needs a time",
    );
  const parts = own ?? ["start", responseId, ...requestIds, String(record.startMs), instanceOf(resource)];
  return {
    call_key: first ?? callKey(...parts),
    sight: first === undefined ? SELF_SIGHT : sightKey(...parts),
    ...weakKeyOf(responseId),
    other_keys: [...new Set(others)].filter((key) => key !== first).slice(0, 8),
    may_twin: twin,
    ...(responseId === "" ? {} : { response_id: responseId.slice(0, LONGEST_VALUE) }),
    ...place,
  };
}

/** Where the record lies in its trace: a log record lies under its span. */
function placeOf(record: TelemetryRecord): { trace_id?: string; span_id?: string; parent_id?: string } {
  if (!isId(record.traceId, 32)) return {};
  if (record.signal === "log") {
    return isId(record.spanId, 16) ? { trace_id: record.traceId, parent_id: record.spanId } : {};
  }
  if (!isId(record.spanId, 16)) return {};
  const parent = isId(record.parentId, 16) ? { parent_id: record.parentId } : {};
  return { trace_id: record.traceId, span_id: record.spanId, ...parent };
}

function ownParts(record: TelemetryRecord, place: { readonly span_id?: string }): readonly string[] | undefined {
  if (record.signal === "span")
    return place.span_id === undefined ? undefined : ["span", record.traceId, record.spanId];
  if (record.startMs === 0) return undefined;
  const figures = [...record.attributes].filter(([, v]) => typeof v === "number" || typeof v === "bigint");
  const ids = ["prompt_id", "conversation.id", "event.sequence", "session.id", "gen_ai.response.id", "request_id"];
  return [
    "log",
    readText(record.resource, ["service.name"]),
    instanceOf(record.resource),
    record.name,
    String(record.startMs),
    ...ids.map((name) => String(record.attributes.get(name) ?? "")),
    ...figures.map(([name, value]) => `${name}=${value}`).sort((a, b) => (a < b ? -1 : 1)),
  ];
}

/**
 * Claude Code gives the HTTP request id as response id, so both make one key. A counter such as Ollama's
 * `chatcmpl-123` comes again within a service: it names a call within its trace only.
 */
function responseKey(record: TelemetryRecord, id: string): string {
  if (id.startsWith("req_")) return callKey("request", id);
  if (id.length >= RANDOM_ID_LENGTH) return callKey("response", id);
  const counter = id.slice(Math.max(id.lastIndexOf("-"), id.lastIndexOf("_")) + 1).length < COUNTER_LENGTH;
  const service = [readText(record.resource, ["service.name"]), instanceOf(record.resource)];
  return callKey(
    "response",
    id,
    ...service,
    ...(counter ? [isId(record.traceId, 32) ? record.traceId : String(record.startMs)] : []),
  );
}

/** A short id may come again by chance: across services it joins only what agrees in figures and time besides. */
const weakKeyOf = (id: string): { weak_key?: string } =>
  id !== "" && !id.startsWith("req_") && id.length < RANDOM_ID_LENGTH ? { weak_key: callKey("weak", id) } : {};

export function instanceOf(resource: Attributes): string {
  const id = readText(resource, ["service.instance.id"]);
  if (id !== "") return id;
  const host = readText(resource, ["host.name"]);
  const pid = resource.get("process.pid");
  return pid === undefined ? host : `${host}/${String(pid)}`;
}

export const isId = (id: string, length: number): boolean =>
  id.length === length && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id);
