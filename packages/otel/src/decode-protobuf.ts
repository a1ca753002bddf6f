import { ProtobufReader } from "./protobuf-reader.ts";
import { readKey } from "./attribute-keys.ts";
import { type Attributes, type AttributeValue, type TelemetryRecord } from "./record.ts";

/** Field numbers are those of opentelemetry-proto 1.x: trace.proto, resource.proto and common.proto. */

/** @throws MalformedOtlp */
export function decodeTraces(body: Uint8Array): TelemetryRecord[] {
  const spans: TelemetryRecord[] = [];
  const request = new ProtobufReader(body);
  while (request.next()) {
    if (request.field === 1) readResourceSpans(request.message(), spans);
    else request.skip();
  }
  return spans;
}

function readResourceSpans(reader: ProtobufReader, spans: TelemetryRecord[]): void {
  const resource: Attributes = new Map();
  while (reader.next()) {
    if (reader.field === 1) readResource(reader.message(), resource);
    else if (reader.field === 2) readScopeSpans(reader.message(), resource, spans);
    else reader.skip();
  }
}

export function readResource(reader: ProtobufReader, into: Attributes): void {
  while (reader.next()) {
    if (reader.field === 1) readAttribute(reader.message(), into);
    else reader.skip();
  }
}

function readScopeSpans(reader: ProtobufReader, resource: Attributes, spans: TelemetryRecord[]): void {
  const first = spans.length;
  let scope = "";
  while (reader.next()) {
    if (reader.field === 1) scope = readScopeName(reader.message());
    else if (reader.field === 2) spans.push(readSpan(reader.message(), resource));
    else reader.skip();
  }
  for (let i = first; i < spans.length; i += 1) (spans[i] as TelemetryRecord).scope = scope;
}

export function readScopeName(reader: ProtobufReader): string {
  let name = "";
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else reader.skip();
  }
  return name;
}

function readSpan(reader: ProtobufReader, resource: Attributes): TelemetryRecord {
  const span: TelemetryRecord = {
    signal: "span",
    name: "",
    kind: 0,
    traceId: "",
    spanId: "",
    parentId: "",
    startMs: 0,
    endMs: 0,
    isError: false,
    attributes: new Map(),
    scope: "",
    resource,
  };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        span.traceId = reader.hex();
        break;
      case 2:
        span.spanId = reader.hex();
        break;
      case 4:
        span.parentId = reader.hex();
        break;
      case 5:
        span.name = reader.text();
        break;
      case 6:
        span.kind = reader.wire === 0 ? reader.varint() : (reader.skip(), 0);
        break;
      case 7:
        span.startMs = reader.nanosAsMs();
        break;
      case 8:
        span.endMs = reader.nanosAsMs();
        break;
      case 9:
        readAttribute(reader.message(), span.attributes);
        break;
      case 15:
        span.isError = readStatus(reader.message());
        break;
      default:
        reader.skip();
    }
  }
  return span;
}

function readStatus(reader: ProtobufReader): boolean {
  let code = 0;
  while (reader.next()) {
    if (reader.field === 3 && reader.wire === 0) code = reader.varint();
    else reader.skip();
  }
  return code === 2;
}

export function readAttribute(reader: ProtobufReader, into: Attributes): void {
  let key: string | undefined;
  let value: AttributeValue | undefined;
  let early: ProtobufReader | undefined;
  while (reader.next()) {
    if (reader.field === 1) {
      const length = reader.length();
      const start = reader.take(length);
      key = readKey(reader.buffer, start, start + length);
    } else if (reader.field !== 2 || key === "") reader.skip();
    // A value is decoded only when its key is known to be one that is read: content stays bytes.
    else if (key === undefined) early = reader.message().fork();
    else value = readValue(reader.message());
  }
  if (key === undefined || key === "") return;
  if (early && value === undefined) value = readValue(early);
  if (value !== undefined && !into.has(key)) into.set(key, value);
}

function readValue(reader: ProtobufReader): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  while (reader.next()) {
    if (reader.field === 1) value = reader.text();
    else if (reader.field === 2 && reader.wire === 0) value = reader.varint() !== 0;
    else if (reader.field === 3 && reader.wire === 0) value = reader.int64();
    else if (reader.field === 4) value = reader.double();
    else reader.skip();
  }
  return value;
}
