import { MalformedOtlp } from "./protobuf-reader.ts";
import { placeInTime } from "./log-record.ts";
import { isRead } from "./read-names.ts";
import type { Attributes, AttributeValue, TelemetryRecord } from "./record.ts";

/** OTLP/JSON as senders write it: hex ids, 64-bit integers as text or number, unknown fields ignored. */

export type Json = Readonly<Record<string, unknown>>;

/** @throws MalformedOtlp */
export function decodeTracesJson(body: Uint8Array): TelemetryRecord[] {
  const spans: TelemetryRecord[] = [];
  for (const resourceSpans of list(readJson(body, "resourceSpans").resourceSpans, "resourceSpans")) {
    const resource = readAttributes(object(resourceSpans.resource).attributes);
    for (const scopeSpans of list(resourceSpans.scopeSpans, "scopeSpans")) {
      const scope = text(object(scopeSpans.scope).name);
      for (const span of list(scopeSpans.spans, "spans")) spans.push(readSpan(span, scope, resource));
    }
  }
  return spans;
}

/** @throws MalformedOtlp */
export function decodeLogsJson(body: Uint8Array): TelemetryRecord[] {
  const records: TelemetryRecord[] = [];
  for (const resourceLogs of list(readJson(body, "resourceLogs").resourceLogs, "resourceLogs")) {
    const resource = readAttributes(object(resourceLogs.resource).attributes);
    for (const scopeLogs of list(resourceLogs.scopeLogs, "scopeLogs")) {
      const scope = text(object(scopeLogs.scope).name);
      for (const record of list(scopeLogs.logRecords, "logRecords"))
        records.push({ ...readLogRecord(record, resource), scope });
    }
  }
  return records;
}

function readLogRecord(record: Json, resource: Attributes): TelemetryRecord {
  const ids = { traceId: text(record.traceId).toLowerCase(), spanId: text(record.spanId).toLowerCase() };
  return placeInTime(
    { attributes: readAttributes(record.attributes), resource, ...ids },
    {
      timeMs: nanosAsMs(record.timeUnixNano),
      observedMs: nanosAsMs(record.observedTimeUnixNano),
      eventName: text(record.eventName),
    },
  );
}

/** The request's object. @throws MalformedOtlp naming the list that it should have */
export function readJson(body: Uint8Array, name: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new MalformedOtlp("not OTLP JSON: the body is not JSON");
  }
  if (!isObject(value)) throw new MalformedOtlp(`not OTLP JSON: the body must be an object with ${name}`);
  const foreign = Object.keys(value).length > 0 && !(name in value);
  if (foreign) throw new MalformedOtlp(`not OTLP JSON for this path: ${name} is missing`);
  return value;
}

function readSpan(span: Json, scope: string, resource: Attributes): TelemetryRecord {
  return {
    signal: "span",
    name: text(span.name),
    kind: Number(span.kind ?? 0),
    traceId: text(span.traceId).toLowerCase(),
    spanId: text(span.spanId).toLowerCase(),
    parentId: text(span.parentSpanId).toLowerCase(),
    startMs: nanosAsMs(span.startTimeUnixNano),
    endMs: nanosAsMs(span.endTimeUnixNano),
    isError: Number(object(span.status).code ?? 0) === 2,
    attributes: readAttributes(span.attributes),
    scope,
    resource,
  };
}

export function readAttributes(attributes: unknown): Attributes {
  const read: Attributes = new Map();
  for (const attribute of list(attributes, "attributes")) {
    const key = text(attribute.key);
    const value = isRead(key) ? readValue(object(attribute.value)) : undefined;
    if (value !== undefined && !read.has(key)) read.set(key, value);
  }
  return read;
}

function readValue(value: Json): AttributeValue | undefined {
  if (typeof value.stringValue === "string") return value.stringValue;
  if (typeof value.boolValue === "boolean") return value.boolValue;
  if (value.intValue !== undefined) return integer(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  return undefined;
}

function integer(value: unknown): AttributeValue | undefined {
  if (typeof value === "number") return value;
  // What is no integer stays as it is: as a count it is rejected with its name, not passed over.
  if (typeof value !== "string" || !/^-?\d{1,20}$/.test(value)) return typeof value === "string" ? value : undefined;
  const exact = BigInt(value);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

/** Nanoseconds as whole milliseconds; 0 when there is no time. */
export function nanosAsMs(value: unknown): number {
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return Number(BigInt(value) / 1_000_000n);
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? Math.floor(value / 1_000_000) : 0;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const object = (value: unknown): Json => (isObject(value) ? value : {});
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A list of objects; absent or null is empty. @throws MalformedOtlp when it is something else */
export function list(value: unknown, name: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedOtlp(`not OTLP JSON: ${name} must be a list`);
  return value.filter(isObject);
}
