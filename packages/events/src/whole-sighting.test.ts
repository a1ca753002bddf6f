import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sightingSchema, type Sighting } from "./sighting.ts";
import { isWholeSighting } from "./whole-sighting.ts";

const whole: Sighting = sightingSchema.parse({
  kind: "usage",
  call_key: "0123456789abcdef",
  sight: 7,
  time: 1_795_000_000_000,
  signal: "span",
  dialect: "genai",
  evidence: "exact",
  precedence: 50,
  tokens: { input_uncached: 10, output_text: 3 },
  raw: { input: 10 },
  response_id: "chatcmpl-1",
  attribution: { team: "search" },
});

describe("the quick look at a sighting", () => {
  test("takes what the schema made", () => {
    expect(isWholeSighting(whole)).toBe(true);
    expect(isWholeSighting(JSON.parse(JSON.stringify(whole)))).toBe(true);
  });

  test("never takes what the schema would refuse or change", () => {
    const odd = fc.oneof(
      fc.anything(),
      fc.constantFrom("", -1, 0, 1.5, NaN, 2 ** 53, "0123456789ABCDEF", [], {}, null, undefined, "x".repeat(1025)),
      fc.record({ input_uncached: fc.anything() }),
      fc.record({ team: fc.anything() }),
    );
    const name = fc.oneof(fc.constantFrom(...Object.keys(whole), "reported_cost", "trace_id", "span_id"), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, odd), { minLength: 1, maxLength: 3 }), (changes) => {
        const changed: unknown = { ...whole, ...Object.fromEntries(changes) };
        if (!isWholeSighting(changed)) return;
        const parsed = sightingSchema.safeParse(changed);
        expect(parsed.success).toBe(true);
        expect(parsed.data).toEqual(changed);
      }),
      { numRuns: 5000 },
    );
  });
});
