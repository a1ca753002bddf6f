import { readAttribute, readScopeName } from "./decode-protobuf.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import type { Attributes } from "./record.ts";

export type PointKind = "gauge" | "sum" | "histogram" | "exponential" | "summary";
export type Temporality = "delta" | "cumulative" | "unspecified";

/** A point of any metric, as both encodings give it. */
export interface Point {
  readonly name: string;
  readonly kind: PointKind;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
  /** Of a number its value, of a histogram or summary its sum; NaN when there is none. */
  readonly value: number;
  /** Of a histogram or summary how many; 0 of a number. */
  readonly count: number;
  /** 0 when absent. */
  readonly startMs: number;
  readonly timeMs: number;
  readonly noRecordedValue: boolean;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope: string;
  /** Everything that tells the point's stream from others: all attributes, also those that are not read. */
  readonly identity: string;
}

/** Field numbers are those of opentelemetry-proto 1.x: metrics.proto. @throws MalformedOtlp */
export function decodeMetrics(body: Uint8Array): Point[] {
  const points: Point[] = [];
  const request = new ProtobufReader(body);
  while (request.next()) {
    if (request.field === 1) readResourceMetrics(request.message(), points);
    else request.skip();
  }
  return points;
}

/** What points of one resource and scope share. */
interface Origin {
  readonly resource: Attributes;
  readonly identity: string;
  readonly scope: string;
}

function readResourceMetrics(reader: ProtobufReader, points: Point[]): void {
  const resource: Attributes = new Map();
  let identity = "";
  const scopes: ProtobufReader[] = [];
  while (reader.next()) {
    if (reader.field === 1) identity = readAttributes(reader.message(), 1, resource);
    else if (reader.field === 2) scopes.push(reader.message().fork());
    else reader.skip();
  }
  for (const scope of scopes) readScopeMetrics(scope, { resource, identity }, points);
}

/** Reads a message's attributes into a map; returns all of them as one text in a fixed order. */
function readAttributes(reader: ProtobufReader, field: number, into: Attributes): string {
  const all: string[] = [];
  while (reader.next()) {
    if (reader.field !== field) {
      reader.skip();
      continue;
    }
    const attribute = reader.message();
    all.push(attribute.buffer.toString("latin1", attribute.position, attribute.end));
    readAttribute(attribute, into);
  }
  return all.sort(byText).join("\u0001");
}

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function readScopeMetrics(reader: ProtobufReader, origin: Omit<Origin, "scope">, points: Point[]): void {
  let scope = "";
  while (reader.next()) {
    if (reader.field === 1) scope = readScopeName(reader.message());
    else if (reader.field === 2) readMetric(reader.message(), { ...origin, scope }, points);
    else reader.skip();
  }
}

const KINDS: Readonly<Record<number, PointKind>> = {
  5: "gauge",
  7: "sum",
  9: "histogram",
  10: "exponential",
  11: "summary",
};

function readMetric(reader: ProtobufReader, origin: Origin, points: Point[]): void {
  let name = "";
  const data: { readonly kind: PointKind; readonly list: ProtobufReader }[] = [];
  while (reader.next()) {
    const kind = KINDS[reader.field];
    if (reader.field === 1) name = reader.text();
    else if (kind) data.push({ kind, list: reader.message().fork() });
    else reader.skip();
  }
  for (const { kind, list } of data) readData(list, { ...origin, name, kind }, points);
}

type Series = Origin & { readonly name: string; readonly kind: PointKind };

const TEMPORALITIES: Readonly<Record<number, Temporality>> = { 1: "delta", 2: "cumulative" };

function readData(list: ProtobufReader, series: Series, points: Point[]): void {
  // A summary has no such field and counts since its start; a gauge has no temporality.
  let temporality: Temporality = series.kind === "summary" ? "cumulative" : "unspecified";
  let isMonotonic = series.kind !== "sum" && series.kind !== "gauge";
  const at = points.length;
  while (list.next()) {
    if (list.field === 1) points.push(readPoint(list.message(), series));
    else if (list.field === 2 && list.wire === 0) temporality = TEMPORALITIES[list.varint()] ?? "unspecified";
    else if (list.field === 3 && list.wire === 0) isMonotonic = list.varint() !== 0;
    else list.skip();
  }
  for (let i = at; i < points.length; i += 1) points[i] = { ...(points[i] as Point), temporality, isMonotonic };
}

/** Numbers of the fields that differ between the kinds of points. */
const FIELDS: Readonly<
  Record<
    PointKind,
    { readonly attributes: number; readonly flags: number; readonly count: number; readonly sum: number }
  >
> = {
  gauge: { attributes: 7, flags: 8, count: -1, sum: -1 },
  sum: { attributes: 7, flags: 8, count: -1, sum: -1 },
  histogram: { attributes: 9, flags: 10, count: 4, sum: 5 },
  exponential: { attributes: 1, flags: 10, count: 4, sum: 5 },
  summary: { attributes: 7, flags: 8, count: 4, sum: 5 },
};

function readPoint(reader: ProtobufReader, series: Series): Point {
  const fields = FIELDS[series.kind];
  const isNumber = fields.count === -1;
  const attributes: Attributes = new Map();
  const all: string[] = [];
  const point = { value: Number.NaN, count: 0, startMs: 0, timeMs: 0, noRecordedValue: false };
  while (reader.next()) {
    const { field } = reader;
    if (field === fields.attributes) {
      const attribute = reader.message();
      all.push(attribute.buffer.toString("latin1", attribute.position, attribute.end));
      readAttribute(attribute, attributes);
    } else if (field === 2) point.startMs = reader.nanosAsMs();
    else if (field === 3) point.timeMs = reader.nanosAsMs();
    else if (isNumber && field === 4) point.value = reader.double();
    else if (isNumber && field === 6) point.value = Number(reader.sfixed64());
    else if (field === fields.count) point.count = Number(reader.sfixed64());
    else if (field === fields.sum) point.value = reader.double();
    else if (field === fields.flags && reader.wire === 0) point.noRecordedValue = reader.varint() % 2 === 1;
    else reader.skip();
  }
  return {
    ...point,
    name: series.name,
    kind: series.kind,
    temporality: "unspecified",
    isMonotonic: false,
    attributes,
    resource: series.resource,
    scope: series.scope,
    identity: [series.identity, all.sort(byText).join("\u0001")].join("\u0002"),
  };
}
