import type { MetricPoint } from "@inferledger/events";
import { keyToUInt64, seconds } from "./columns.ts";

export const METRIC_COLUMNS = "tenant service family figure stream temporality start time value facts".split(" ");

export const toMetricRow = (p: MetricPoint): unknown[] => [
  p.tenant,
  p.service,
  p.family,
  p.figure,
  keyToUInt64(p.stream),
  p.temporality,
  seconds(p.start),
  seconds(p.time),
  String(p.value),
  JSON.stringify([p.instance, p.scope, p.provider, p.model, p.attribution]),
];
