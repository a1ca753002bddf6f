import { callKey, EARLIEST_MS, LATEST_MS, type MetricPoint } from "@inferledger/events";
import { readAttribution } from "../attribution.ts";
import type { Point } from "../decode-metrics.ts";
import { foldProvider } from "../fold-provider.ts";
import { instanceOf } from "../identity.ts";
import { readText } from "../read-value.ts";
import { LONGEST_VALUE } from "../record.ts";
import { familyOfMetric, figureOf, type MetricFamily } from "./families.ts";

export interface Fault {
  readonly reason: string;
  readonly message: string;
}

/** A metric's point as points for the ledger; empty when it counts no tokens; a fault when it cannot be counted. */
export function toTokenPoints(point: Point, tenant: string): readonly MetricPoint[] | Fault {
  const family = familyOfMetric(point.name);
  if (!family || point.noRecordedValue || point.kind === "gauge") return [];
  const figure = figureOf(family, point.name, point.attributes);
  if (figure === undefined) return [];
  const fault = faultOf(point);
  if (fault) return fault;
  const isHistogram = point.kind !== "sum";
  const own = toPoint(point, family, { tenant, figure, value: point.value });
  // A histogram of one side of a call counts the calls too.
  return isHistogram && figure === "input" && family.name === "genai"
    ? [own, toPoint(point, family, { tenant, figure: "requests", value: point.count })]
    : [own];
}

function faultOf(point: Point): Fault | undefined {
  const wrong = (reason: string, message: string): Fault => ({ reason, message: `${point.name}: ${message}` });
  if (point.temporality === "unspecified")
    return wrong("no_temporality", "aggregation_temporality must be delta (1) or cumulative (2)");
  if (!point.isMonotonic) return wrong("not_monotonic", "a counter of tokens must be monotonic");
  if (!Number.isSafeInteger(point.value) || point.value < 0)
    return wrong("wrong_count", `the value must be a whole number from 0 to 2^53-1, not ${point.value}`);
  if (point.timeMs <= EARLIEST_MS || point.timeMs > LATEST_MS || point.startMs > LATEST_MS)
    return wrong("time_out_of_range", "its times must lie between 1970 and 2106: set the sender's clock");
  return undefined;
}

function toPoint(
  point: Point,
  family: MetricFamily,
  of: { readonly tenant: string; readonly figure: MetricPoint["figure"]; readonly value: number },
): MetricPoint {
  const { attributes, resource } = point;
  const short = (text: string): string => text.slice(0, LONGEST_VALUE);
  return {
    kind: "point",
    tenant: of.tenant,
    stream: callKey("stream", point.name, point.kind, point.scope, of.figure, point.identity),
    family: family.name,
    figure: of.figure,
    temporality: point.temporality === "delta" ? "delta" : "cumulative",
    start: Math.min(point.startMs, point.timeMs),
    time: point.timeMs,
    value: of.value,
    service: short(readText(resource, ["service.name"])),
    instance: short(instanceOf(resource)),
    scope: short(point.scope),
    provider: short(foldProvider(family.provider(attributes))),
    model: short(family.model(attributes)),
    attribution: readAttribution(attributes, resource),
  };
}
