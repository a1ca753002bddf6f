import { z } from "zod";
import { ATTRIBUTES } from "./attribution.ts";
import { BUCKETS } from "./buckets.ts";

/** ClickHouse DateTime holds 1970-01-01 to 2106-02-07; a time outside wraps. Milliseconds. */
export const EARLIEST_MS = 0;
export const LATEST_MS = 4_291_747_199_999;

export const SIGNALS = ["span", "log", "metric", "rest", "kafka"] as const;
/** A call; the total of calls below it; the engine's own view of a call. */
export const ROLES = ["call", "aggregate", "server"] as const;
export const EVIDENCE = ["exact", "upper_bound", "estimated", "missing"] as const;
export type Evidence = (typeof EVIDENCE)[number];

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().max(1024);

/**
 * A sighting: one record about one model call, as it arrived. One JSON line in a log record.
 * `time`, `duration_ms` and `ttft_ms` are milliseconds; `reported_cost` is decimal dollars as text.
 * Lines without call_key and sight get both in the worker, from (source, id).
 */
export const sightingSchema = z.object({
  kind: z.literal("usage"),
  tenant: text.default("default"),
  call_key: z.string().regex(/^[0-9a-f]{16}$/),
  sight: z.number().int().min(1).max(0xffffffff),
  other_keys: z
    .array(z.string().regex(/^[0-9a-f]{16}$/))
    .max(8)
    .default([]),
  /** Of a call id that is too short to be unique: it joins what agrees in figures and time besides. */
  weak_key: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  time: z.number().int().min(EARLIEST_MS).max(LATEST_MS),
  signal: z.enum(SIGNALS),
  role: z.enum(ROLES).default("call"),
  dialect: text,
  scope: text.default(""),
  service: text.default(""),
  instance: text.default(""),
  operation: text.default(""),
  provider: text.default(""),
  reported_model: text.default(""),
  service_tier: text.default(""),
  region: text.default(""),
  evidence: z.enum(EVIDENCE),
  may_twin: z.enum(["none", "keyed", "unkeyed"]).default("none"),
  precedence: z.number().int().min(0).max(255),
  requests: count.default(1),
  tokens: z.partialRecord(z.enum(BUCKETS), count),
  raw: z.record(text, count).default({}),
  reported_cost: text.optional(),
  duration_ms: count.default(0),
  ttft_ms: count.default(0),
  response_id: text.optional(),
  trace_id: z.string().max(32).optional(),
  span_id: z.string().max(16).optional(),
  parent_id: z.string().max(16).optional(),
  attribution: z.partialRecord(z.enum(ATTRIBUTES), text).default({}),
});
export type Sighting = z.infer<typeof sightingSchema>;

/** A slim link: a span of a GenAI scope without usage, kept because leaves and twins are found through ancestors. */
export const linkSchema = z.object({
  kind: z.literal("link"),
  tenant: text.default("default"),
  trace_id: z.string().length(32),
  span_id: z.string().length(16),
  parent_id: z.string().max(16).default(""),
  service: text.default(""),
  instance: text.default(""),
  start: z.number().int().min(EARLIEST_MS).max(LATEST_MS),
  end: z.number().int().min(EARLIEST_MS).max(LATEST_MS),
});
export type Link = z.infer<typeof linkSchema>;

export type LogLine = Sighting | Link;
