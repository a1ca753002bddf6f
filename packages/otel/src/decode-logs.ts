import { readAttribute, readResource, readScopeName } from "./decode-protobuf.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import type { Attributes, TelemetryRecord } from "./record.ts";
import { placeInTime } from "./log-record.ts";

/** Field numbers are those of opentelemetry-proto 1.x: logs.proto. @throws MalformedOtlp */
export function decodeLogs(body: Uint8Array): TelemetryRecord[] {
  const records: TelemetryRecord[] = [];
  const request = new ProtobufReader(body);
  while (request.next()) {
    if (request.field === 1) readResourceLogs(request.message(), records);
    else request.skip();
  }
  return records;
}

function readResourceLogs(reader: ProtobufReader, records: TelemetryRecord[]): void {
  const resource: Attributes = new Map();
  while (reader.next()) {
    if (reader.field === 1) readResource(reader.message(), resource);
    else if (reader.field === 2) readScopeLogs(reader.message(), resource, records);
    else reader.skip();
  }
}

function readScopeLogs(reader: ProtobufReader, resource: Attributes, records: TelemetryRecord[]): void {
  const first = records.length;
  let scope = "";
  while (reader.next()) {
    if (reader.field === 1) scope = readScopeName(reader.message());
    else if (reader.field === 2) records.push(readLogRecord(reader.message(), resource));
    else reader.skip();
  }
  for (let i = first; i < records.length; i += 1) (records[i] as TelemetryRecord).scope = scope;
}

function readLogRecord(reader: ProtobufReader, resource: Attributes): TelemetryRecord {
  const attributes: Attributes = new Map();
  const ids = { traceId: "", spanId: "" };
  let [timeMs, observedMs, eventName] = [0, 0, ""];
  while (reader.next()) {
    if (reader.field === 1) timeMs = reader.nanosAsMs();
    else if (reader.field === 6) readAttribute(reader.message(), attributes);
    else if (reader.field === 9) ids.traceId = reader.hex();
    else if (reader.field === 10) ids.spanId = reader.hex();
    else if (reader.field === 11) observedMs = reader.nanosAsMs();
    else if (reader.field === 12) eventName = reader.text();
    else reader.skip();
  }
  return placeInTime({ attributes, resource, ...ids }, { timeMs, observedMs, eventName });
}
