import fc from "fast-check";
import type { Sighting } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { settleCalls, type Flip, type Seen } from "./settle-calls.ts";

const QUARTER = 15 * 60_000;

const sighting = (over: Partial<Sighting>): Sighting => ({
  kind: "usage",
  tenant: "default",
  call_key: "00000000000000aa",
  sight: 2,
  other_keys: [],
  time: QUARTER,
  signal: "span",
  dialect: "genai",
  scope: "",
  role: "call",
  service: "app",
  instance: "",
  operation: "chat",
  provider: "anthropic",
  reported_model: "claude",
  service_tier: "",
  region: "",
  evidence: "exact",
  may_twin: "keyed",
  precedence: 50,
  requests: 1,
  tokens: { input_uncached: 10 },
  raw: {},
  duration_ms: 0,
  ttft_ms: 0,
  attribution: {},
  ...over,
});

const seen = (over: Partial<Sighting>, amount = 5n): Seen => ({
  sighting: sighting(over),
  model: "claude",
  amount,
  unpricedReason: "",
  priceVersion: 1,
  period: 600,
  billed: true,
  billedBy: undefined,
  rule: "",
});

const key = (row: Seen | Flip): string =>
  "sighting" in row
    ? `${row.sighting.call_key}/${Math.floor(row.sighting.time / QUARTER)}/${row.sighting.sight}`
    : `${row.callKey}/${Math.floor(row.time / QUARTER)}/${row.sight}`;

/** What the store does with a decision: flips change the flags, calls replace the row with their key. */
function apply(rows: readonly Seen[]): Seen[] {
  const stored = new Map(rows.map((r) => [key(r), r]));
  const { flips, calls } = settleCalls(rows, []);
  for (const flip of flips)
    stored.set(key(flip), {
      ...(stored.get(key(flip)) as Seen),
      billed: flip.billed,
      billedBy: flip.billedBy,
      rule: flip.rule,
    });
  for (const { row } of calls) stored.set(key(row), row);
  return [...stored.values()];
}

const bills = (rows: readonly Seen[]): string[] =>
  rows
    .filter((r) => r.billed)
    .map(
      (r) =>
        `${r.sighting.call_key} ${r.amount} ${JSON.stringify(r.sighting.tokens)} ${JSON.stringify(r.sighting.attribution)}`,
    )
    .sort();

describe("settling calls", () => {
  test("a call seen once bills by its own sighting and nothing is written", () => {
    expect(settleCalls([seen({})], [])).toEqual({ flips: [], calls: [] });
  });

  test("an SDK's own span under an instrumentation's is one call, with the SDK's usage and the other's team", () => {
    const rows = apply([
      seen({ sight: 7, precedence: 50, attribution: { team: "search" }, tokens: { input_uncached: 10 } }, 5n),
      seen({ sight: 8, precedence: 20, tokens: { input_uncached: 9, input_cache_write_5m: 1 } }, 6n),
    ]);
    expect(bills(rows)).toEqual([`00000000000000aa 6 {"input_uncached":9,"input_cache_write_5m":1} {"team":"search"}`]);
    expect(rows.filter((r) => r.sighting.sight > 0).every((r) => r.billedBy === "00000000000000aa")).toBe(true);
  });

  test("a sighting with usage wins over one without, whatever its precedence", () => {
    const rows = apply([
      seen({ sight: 3, precedence: 1, evidence: "missing", tokens: {} }, 0n),
      seen({ sight: 4, precedence: 90 }, 5n),
    ]);
    expect(bills(rows)[0]).toContain("aa 5 ");
  });

  test("tenants never share a call", () => {
    expect(settleCalls([seen({ tenant: "a" }), seen({ tenant: "b", sight: 9 })], []).calls).toEqual([]);
  });

  test("any order, batching and repetition of arrivals settles to the same bills", () => {
    const arbitrary = fc.uniqueArray(
      fc.record({
        call: fc.integer({ min: 1, max: 3 }),
        sight: fc.integer({ min: 2, max: 6 }),
        quarter: fc.integer({ min: 0, max: 3 }),
        precedence: fc.integer({ min: 1, max: 3 }),
        tokens: fc.integer({ min: 0, max: 9 }),
        team: fc.constantFrom("", "a", "b"),
      }),
      { selector: (s) => `${s.call}/${s.sight}`, maxLength: 12 },
    );
    fc.assert(
      fc.property(arbitrary, fc.array(fc.nat(11)), (specs, order) => {
        const all = specs.map((s) =>
          seen(
            {
              call_key: String(s.call).padStart(16, "0"),
              sight: s.sight,
              time: s.quarter * QUARTER,
              precedence: s.precedence,
              tokens: { input_uncached: s.tokens },
              attribution: s.team === "" ? {} : { team: s.team },
            },
            BigInt(s.tokens),
          ),
        );
        const atOnce = apply(all);
        const rank = (r: Seen): number => order[all.indexOf(r) % Math.max(order.length, 1)] ?? 0;
        let oneByOne: Seen[] = [];
        for (const row of all.toSorted((a, b) => rank(a) - rank(b))) oneByOne = apply([...oneByOne, row]);
        expect(bills(oneByOne)).toEqual(bills(atOnce));
        expect(settleCalls(atOnce, [])).toEqual({ flips: [], calls: [] });
      }),
    );
  });
});
