import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalModel, priceUsage, shippedBook } from "@inferledger/cost-model";
import { sightingSchema, type Sighting } from "@inferledger/events";
import { createPricingWorker } from "@inferledger/pricing-worker";
import { createSequence, settlePass } from "@inferledger/settler";
import { createStore, createStoreClient, type Store } from "@inferledger/store";
import { startEngine, type Engine } from "@inferledger/store/engine";
import { TENANT_HEADER, USAGE_TOPIC, type Log, type LogRecord } from "@inferledger/stream";

const HOUR = 3_600_000;
/** Five hours around the edge of a month. */
const EDGE = Date.UTC(2026, 9, 1);
const ARRIVED = Date.now();
const book = shippedBook();

let folder: string;
let engine: Engine;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inferledger-"));
  engine = await startEngine({ folder, onExit: () => undefined });
  store = createStore({ client: createStoreClient(engine), now: Date.now });
  await store.migrate();
}, 60_000);
afterAll(async () => {
  await store.close();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A sighting of one of three calls; the same `sight` with other figures is a sender that repeats itself richer. */
const sighting = fc
  .record({
    call: fc.integer({ min: 1, max: 3 }),
    sight: fc.integer({ min: 1, max: 4 }),
    minutes: fc.integer({ min: -150, max: 150 }),
    precedence: fc.integer({ min: 1, max: 3 }),
    input: fc.integer({ min: 0, max: 5000 }),
    output: fc.integer({ min: 0, max: 50 }),
    model: fc.constantFrom("gpt-4o-mini", "gpt-4o", "no-such-model"),
    missing: fc.boolean(),
    team: fc.constantFrom("", "search", "ads"),
  })
  .map((s): Sighting =>
    sightingSchema.parse({
      kind: "usage",
      call_key: s.call.toString(16).padStart(16, "a"),
      sight: s.sight,
      time: EDGE + s.minutes * 60_000,
      signal: "span",
      dialect: `dialect-${s.precedence}`,
      provider: "openai",
      reported_model: s.model,
      evidence: s.missing ? "missing" : "exact",
      may_twin: "keyed",
      precedence: s.precedence,
      tokens: s.missing ? {} : { input_uncached: s.input, output_text: s.output },
      attribution: s.team === "" ? {} : { team: s.team },
    }),
  );

interface Arrivals {
  readonly sightings: readonly Sighting[];
  /** In which order they come; how many make a record; after which records the settler runs; which records come twice. */
  readonly order: readonly number[];
  readonly sizes: readonly number[];
  readonly settle: readonly boolean[];
  readonly again: readonly boolean[];
}

function toRecords({ sightings, order, sizes }: Arrivals, tenant: string): LogRecord[] {
  const queue = sightings
    .map((sighted, i) => ({ sighted, rank: order[i % order.length] ?? 0 }))
    .sort((a, b) => a.rank - b.rank)
    .map((q) => JSON.stringify(q.sighted));
  const records: LogRecord[] = [];
  while (queue.length > 0) {
    const lines = queue.splice(0, sizes[records.length % sizes.length]);
    records.push({
      topic: USAGE_TOPIC,
      partition: 0,
      offset: BigInt(records.length),
      time: ARRIVED,
      headers: { [TENANT_HEADER]: tenant },
      value: Buffer.from(lines.join("\n")),
    });
  }
  return records;
}

/** Lets the real worker and settler take these arrivals; a record that comes again was not acknowledged the first time. */
async function arrive(arrivals: Arrivals, tenant: string): Promise<void> {
  const log: Pick<Log, "subscribe"> = {
    subscribe: () => ({
      async *deliveries() {
        for (const [i, record] of toRecords(arrivals, tenant).entries()) {
          const times = arrivals.again[i % arrivals.again.length] === true ? 2 : 1;
          for (let n = 0; n < times; n += 1) {
            const acked = Promise.withResolvers<void>();
            yield {
              topic: USAGE_TOPIC,
              partition: 0,
              records: [record],
              ack: async () => acked.resolve(),
              retry: async (cause) => acked.reject(cause),
            };
            await acked.promise;
          }
          if (arrivals.settle[i % arrivals.settle.length] === true) await settle();
        }
      },
    }),
  };
  const worker = createPricingWorker({
    log: log as Log,
    deadLetter: { send: () => Promise.reject(new Error("no line is bad here")) },
    ledger: store,
    book: { prices: book, pools: () => [], refreshUntil: async () => undefined },
    notices: {
      stored: () => undefined,
      storeAway: (cause) => {
        throw cause;
      },
      lineRejected: () => undefined,
      deadLetter: () => undefined,
    },
  });
  await worker.start();
  await worker.stop();
  while ((await settle()) > 0);
}

const nextSeq = createSequence(Date.now);
const settle = (): Promise<number> =>
  settlePass({
    store,
    now: Date.now,
    nextSeq,
    canonical: (model) => canonicalModel(book, "", model),
    price: (usage) => priceUsage(book, usage),
    notices: {
      settled: () => undefined,
      allocated: () => undefined,
      passFailed: (cause) => {
        throw cause;
      },
    },
  });

async function view(tenant: string): Promise<object> {
  const { events } = await store.events({ tenant, from: EDGE - 24 * HOUR, to: EDGE + 24 * HOUR, limit: 1000 });
  const spend = await store.spend({
    tenant,
    from: EDGE - 24 * HOUR,
    to: EDGE + 24 * HOUR,
    groupBy: ["team", "model"],
    tz: "UTC",
    interval: "hour",
    filter: {},
  });
  return {
    events: events.map((row) => ({ ...row, sighting: { ...row.sighting, tenant: "" } })),
    spend: spend.map((row) => JSON.stringify(row, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v))).sort(),
    balance: await store.balance(tenant, ARRIVED - HOUR, ARRIVED + HOUR),
  };
}

describe("the same set of sightings", () => {
  const arrivals = fc.record({
    order: fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 }),
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
    settle: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    again: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  });

  test("in any order and batching, redelivered or not, settled in between or not, gives the same events, spend and balance", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(sighting, { minLength: 2, maxLength: 12 }), arrivals, arrivals, async (set, a, b) => {
        run += 1;
        await arrive({ sightings: set, ...a }, `run-${run}-a`);
        await arrive({ sightings: set, ...b }, `run-${run}-b`);
        const [one, other] = [await view(`run-${run}-a`), await view(`run-${run}-b`)];
        expect(other).toEqual(one);
      }),
      { numRuns: 15 },
    );
  }, 180_000);

  test("bills one call across the edge of an hour and of a month once", async () => {
    const of = (minutes: number, sight: number, precedence: number): Sighting =>
      sightingSchema.parse({
        kind: "usage",
        call_key: "00000000000000ee",
        sight,
        time: EDGE + minutes * 60_000,
        signal: "span",
        dialect: "d",
        provider: "openai",
        reported_model: "gpt-4o-mini",
        evidence: "exact",
        may_twin: "keyed",
        precedence,
        tokens: { input_uncached: 1000 * sight },
      });
    const together = { order: [0], sizes: [1], settle: [true], again: [false] };
    await arrive({ sightings: [of(-1, 2, 50), of(1, 3, 20)], ...together }, "edge");
    const spend = await store.spend({
      tenant: "edge",
      from: EDGE - HOUR,
      to: EDGE + HOUR,
      groupBy: ["model"],
      tz: "UTC",
      interval: "hour",
      filter: {},
    });
    // 3000 tokens at $0.15 a million: the later, stronger sighting's, in its hour alone.
    expect(spend).toMatchObject([{ time: EDGE, requests: 1, opexApi: 450_000_000n }]);
    expect(await store.balance("edge", 0, ARRIVED + HOUR)).toMatchObject({ accepted: 2, priced: 1, duplicate: 1 });
  });
});
