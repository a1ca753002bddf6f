import {
  ATTRIBUTES,
  BUCKETS,
  callKey,
  EARLIEST_MS,
  formatUsd,
  LATEST_MS,
  readUsd,
  sightKey,
  type Sighting,
  type Tokens,
} from "@inferledger/events";
import { z } from "zod";
import { foldProvider } from "./fold-provider.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().max(1024);
const LARGEST = 10n ** 18n - 1n;

const cost = z
  .union([z.string().max(64), z.number()], "must be decimal dollars as text or a number")
  .transform((value, context): string => {
    try {
      const amount = readUsd(String(value));
      if (amount >= 0n && amount <= LARGEST) return formatUsd(amount);
    } catch {
      // Told below, with the same words as an amount out of range.
    }
    context.addIssue({ code: "custom", message: "must be decimal dollars from 0 to 999999.999999999999" });
    return z.NEVER;
  });

const ms = z.number().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const bucketsSchema = z.strictObject({ buckets: z.partialRecord(z.enum(BUCKETS), count) });
const totalsSchema = z.strictObject({
  input: count,
  output: count,
  cache_read: count.default(0),
  cache_write: count.default(0),
  reasoning: count.default(0),
});

/** One item of POST /api/v1/usage, and one line of inferledger.usage from any producer. */
export const usageItemSchema = z.strictObject({
  id: name.min(1),
  time: z.iso.datetime({ offset: true }),
  source: name.default("rest"),
  provider: name,
  model: name.min(1),
  operation: name.default("chat"),
  usage: z.union([bucketsSchema, totalsSchema]),
  requests: count.default(1),
  service_tier: name.default(""),
  region: name.default(""),
  reported_cost: cost.optional(),
  latency: z.strictObject({ time_to_first_token_ms: ms, duration_ms: ms }).default({}),
  attribution: z.partialRecord(z.enum(ATTRIBUTES), name).default({}),
});
/** The same as a line of the log, where fields of a later release are dropped. */
const usageLineSchema = z.object(usageItemSchema.shape);
export type UsageItem = z.input<typeof usageItemSchema>;

export type FromUsage =
  | { readonly ok: Sighting }
  | { readonly error: { readonly field: string; readonly message: string } };

/** Reads one usage item. Its identity is (source, id), so that a repeat is the same sighting whatever way it came. */
export function fromUsageJson(
  value: unknown,
  context: { readonly tenant: string; readonly signal: "rest" | "kafka" },
): FromUsage {
  const parsed = (context.signal === "kafka" ? usageLineSchema : usageItemSchema).safeParse(value);
  if (!parsed.success) {
    return { error: explain(parsed.error.issues[0], value) };
  }
  const item = parsed.data;
  const time = Date.parse(item.time);
  if (time < EARLIEST_MS || time > LATEST_MS)
    return { error: { field: "time", message: "must lie between 1970 and 2106" } };
  const tokens = "buckets" in item.usage ? item.usage.buckets : toBuckets(item.usage);
  if (!tokens)
    return {
      error: {
        field: "usage",
        message:
          "cache_read + cache_write must not exceed input, nor reasoning output: input includes caches, output includes reasoning",
      },
    };
  return { ok: toSighting({ ...item, time }, tokens, context) };
}

type Issue = z.core.$ZodIssue | undefined;

/** Of a union only the form that the sender meant is explained; an unknown field is named. */
function explain(issue: Issue, value: unknown): { field: string; message: string } {
  if (issue?.code === "invalid_union" && issue.path[0] === "usage") {
    const usage = (value as { usage?: unknown }).usage;
    const meant = usage !== null && typeof usage === "object" && "buckets" in usage ? bucketsSchema : totalsSchema;
    const within = meant.safeParse(usage).error?.issues[0];
    const inner = explain(within, usage);
    return {
      field: within ? ["usage", inner.field].filter((part) => part !== "(item)").join(".") : "usage",
      message: inner.message,
    };
  }
  if (issue?.code === "unrecognized_keys")
    return { field: [...issue.path, issue.keys[0]].join("."), message: "no such field" };
  return { field: issue?.path.join(".") || "(item)", message: issue?.message ?? "not valid" };
}

function toBuckets(usage: {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
}): Tokens | undefined {
  const uncached = usage.input - usage.cache_read - usage.cache_write;
  if (uncached < 0 || usage.reasoning > usage.output) return undefined;
  return {
    input_uncached: uncached,
    input_cache_read: usage.cache_read,
    input_cache_write_unspecified: usage.cache_write,
    output_text: usage.output - usage.reasoning,
    output_reasoning: usage.reasoning,
  };
}

type ReadItem = Omit<z.output<typeof usageItemSchema>, "time"> & { readonly time: number };

function toSighting(
  item: ReadItem,
  tokens: Tokens,
  context: { readonly tenant: string; readonly signal: "rest" | "kafka" },
): Sighting {
  return {
    kind: "usage",
    tenant: context.tenant,
    call_key: callKey("usage", item.source, item.id),
    sight: sightKey("usage", item.source, item.id),
    other_keys: [],
    time: item.time,
    signal: context.signal,
    dialect: "usage",
    scope: "",
    role: "call",
    service: item.source,
    instance: "",
    operation: item.operation,
    provider: foldProvider(item.provider),
    reported_model: item.model,
    service_tier: item.service_tier,
    region: item.region,
    evidence: Object.keys(tokens).length === 0 ? "missing" : "exact",
    may_twin: "keyed",
    precedence: 30,
    requests: item.requests,
    tokens: Object.fromEntries(Object.entries(tokens).filter(([, n]) => n > 0)),
    raw: "buckets" in item.usage ? {} : { ...item.usage, inclusive: 1 },
    ...(item.reported_cost === undefined ? {} : { reported_cost: item.reported_cost }),
    duration_ms: Math.round(item.latency.duration_ms ?? 0),
    ttft_ms: Math.round(item.latency.time_to_first_token_ms ?? 0),
    attribution: item.attribution,
  };
}
