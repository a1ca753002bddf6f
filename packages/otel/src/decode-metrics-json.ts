import { list, nanosAsMs, object, readAttributes, readJson, text, type Json } from "./decode-json.ts";
import { byText, type Point, type PointKind, type Temporality } from "./decode-metrics.ts";
import type { Attributes } from "./record.ts";

/** @throws MalformedOtlp */
export function decodeMetricsJson(body: Uint8Array): Point[] {
  const points: Point[] = [];
  for (const resourceMetrics of list(readJson(body, "resourceMetrics").resourceMetrics, "resourceMetrics")) {
    const { attributes } = object(resourceMetrics.resource);
    const origin = { resource: readAttributes(attributes), identity: identityOf(attributes) };
    for (const scopeMetrics of list(resourceMetrics.scopeMetrics, "scopeMetrics")) {
      const scope = text(object(scopeMetrics.scope).name);
      for (const metric of list(scopeMetrics.metrics, "metrics")) readMetric(metric, { ...origin, scope }, points);
    }
  }
  return points;
}

const identityOf = (attributes: unknown): string =>
  list(attributes, "attributes")
    .map((attribute) => JSON.stringify(attribute))
    .sort(byText)
    .join("\u0001");

const KINDS: readonly (readonly [string, PointKind])[] = [
  ["gauge", "gauge"],
  ["sum", "sum"],
  ["histogram", "histogram"],
  ["exponentialHistogram", "exponential"],
  ["summary", "summary"],
];

function readMetric(
  metric: Json,
  origin: { readonly resource: Attributes; readonly identity: string; readonly scope: string },
  points: Point[],
): void {
  for (const [key, kind] of KINDS) {
    const data = object(metric[key]);
    const temporality = kind === "summary" ? "cumulative" : temporalityOf(data.aggregationTemporality);
    for (const point of list(data.dataPoints, "dataPoints")) {
      points.push({
        name: text(metric.name),
        kind,
        temporality,
        isMonotonic: kind === "sum" ? data.isMonotonic === true : kind !== "gauge",
        value: numberOf(kind === "gauge" || kind === "sum" ? (point.asDouble ?? point.asInt) : point.sum),
        count: Number(point.count ?? 0),
        startMs: nanosAsMs(point.startTimeUnixNano),
        timeMs: nanosAsMs(point.timeUnixNano),
        noRecordedValue: Number(point.flags ?? 0) % 2 === 1,
        attributes: readAttributes(point.attributes),
        resource: origin.resource,
        scope: origin.scope,
        identity: [origin.identity, identityOf(point.attributes)].join("\u0002"),
      });
    }
  }
}

const numberOf = (value: unknown): number =>
  typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;

/** A number, or its name as some senders write it. */
function temporalityOf(value: unknown): Temporality {
  if (value === 1 || value === "1" || value === "AGGREGATION_TEMPORALITY_DELTA") return "delta";
  return value === 2 || value === "2" || value === "AGGREGATION_TEMPORALITY_CUMULATIVE" ? "cumulative" : "unspecified";
}
