import fc from "fast-check";
import type { MetricPoint } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { incrementsOf } from "./increments.ts";

const T0 = Date.UTC(2026, 10, 1);

const point = (over: Partial<MetricPoint>): MetricPoint => ({
  kind: "point",
  tenant: "default",
  stream: "00000000000000aa",
  family: "genai",
  figure: "input",
  temporality: "cumulative",
  start: T0,
  time: T0 + 60_000,
  value: 10,
  service: "app",
  instance: "",
  scope: "",
  provider: "openai",
  model: "gpt-4o",
  attribution: {},
  ...over,
});
const total = (points: readonly MetricPoint[], knownFrom = 0): number =>
  incrementsOf(points, knownFrom).reduce((sum, i) => sum + i.value, 0);
/** Minute by minute. */
const series = (values: readonly number[], over: Partial<MetricPoint> = {}): MetricPoint[] =>
  values.map((value, i) => point({ value, time: T0 + (i + 1) * 60_000, ...over }));

describe("what a stream grew by", () => {
  test("a cumulative counter that we saw begin counts what it ends with, a repeat of a point nothing", () => {
    const points = series([10, 25, 25, 40]);
    expect(total([...points, ...points])).toBe(40);
  });
  test("one that began before this ledger was there starts at what it had", () => {
    expect(total(series([1000, 1010, 1025]), T0 + 1)).toBe(25);
  });
  test("a new start time is a new counter, a value that drops a reset", () => {
    const restarted = series([5, 8], { start: T0 + 200_000 }).map((p) => ({ ...p, time: p.time + 200_000 }));
    expect(total([...series([10, 25]), ...restarted])).toBe(33);
    expect(total(series([10, 25, 3, 7]))).toBe(32);
  });
  test("several processes under one identity, each with its start, are counters of their own and no sawtooth", () => {
    const one = series([100, 200, 300]);
    const two = series([7, 9, 11], { start: T0 + 1000 }).map((p) => ({ ...p, time: p.time + 500 }));
    expect(total([...one, ...two])).toBe(311);
  });
  test("where the start is unknown the first point is a baseline", () => {
    expect(total(series([1000, 1010], { start: 0 }))).toBe(10);
    expect(total([point({ start: T0 + 60_000 }), point({ start: T0 + 60_000, time: T0 + 120_000, value: 12 })])).toBe(
      2,
    );
  });
  test("deltas are added, each once; one that overlaps an earlier one is left out", () => {
    const deltas = [10, 5, 7].map((value, i) =>
      point({ temporality: "delta", value, start: T0 + i * 60_000, time: T0 + (i + 1) * 60_000 }),
    );
    expect(total([...deltas, ...deltas])).toBe(22);
    expect(total([...deltas, point({ temporality: "delta", value: 12, start: T0 + 30_000, time: T0 + 90_000 })])).toBe(
      22,
    );
  });
  test("the order of arrival changes nothing", () => {
    const points = [...series([10, 25, 3, 7]), ...series([2, 4], { start: T0 + 5000 })];
    fc.assert(
      fc.property(fc.shuffledSubarray(points, { minLength: points.length }), fc.subarray(points), (shuffled, again) => {
        expect(incrementsOf([...shuffled, ...again], 0)).toEqual(incrementsOf(points, 0));
      }),
    );
  });
});
