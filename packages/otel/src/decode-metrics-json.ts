import { list, nanosAsMs, object, readAttributes, readJson, text, type Json } from "./decode-json.ts";
import type { Point } from "./decode-metrics.ts";
import type { Attributes } from "./record.ts";

/** @throws MalformedOtlp */
export function decodeMetricsJson(body: Uint8Array): Point[] {
  const points: Point[] = [];
  for (const resourceMetrics of list(readJson(body, "resourceMetrics").resourceMetrics, "resourceMetrics")) {
    const resource = readAttributes(object(resourceMetrics.resource).attributes);
    for (const scopeMetrics of list(resourceMetrics.scopeMetrics, "scopeMetrics")) {
      for (const metric of list(scopeMetrics.metrics, "metrics")) readMetric(metric, resource, points);
    }
  }
  return points;
}

function readMetric(metric: Json, resource: Attributes, points: Point[]): void {
  for (const data of [object(metric.gauge), object(metric.sum)]) {
    for (const point of list(data.dataPoints, "dataPoints")) {
      points.push({
        name: text(metric.name),
        value: Number(point.asDouble ?? point.asInt ?? Number.NaN),
        timeMs: nanosAsMs(point.timeUnixNano),
        noRecordedValue: Number(point.flags ?? 0) % 2 === 1,
        attributes: readAttributes(point.attributes),
        resource,
      });
    }
  }
}
