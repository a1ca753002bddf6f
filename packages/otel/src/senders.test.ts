import { readFileSync } from "node:fs";
import { inputTokens, outputTokens, type Sighting } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { fromOtlpTraces } from "./index.ts";

/** Bodies as three published senders wrote them, prompts taken out, against the numbers that the provider answered. */
const fixture = (file: string): Buffer => readFileSync(new URL(`../fixtures/${file}`, import.meta.url));

interface Truth {
  readonly api: string;
  readonly response_id?: string | null;
  readonly billable: boolean;
  readonly usage_sent?: boolean;
  readonly usage: Record<string, number> | null;
}

const sightingsOf = (name: string): Sighting[] =>
  fromOtlpTraces(fixture(`${name}.pb`), "protobuf", { tenant: "default" }).lines.filter(
    (line) => line.kind === "usage",
  );
const truthOf = (name: string): Truth[] =>
  (JSON.parse(fixture(`${name}.truth.json`).toString()) as Truth[]).filter((t) => t.billable && t.usage);
const all = (usage: Record<string, number>): { in: number; out: number } => ({
  in:
    (usage.input_tokens ?? usage.prompt_tokens ?? 0) +
    (usage.cache_read_input_tokens ?? 0) +
    (usage.cache_creation_input_tokens ?? 0),
  out: usage.output_tokens ?? usage.completion_tokens ?? 0,
});

describe.each([
  ["genai-anthropic", []],
  ["instrumentation-openai-node", []],
  // Measured: this sender emits no span for the Responses API.
  ["openai-v2", ["responses"]],
])("what %s sent", (name, unseen) => {
  const sightings = sightingsOf(name);
  const truth = truthOf(name).filter((t) => !unseen.includes(t.api));

  test("every billable call is there exactly once by its call key", () => {
    expect(new Set(sightings.map((s) => s.call_key)).size).toBe(truth.length);
    expect(new Set(sightings.map((s) => `${s.call_key}/${s.sight}`)).size).toBe(sightings.length);
  });

  test("every sighting has the provider's totals, or says that it has none", () => {
    for (const call of truth) {
      const expected = all(call.usage ?? {});
      const seen = sightings.filter((s) =>
        call.response_id ? s.response_id === call.response_id : inputTokens(s.tokens) === expected.in,
      );
      expect(seen.length).toBeGreaterThan(0);
      for (const s of seen) {
        if (call.usage_sent) expect({ in: inputTokens(s.tokens), out: outputTokens(s.tokens) }).toEqual(expected);
        else expect(s).toMatchObject({ evidence: "missing", tokens: {}, requests: 1 });
      }
    }
  });
});

test("Anthropic's own span gives the lifetime of cache writes, and wins over the instrumentation's span of the same call", () => {
  const pair = sightingsOf("genai-anthropic")
    .filter((s) => s.response_id === "msg_stub000057")
    .toSorted((a, b) => a.precedence - b.precedence);
  expect(pair.map((s) => s.dialect)).toEqual(["anthropic-sdk", "otel-genai"]);
  expect(pair[0]?.call_key).toBe(pair[1]?.call_key);
  expect(pair[0]).toMatchObject({
    evidence: "exact",
    may_twin: "keyed",
    tokens: {
      input_uncached: 87,
      input_cache_read: 4153,
      input_cache_write_5m: 313,
      input_cache_write_1h: 128,
      output_text: 147,
    },
  });
  expect(pair[1]).toMatchObject({
    evidence: "upper_bound",
    tokens: { input_uncached: 87, input_cache_read: 4153, input_cache_write_unspecified: 441 },
  });
});
