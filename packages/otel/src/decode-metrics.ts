import { readAttribute, readResource } from "./decode-protobuf.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import type { Attributes } from "./record.ts";

/** A number point of a gauge or sum. Field numbers: opentelemetry-proto 1.x metrics.proto. */
export interface Point {
  readonly name: string;
  readonly value: number;
  readonly timeMs: number;
  readonly noRecordedValue: boolean;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

/** @throws MalformedOtlp */
export function decodeMetrics(body: Uint8Array): Point[] {
  const points: Point[] = [];
  const request = new ProtobufReader(body);
  while (request.next()) {
    if (request.field === 1) readResourceMetrics(request.message(), points);
    else request.skip();
  }
  return points;
}

function readResourceMetrics(reader: ProtobufReader, points: Point[]): void {
  const resource: Attributes = new Map();
  while (reader.next()) {
    if (reader.field === 1) readResource(reader.message(), resource);
    else if (reader.field === 2) readScopeMetrics(reader.message(), resource, points);
    else reader.skip();
  }
}

function readScopeMetrics(reader: ProtobufReader, resource: Attributes, points: Point[]): void {
  while (reader.next()) {
    if (reader.field === 2) readMetric(reader.message(), resource, points);
    else reader.skip();
  }
}

function readMetric(reader: ProtobufReader, resource: Attributes, points: Point[]): void {
  let name = "";
  const data: ProtobufReader[] = [];
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else if (reader.field === 5 || reader.field === 7) data.push(reader.message().fork());
    else reader.skip();
  }
  for (const list of data) {
    while (list.next()) {
      if (list.field === 1) points.push(readPoint(list.message(), name, resource));
      else list.skip();
    }
  }
}

function readPoint(reader: ProtobufReader, name: string, resource: Attributes): Point {
  const point = {
    name,
    value: Number.NaN,
    timeMs: 0,
    noRecordedValue: false,
    attributes: new Map() as Attributes,
    resource,
  };
  while (reader.next()) {
    if (reader.field === 3) point.timeMs = reader.nanosAsMs();
    else if (reader.field === 4) point.value = reader.double();
    else if (reader.field === 6) point.value = Number(reader.sfixed64());
    else if (reader.field === 7) readAttribute(reader.message(), point.attributes);
    else if (reader.field === 8 && reader.wire === 0) point.noRecordedValue = reader.varint() % 2 === 1;
    else reader.skip();
  }
  return point;
}
