import { sightingSchema } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { fromUsageJson } from "./index.ts";

const context = { tenant: "default", signal: "rest" } as const;
const item = {
  id: "a1",
  time: "2026-11-24T10:00:00.250+01:00",
  provider: "openai",
  model: "gpt-4o",
  usage: { input: 100, output: 10, cache_read: 30, reasoning: 4 },
};
const ok = (value: unknown) => {
  const read = fromUsageJson(value, context);
  if (!("ok" in read)) throw new Error(`${read.error.field}: ${read.error.message}`);
  return sightingSchema.parse(read.ok);
};
const fieldOf = (value: unknown) => {
  const read = fromUsageJson(value, context);
  return "error" in read ? read.error.field : "(none)";
};

describe("a usage item", () => {
  test("as the provider said it: input includes caches and output includes reasoning", () => {
    expect(ok(item)).toMatchObject({
      time: Date.UTC(2026, 10, 24, 9, 0, 0, 250),
      evidence: "exact",
      tokens: { input_uncached: 70, input_cache_read: 30, output_text: 6, output_reasoning: 4 },
      raw: { input: 100 },
    });
  });
  test("in disjoint buckets; no buckets at all is missing usage", () => {
    expect(ok({ ...item, usage: { buckets: { input_audio: 5 } } }).tokens).toEqual({ input_audio: 5 });
    expect(ok({ ...item, usage: { buckets: {} } }).evidence).toBe("missing");
  });
  test("the same source and id is the same sighting, whatever way it came", () => {
    const kafka = fromUsageJson(item, { tenant: "default", signal: "kafka" });
    expect("ok" in kafka && [kafka.ok.call_key, kafka.ok.sight]).toEqual([ok(item).call_key, ok(item).sight]);
    expect(ok({ ...item, source: "batch" }).call_key).not.toBe(ok(item).call_key);
  });
  test("a line from any producer may have more fields, which are dropped; within usage, where a slip costs money, it may not", () => {
    const kafka = (value: unknown) => fromUsageJson(value, { tenant: "default", signal: "kafka" });
    expect(kafka({ ...item, host: "x" })).toEqual(kafka(item));
    expect(kafka({ ...item, usage: { input: 1, output: 1, cache_raed: 1 } })).toMatchObject({
      error: { field: "usage.cache_raed" },
    });
  });
  test.each([
    ["0.1", "0.1"],
    [0.1, "0.1"],
    [1e-7, "0.0000001"],
    ["999999.999999999999", "999999.999999999999"],
    ["2.50", "2.5"],
  ])("a reported cost of %s is the text %s", (sent, kept) => {
    expect(ok({ ...item, reported_cost: sent }).reported_cost).toBe(kept);
  });
  test.each([
    ["reported_cost", { ...item, reported_cost: "1000000" }],
    ["reported_cost", { ...item, reported_cost: -1 }],
    ["reported_cost", { ...item, reported_cost: "many" }],
    ["reported_cost", { ...item, reported_cost: Number.NaN }],
    ["id", { ...item, id: "" }],
    ["time", { ...item, time: "yesterday" }],
    ["time", { ...item, time: "1969-12-31T23:59:59Z" }],
    ["time", { ...item, time: "2107-01-01T00:00:00Z" }],
    ["usage.input", { ...item, usage: { input: -1, output: 1 } }],
    ["usage.output", { ...item, usage: { input: 1 } }],
    ["usage.input", { ...item, usage: { input: 2 ** 53, output: 1 } }],
    ["usage.cache_raed", { ...item, usage: { input: 1, output: 1, cache_raed: 1 } }],
    ["usage.buckets.input_uncached", { ...item, usage: { buckets: { input_uncached: 1.5 } } }],
    ["usage.buckets.inputs", { ...item, usage: { buckets: { inputs: 1 } } }],
    ["usage", { ...item, usage: 7 }],
    ["usage", { ...item, usage: { input: 1, output: 1, cache_read: 2 } }],
    ["usage", { ...item, usage: { input: 1, output: 1, reasoning: 2 } }],
    ["modell", { ...item, modell: "x" }],
    ["attribution.teem", { ...item, attribution: { teem: "x" } }],
    ["latency.duration_ms", { ...item, latency: { duration_ms: 1e300 } }],
    ["(item)", 7],
    ["(item)", null],
  ])("an error names the field %s", (field, value) => {
    expect(fieldOf(value)).toBe(field);
  });
});
