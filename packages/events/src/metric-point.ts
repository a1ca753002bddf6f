import { z } from "zod";
import { ATTRIBUTES } from "./attribution.ts";
import { EARLIEST_MS, LATEST_MS } from "./sighting.ts";

/** What a metric counts. `input` and `cache_*` contain each other or not as the family says. */
export const METRIC_FIGURES = ["input", "output", "cache_read", "cache_write", "reasoning", "requests"] as const;
export type MetricFigure = (typeof METRIC_FIGURES)[number];

const text = z.string().max(1024).default("");
const time = z.number().int().min(EARLIEST_MS).max(LATEST_MS);

/**
 * One point of a metric that counts tokens or calls, as it arrived; increments are derived later, by ordering the
 * stored points of a stream. `start` and `time` are milliseconds, `start` 0 when the sender does not say.
 */
export const metricPointSchema = z.object({
  kind: z.literal("point"),
  tenant: z.string().max(1024).default("default"),
  /** Hash of resource, scope, metric and all attributes of the point: 16 hex digits. */
  stream: z.string().regex(/^[0-9a-f]{16}$/),
  family: z.string().min(1).max(64),
  figure: z.enum(METRIC_FIGURES),
  temporality: z.enum(["delta", "cumulative"]),
  start: time,
  time,
  value: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  service: text,
  instance: text,
  scope: text,
  provider: text,
  model: text,
  attribution: z.partialRecord(z.enum(ATTRIBUTES), z.string().max(1024)).default({}),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;
