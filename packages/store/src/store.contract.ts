import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readUsd, sightingSchema, type GpuSample, type LedgerRow, type Sighting } from "@inferledger/events";
import { DAY_MS, QUARTER_MS, type LedgerBatch, type Store } from "./store.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 9, 15, 12);

export interface StoreUnderTest {
  readonly store: Store;
  end(): Promise<void>;
}

/** What the store promises on any ClickHouse. Each test is a tenant of its own. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the store on ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    }, 120_000);
    afterAll(() => under?.end());

    /** What the settler does, without twins: recompute what is marked, then clear the marks that were read. */
    const settle = async (tenant: string): Promise<void> => {
      const marks = (await store.dirty.read(10_000)).filter((m) => m.tenant === tenant);
      await store.rollups.recompute(tenant, [...new Set(marks.map((m) => m.bucket))]);
      await store.dirty.done(marks);
    };
    const total = async (tenant: string): Promise<bigint> => {
      const rows = await store.spend({ tenant, from: NOON - 48 * HOUR, to: NOON + 48 * HOUR, groupBy: [], tz: "UTC" });
      return rows.reduce((sum, r) => sum + r.opexApi, 0n);
    };
    const viewTotal = async (tenant: string): Promise<string> => {
      const { rows } = await store.query(
        `SELECT toString(sum(opex_api)) FROM inferledger.spend WHERE tenant = '${tenant}'`,
      );
      return String(rows[0]?.[0]);
    };

    test("a batch that is written twice, in whatever batching, is written once", async () => {
      const tenant = randomUUID();
      const rows = [row(tenant, 1, { usd: "1.5" }), row(tenant, 2, { usd: "2.25" })];
      await store.write(batch(rows));
      await store.write(batch(rows.slice(1)));
      await store.write(batch(rows.slice(0, 1)));
      expect(await total(tenant)).toBe(readUsd("3.75"));
      expect((await store.events({ tenant, from: 0, to: NOON + HOUR, limit: 10 })).events).toHaveLength(2);
    });

    test("of a sighting that comes with two contents the richer stays, whatever came first", async () => {
      const poor = (tenant: string): LedgerRow => row(tenant, 1, { usd: "1" });
      const rich = (tenant: string): LedgerRow =>
        row(tenant, 1, { usd: "2", tokens: { input_uncached: 5, output_text: 2, output_reasoning: 1 } });
      for (const order of [
        [poor, rich],
        [rich, poor],
      ]) {
        const tenant = randomUUID();
        for (const make of order) await store.write(batch([make(tenant)]));
        expect(await total(tenant)).toBe(readUsd("2"));
      }
    });

    test("the spend view shows the same before and after a rollup, and so does a late row", async () => {
      const tenant = randomUUID();
      await store.write(
        batch([row(tenant, 1, { usd: "0.000000000001" }), row(tenant, 2, { usd: "999999.999999999999" })]),
      );
      expect(await viewTotal(tenant)).toBe("1000000");
      await settle(tenant);
      expect(await viewTotal(tenant)).toBe("1000000");
      await store.write(batch([row(tenant, 3, { usd: "0.5" })], 2n));
      expect(await viewTotal(tenant)).toBe("1000000.5");
      await settle(tenant);
      expect(await viewTotal(tenant)).toBe("1000000.5");
      expect(await total(tenant)).toBe(readUsd("1000000.5"));
    });

    test("a mark stays until a pass is done that has seen it, for every writer by itself", async () => {
      const tenant = randomUUID();
      const marks = async (): Promise<string[]> =>
        (await store.dirty.read(10_000))
          .filter((m) => m.tenant === tenant)
          .map((m) => `${m.writer} ${m.seq}`)
          .sort();
      await store.write(batch([row(tenant, 1, {})], 4n));
      await store.dirty.mark([{ tenant, bucket: NOON, writer: "corrector", seq: 9n }]);
      expect(await marks()).toEqual(["corrector 9", "inferledger.usage/0 5"]);
      await store.dirty.done([{ tenant, bucket: NOON, writer: "inferledger.usage/0", seq: 4n }]);
      expect(await marks()).toEqual(["corrector 9", "inferledger.usage/0 5"]);
      await store.dirty.done([{ tenant, bucket: NOON, writer: "inferledger.usage/0", seq: 5n }]);
      expect(await marks()).toEqual(["corrector 9"]);
    });

    test("a group that leaves a bucket leaves the rollup too", async () => {
      const tenant = randomUUID();
      await store.write(batch([row(tenant, 1, { usd: "1", team: "before" })]));
      await settle(tenant);
      await store.write(
        batch([row(tenant, 1, { usd: "1", team: "after", tokens: { input_uncached: 1, output_text: 1 } })], 2n),
      );
      await settle(tenant);
      const rows = await store.spend({ tenant, from: NOON, to: NOON + HOUR, groupBy: ["team"], tz: "UTC" });
      expect(rows.map((r) => [r.keys.team, r.requests])).toEqual([["after", 1]]);
    });

    test("spend is grouped by the hours and days of any zone, also where a day has 25 hours or a zone 45 minutes", async () => {
      const tenant = randomUUID();
      const at = (iso: string): number => Date.parse(iso);
      const times = ["2026-10-24T22:10:00Z", "2026-10-25T22:50:00Z", "2026-10-25T23:10:00Z", "2026-10-24T18:20:00Z"];
      await store.write(batch(times.map((iso, i) => row(tenant, i + 1, { usd: "1", time: at(iso) }))));
      await settle(tenant);
      const days = async (tz: string): Promise<[string, number][]> => {
        const query = { tenant, from: at("2026-10-20T00:00:00Z"), to: at("2026-11-01T00:00:00Z"), groupBy: [], tz };
        const rows = await store.spend({ ...query, interval: "day" });
        return rows
          .map((r): [string, number] => [new Date(r.time ?? 0).toISOString(), r.requests])
          .sort(([a], [b]) => (a < b ? -1 : 1));
      };
      expect(await days("Europe/Berlin")).toEqual([
        ["2026-10-23T22:00:00.000Z", 1],
        ["2026-10-24T22:00:00.000Z", 2],
        ["2026-10-25T23:00:00.000Z", 1],
      ]);
      expect(await days("Asia/Kathmandu")).toEqual([
        ["2026-10-24T18:15:00.000Z", 2],
        ["2026-10-25T18:15:00.000Z", 2],
      ]);
    });

    test("the balance counts every arrival once, by when it came", async () => {
      const tenant = randomUUID();
      const rows = [row(tenant, 1, {}), row(tenant, 2, { reason: "unknown_model" })];
      const receipt = { tenant, accepted: 3, rejected: { wrong_count: 1 }, ignored: 4 };
      const arrived = rows[0]?.arrived ?? 0;
      const stored = { topicPartition: "inferledger.usage/0", offset: 1n, arrived, receipt };
      await store.write({ ...batch(rows), receipts: [stored] });
      await store.write({ ...batch(rows), receipts: [stored] });
      const even = { accepted: 3, priced: 1, unpriced: 1, rejected: 1, duplicate: 0, ignored: 4 };
      expect(await store.balance(tenant, arrived - 1, arrived + 1)).toEqual(even);
      expect(await store.balance(tenant, arrived + 1, arrived + 2)).toMatchObject({ accepted: 0, priced: 0 });
      await store.write(batch(rows.map((r) => ({ ...r, offset: 2n, arrived: arrived + HOUR }))));
      expect(await store.balance(tenant, arrived, arrived + 2 * HOUR)).toMatchObject({ priced: 1, duplicate: 2 });
    });

    test("the balance of a day is kept when its proof expires, and later arrivals are added to it", async () => {
      const tenant = randomUUID();
      const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
      const old = today - 20 * DAY_MS;
      const arrive = (n: number, arrived: number): Promise<void> => {
        const rows = [{ ...row(tenant, n, {}), arrived, offset: BigInt(n) }];
        const receipt = { tenant, accepted: 1, rejected: {}, ignored: 2 };
        const stored = { topicPartition: "inferledger.usage/0", offset: BigInt(n), arrived, receipt };
        return store.write({ ...batch(rows), receipts: [stored] });
      };
      await arrive(1, old + HOUR);
      await arrive(2, today);
      const before = await store.balance(tenant, old, today + DAY_MS);
      expect(before).toMatchObject({ accepted: 2, priced: 2, ignored: 4 });
      await store.keepBalanceDays(today - 10 * DAY_MS);
      expect(await store.keepBalanceDays(today - 10 * DAY_MS)).toBe(0);
      expect(await store.balance(tenant, old, today + DAY_MS)).toEqual(before);
      expect(await store.balance(tenant, old, old + DAY_MS)).toMatchObject({ accepted: 1, priced: 1, duplicate: 0 });
      expect(await store.balance(tenant, today, today + DAY_MS)).toMatchObject({ accepted: 1, priced: 1 });
    });

    test("events are paged newest first, each once, and one is found by its id", async () => {
      const tenant = randomUUID();
      const rows = Array.from({ length: 23 }, (_, i) => row(tenant, i + 1, { time: NOON + (i % 5) * 60_000 }));
      await store.write(batch(rows));
      const seen: Sighting[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.events({
          tenant,
          from: NOON,
          to: NOON + HOUR,
          limit: 5,
          ...(cursor === undefined ? {} : { cursor }),
        });
        seen.push(...page.events.map((e) => e.sighting));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(new Set(seen.map((s) => s.call_key)).size).toBe(23);
      expect(seen.map((s) => s.time)).toEqual(seen.map((s) => s.time).sort((a, b) => b - a));
      expect(
        await store.knownEvents(
          tenant,
          rows.map((r) => r.sighting),
        ),
      ).toBe(23);
      const one = rows[7]?.sighting;
      const id = `${NOON / 1000}-${one?.call_key}-${one?.sight}`;
      expect((await store.event(tenant, id))?.sighting.call_key).toBe(one?.call_key);
      expect(await store.event(randomUUID(), id)).toBeUndefined();
    });

    test("control data keeps every revision; of two that are written at once none is lost", async () => {
      const tenant = randomUUID();
      const entry = { kind: "budget", tenant, id: "b", knownFrom: NOON, deleted: false } as const;
      await Promise.all([1, 2, 3].map((n) => store.control.put({ ...entry, value: { n } })));
      const history = (await store.control.history("budget")).filter((e) => e.tenant === tenant);
      expect(history.map((e) => [e.revision, e.value])).toEqual([1, 2, 3].map((n) => [n, { n }]));
      expect((await store.control.list("budget", tenant)).map((e) => e.value)).toEqual([{ n: 3 }]);
      await store.control.put({ ...entry, deleted: true, value: { n: 3 } });
      expect(await store.control.list("budget", tenant)).toEqual([]);
    });

    test("allocations of a scope are replaced whole, and a source is cleared whole", async () => {
      const tenant = randomUUID();
      const share = (team: string, usd: string, start = NOON) =>
        ({
          kind: "capex",
          source: "asset/a",
          start,
          end: start + 24 * HOUR,
          keys: { team },
          amount: readUsd(usd),
        }) as const;
      const scope = [{ source: "asset/a", start: NOON }];
      const read = async (): Promise<string[]> =>
        (await store.allocations.read(tenant, NOON, NOON + HOUR)).map((r) => `${r.keys.team} ${r.amount}`).sort();
      await store.allocations.replace(tenant, scope, [share("a", "1"), share("b", "2")]);
      await store.allocations.replace(tenant, scope, [share("b", "2.5"), share("c", "0.5")]);
      expect(await read()).toEqual([`b ${readUsd("2.5")}`, `c ${readUsd("0.5")}`]);
      await store.allocations.clear(tenant, "asset/a");
      expect(await read()).toEqual([]);
    });

    test("takes lists as long as a century of days, a month of quarter hours and a pass of calls", async () => {
      const tenant = randomUUID();
      const days = Array.from({ length: 36_525 }, (_, i) => i * DAY_MS);
      const rows = days.map((start) => ({
        kind: "capex" as const,
        source: "asset/century",
        start,
        end: start + DAY_MS,
        keys: {},
        amount: 1n,
      }));
      await store.allocations.replace(
        tenant,
        days.map((start) => ({ source: "asset/century", start })),
        rows,
      );
      expect(await store.allocations.read(tenant, 0, 36_525 * DAY_MS)).toHaveLength(36_525);
      const month = Date.UTC(2026, 9, 1);
      const twins = Array.from({ length: 2900 }, (_, i) =>
        [1, 2].map((sight) => {
          const one = row(tenant, i + 1, { time: month + i * QUARTER_MS });
          return { ...one, sighting: { ...one.sighting, sight, may_twin: "keyed" as const } };
        }),
      ).flat();
      await store.write(batch(twins));
      const buckets = twins.map((t) => Math.floor(t.sighting.time / QUARTER_MS) * QUARTER_MS);
      const { rows: found } = await store.twins.groups(tenant, [...new Set(buckets)], DAY_MS);
      expect(found).toHaveLength(5800);
      await store.twins.rewrite(
        found.map(({ sighting: s }) => ({
          tenant,
          time: s.time,
          callKey: s.call_key,
          sight: s.sight,
          billed: s.sight === 1,
          billedBy: undefined,
          rule: "",
        })),
        [],
      );
      await settle(tenant);
      const spend = await store.spend({ tenant, from: month, to: month + 31 * DAY_MS, groupBy: [], tz: "UTC" });
      expect(spend.map((r) => r.requests)).toEqual([2900]);
    });

    test("usage is read by model and step, and copies of one reading are one", async () => {
      const tenant = randomUUID();
      await store.write(batch([row(tenant, 1, { team: "a" }), row(tenant, 2, { team: "a", time: NOON + HOUR })]));
      await settle(tenant);
      const query = { tenant, model: "gpt-4o-mini", from: NOON, to: NOON + 2 * HOUR };
      expect(await store.allocations.usage({ ...query, step: "day", zone: "Etc/GMT+12" })).toMatchObject([
        { start: NOON, requests: 2 },
      ]);
      expect(await store.allocations.usage({ ...query, step: "hour", zone: "UTC" })).toHaveLength(2);
      const sample: GpuSample = {
        kind: "gpu",
        tenant,
        gpu: "GPU-1",
        host: "",
        pool: "",
        model: "",
        source: "dcgm",
        time: NOON,
        utilization: 250_000,
      };
      await store.write({ ...batch([]), samples: [sample, sample, { ...sample, time: NOON + 60_000 }] });
      const samples = await store.allocations.samples({ tenant, gpus: ["GPU-1"], from: NOON, to: NOON + HOUR });
      expect(samples.map((s) => s.time).sort((a, b) => a - b)).toEqual([NOON, NOON + 60_000]);
    });

    // An engine that compares a DateTime64 with a DateTime leaves out parts that lie whole in the second before it.
    test.each([0, 1, 500, 999])("a part of one second's rows at its bucket's end, .%i, is read by all", async (ms) => {
      const tenant = randomUUID();
      const bucket = NOON + HOUR;
      const time = bucket + QUARTER_MS - 1000 + ms;
      const own = row(tenant, 1, { time, usd: "1" });
      await store.write(
        batch([1, 2].map((sight) => ({ ...own, sighting: { ...own.sighting, sight, may_twin: "keyed" } }))),
      );
      expect(await viewTotal(tenant)).toBe("2");
      const asked = `SELECT count() FROM inferledger.calls WHERE tenant = '${tenant}' AND ts < toDateTime(${(bucket + QUARTER_MS) / 1000}, 'UTC')`;
      expect((await store.query(asked)).rows).toEqual([["2"]]);
      const { rows: found } = await store.twins.groups(tenant, [bucket], DAY_MS);
      expect(new Set(found.map((f) => f.sighting.sight))).toEqual(new Set([1, 2]));
      const loser = { tenant, time, callKey: own.sighting.call_key, sight: 2 };
      await store.twins.rewrite([{ ...loser, billed: false, billedBy: undefined, rule: "" }], []);
      expect(await total(tenant)).toBe(readUsd("1"));
      const query = {
        tenant,
        from: bucket,
        to: bucket + QUARTER_MS,
        models: ["gpt-4o-mini"],
        pricedBy: ["book"],
      } as const;
      const [first] = await store.repricing.rows(query);
      expect(first?.sighting.time).toBe(time);
      const { call_key: callKey, sight } = own.sighting;
      const price = {
        model: "gpt-4o-mini",
        amount: readUsd("3"),
        unpricedReason: "",
        priceVersion: 8,
        pricedBy: "book",
      } as const;
      await store.repricing.rewrite(tenant, [{ time, callKey, sight, ...price }]);
      expect(await total(tenant)).toBe(readUsd("3"));
      await settle(tenant);
      expect(await total(tenant)).toBe(readUsd("3"));
      expect(await viewTotal(tenant)).toBe("3");
      expect((await store.events({ ...query, limit: 5 })).events).toHaveLength(2);
      expect(await store.event(tenant, `${bucket / 1000}-${callKey}-2`)).toBeDefined();
    });

    test("migrating again changes nothing, also when two do it at once", async () => {
      await Promise.all([store.migrate(), store.migrate()]);
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}

interface RowParts {
  readonly usd?: string;
  readonly time?: number;
  readonly team?: string;
  readonly tokens?: Sighting["tokens"];
  readonly reason?: "unknown_model";
}

function row(tenant: string, n: number, { usd = "1", time = NOON, team, tokens, reason }: RowParts): LedgerRow {
  return {
    sighting: sightingSchema.parse({
      kind: "usage",
      tenant,
      call_key: n.toString(16).padStart(16, "0"),
      sight: 1,
      time,
      signal: "span",
      dialect: "genai",
      provider: "openai",
      reported_model: "gpt-4o-mini",
      evidence: "exact",
      precedence: 50,
      tokens: tokens ?? { input_uncached: 10 },
      attribution: team === undefined ? {} : { team },
    }),
    price:
      reason === undefined
        ? { kind: "priced", amount: readUsd(usd), model: "gpt-4o-mini", priceVersion: 7 }
        : { kind: "unpriced", reason, model: "gpt-4o-mini" },
    arrived: Math.floor(Date.now() / QUARTER_MS) * QUARTER_MS,
    topicPartition: "inferledger.usage/0",
    offset: 1n,
    line: n,
  };
}

const batch = (rows: readonly LedgerRow[], seq = 1n): LedgerBatch => ({
  writer: "inferledger.usage/0",
  seq,
  rows,
  links: [],
  points: [],
  samples: [],
  receipts: [],
});
