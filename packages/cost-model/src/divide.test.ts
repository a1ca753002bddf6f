import fc from "fast-check";
import { divideHalfEven, formatUsd, readUsd, type Asset, type GpuSample, type Pool } from "@inferledger/events";
import { describe, expect, test } from "vitest";
import { allocate, allocateCapexDay, type UsageShare } from "./allocation.ts";
import { startOfDay } from "./accounting-zone.ts";
import { assetDays } from "./amortization.ts";
import { detectSpike } from "./detect-spike.ts";
import { poolHour, type PoolShare } from "./gpu-pool.ts";
import { spreadOver } from "./spread.ts";

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
const asset = (more: Partial<Asset>): Asset => ({
  id: "a",
  model: "m",
  kind: "training",
  cost: "100000000.00",
  currency: "USD",
  in_service: "2023-03-14",
  life_months: 24,
  method: "straight_line",
  ...more,
});

describe("a training asset", () => {
  test("of $100,000,000 over 24 months from 14 March 2023 is charged 2462380.300957592339 in that March", () => {
    const days = assetDays(asset({}));
    expect(days.length).toBe(731);
    expect(formatUsd(sum(days.filter((d) => d.start < Date.UTC(2023, 3, 1)).map((d) => d.amount)))).toBe(
      "2462380.300957592339",
    );
    expect(formatUsd(sum(days.map((d) => d.amount)))).toBe("100000000");
  });

  test("in service on the 31st for a month ends on the shorter month's last day", () => {
    expect(assetDays(asset({ in_service: "2023-01-31", life_months: 1 })).length).toBe(28);
    expect(assetDays(asset({ in_service: "2024-01-31", life_months: 1 })).length).toBe(29);
  });

  test("days of any zone follow one another without gap or overlap, and add up to the cost", () => {
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia");
    fc.assert(
      fc.property(
        zones,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 2005, max: 2030 }),
        (zone, months, year) => {
          const days = assetDays(asset({ cost: "100.01", in_service: `${year}-01-31`, life_months: months }), zone);
          expect(sum(days.map((d) => d.amount))).toBe(readUsd("100.01"));
          days.forEach((day, i) => {
            expect(day.start).toBe(days[i - 1]?.end ?? day.start);
            expect(day.end).toBeGreaterThan(day.start);
            expect(startOfDay(day.start, zone)).toBe(day.start);
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  test("is charged its cost exactly, and any stretch of days by the cumulative rule", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 20n), fc.integer({ min: 1, max: 60 }), fc.nat(59), (cost, months, cut) => {
        const days = assetDays(asset({ cost: formatUsd(cost), life_months: months }));
        expect(sum(days.map((d) => d.amount))).toBe(cost);
        const n = Math.min(cut, days.length);
        expect(sum(days.slice(0, n).map((d) => d.amount))).toBe(divideHalfEven(cost * BigInt(n), BigInt(days.length)));
      }),
      { numRuns: 50 },
    );
  });
});

describe("dividing", () => {
  test("$100 by three gives the odd pico-dollar to the first", () => {
    expect(allocate(readUsd("100"), [1n, 1n, 1n]).map(formatUsd)).toEqual([
      "33.333333333334",
      "33.333333333333",
      "33.333333333333",
    ]);
  });

  test("adds up, is off by less than one pico-dollar a share, and mirrors a negative amount", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 24n), 10n ** 24n),
        fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 20 }),
        (amount, weights) => {
          const total = sum(weights);
          fc.pre(total > 0n);
          const shares = allocate(amount, weights);
          expect(sum(shares)).toBe(amount);
          expect(allocate(-amount, weights)).toEqual(shares.map((s) => -s));
          shares.forEach((share, i) => {
            const off = share * total - amount * (weights[i] ?? 0n);
            expect((off < 0n ? -off : off) < total).toBe(true);
          });
        },
      ),
    );
  });

  test("weights of nothing have no share", () => {
    expect(() => allocate(1n, [])).toThrow(RangeError);
    expect(() => allocate(1n, [0n, 0n])).toThrow(RangeError);
    expect(() => allocate(1n, [2n, -1n])).toThrow(RangeError);
  });

  const usage = fc.array(
    fc.record({
      keys: fc.record({ team: fc.constantFrom("a", "b", "c", "d") }),
      tokens: fc.record({ input_uncached: fc.nat(1000), output_text: fc.nat(1000) }),
    }),
    { maxLength: 12 },
  );

  test("a day's capex adds up and does not depend on the order of usage", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 18n), usage, (amount, used: UsageShare[]) => {
        const teams = (shares: readonly { keys: { team?: string }; amount: bigint }[]): Record<string, bigint> => {
          const byTeam: Record<string, bigint> = {};
          for (const s of shares) byTeam[s.keys.team ?? ""] = (byTeam[s.keys.team ?? ""] ?? 0n) + s.amount;
          return byTeam;
        };
        const shares = allocateCapexDay(amount, "m", used);
        expect(sum(shares.map((s) => s.amount))).toBe(amount);
        expect(teams(allocateCapexDay(amount, "m", [...used].reverse()))).toEqual(teams(shares));
        expect(new Set(shares.map((s) => JSON.stringify(s.keys))).size).toBe(shares.length);
      }),
    );
  });

  test("a day without usage is one row of nobody's", () => {
    expect(allocateCapexDay(5n, "m", [])).toEqual([{ keys: { model: "m" }, amount: 5n }]);
  });
});

describe("spreading", () => {
  test("an hour's $1 over its quarters adds up from any cuts", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 15n), 10n ** 15n),
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.nat(200), { maxLength: 6 }),
        (amount, buckets, cuts) => {
          const span = { start: 0, end: buckets * 900_000 };
          const edges = [0, ...cuts.map((c) => Math.min(c, buckets) * 900_000).sort((a, b) => a - b), span.end];
          expect(sum(edges.slice(1).map((to, i) => spreadOver(amount, span, { from: edges[i] ?? 0, to })))).toBe(
            amount,
          );
        },
      ),
    );
    expect(spreadOver(readUsd("1"), { start: 0, end: 3_600_000 }, { from: 900_000, to: 1_800_000 })).toBe(
      readUsd("0.25"),
    );
  });
});

describe("a GPU pool's hour", () => {
  const hour = Date.UTC(2026, 0, 15, 12);
  const pool: Pool = { id: "p", gpus: ["g0", "g1"], model: "m", usd_per_gpu_hour: "50", from: "2026-01-01T00:00:00Z" };
  const sample = (gpu: string, minute: number, utilization: number): GpuSample => ({
    kind: "gpu",
    tenant: "t",
    gpu,
    host: "",
    pool: "",
    model: "",
    source: "dcgm",
    time: hour + minute * 60_000,
    utilization,
  });
  const every = (gpu: string, utilization: number): GpuSample[] =>
    Array.from({ length: 60 }, (_, i) => sample(gpu, i, utilization));
  const of = (shares: readonly PoolShare[], kind: string): string =>
    formatUsd(sum(shares.filter((s) => s.kind === kind).map((s) => s.amount)));

  test("of $100, 80 % busy, is 17.50, 42.50 and 20.00 for three teams, and 20.00 idle", () => {
    const usage = [
      { keys: { team: "A" }, tokens: { input_uncached: 1000, output_text: 100 } },
      { keys: { team: "B" }, tokens: { input_uncached: 200, output_text: 800 } },
      { keys: { team: "C" }, tokens: { input_uncached: 1000, input_cache_read: 4000, output_text: 50 } },
    ];
    const shares = poolHour(pool, hour, { samples: [...every("g0", 800_000), ...every("g1", 800_000)], usage });
    expect(shares.map((s) => [s.kind, s.keys.team, formatUsd(s.amount)])).toEqual([
      ["gpu", "A", "17.5"],
      ["gpu", "B", "42.5"],
      ["gpu", "C", "20"],
      ["idle", undefined, "20"],
    ]);
  });

  test("without samples is unknown, not idle", () => {
    expect(poolHour(pool, hour, { samples: [], usage: [] })).toEqual([
      { kind: "gpu_unknown", keys: { model: "m" }, amount: readUsd("100") },
    ]);
    const half = poolHour(pool, hour, { samples: every("g0", 1_000_000), usage: [] });
    expect([of(half, "gpu"), of(half, "idle"), of(half, "gpu_unknown")]).toEqual(["50", "0", "50"]);
  });

  test("is unknown from five minutes after the last sample on", () => {
    expect(
      of(poolHour(pool, hour, { samples: [sample("g0", 0, 0), sample("g1", 0, 0)], usage: [] }), "gpu_unknown"),
    ).toBe(formatUsd(readUsd("100") - divideHalfEven(readUsd("100"), 12n)));
  });

  test("takes a reading from before the hour that still holds", () => {
    const shares = poolHour(pool, hour, {
      samples: [...every("g0", 0), ...every("g1", 0)].map((s) => ({ ...s, time: s.time - 30_000 })),
      usage: [],
    });
    expect(of(shares, "gpu_unknown")).toBe("0");
  });

  test("costs only the part in which the pool is declared, and a GPU listed twice once", () => {
    expect(
      of(poolHour({ ...pool, from: "2026-01-15T12:45:00Z" }, hour, { samples: [], usage: [] }), "gpu_unknown"),
    ).toBe("25");
    expect(of(poolHour({ ...pool, gpus: ["g0", "g0"] }, hour, { samples: [], usage: [] }), "gpu_unknown")).toBe("50");
    expect(poolHour({ ...pool, to: "2026-01-15T12:00:00Z" }, hour, { samples: [], usage: [] })).toEqual([]);
  });

  test("adds up to its bill whatever the samples say", () => {
    const samples = fc.array(
      fc.tuple(fc.constantFrom("g0", "g1", "other"), fc.integer({ min: -10, max: 70 }), fc.nat(1_000_000)),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 15n), samples, fc.nat(5), (price, read, used) => {
        const usage = Array.from({ length: used }, (_, i) => ({
          keys: { team: String(i) },
          tokens: { output_text: i * 7 },
        }));
        const shares = poolHour({ ...pool, usd_per_gpu_hour: formatUsd(price) }, hour, {
          samples: read.map(([gpu, minute, u]) => sample(gpu, minute, u)),
          usage,
        });
        expect(sum(shares.map((s) => s.amount))).toBe(price * 2n);
        expect(shares.every((s) => s.amount > 0n)).toBe(true);
      }),
    );
  });
});

describe("a spike", () => {
  const rule = { ratio: 3, floor: readUsd("1") };
  test("is above three times the median of the recent hours and above the floor", () => {
    const recent = ["2", "2", "2", "50"].map(readUsd);
    expect(detectSpike(readUsd("6"), recent, rule)).toBeUndefined();
    expect(detectSpike(readUsd("6.01"), recent, rule)?.median).toBe(readUsd("2"));
    expect(detectSpike(readUsd("0.9"), ["0.1", "0.1", "0.1"].map(readUsd), rule)).toBeUndefined();
    expect(detectSpike(readUsd("6"), ["1", "1"].map(readUsd), rule)).toBeUndefined();
  });
});
