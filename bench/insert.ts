import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shippedBook, priceUsage } from "@inferledger/cost-model";
import type { LedgerRow } from "@inferledger/events";
import { fromOtlpTraces } from "@inferledger/otel";
import { createStore, createStoreClient } from "@inferledger/store";
import { startEngine } from "@inferledger/store/engine";
import { peakMiB, show } from "./support/measure.ts";
import { createBodies } from "./support/otlp-bodies.ts";

/**
 * Priced rows into the ledger and its proof, flushed to disk, against one bare table of the same engine that
 * takes the same sightings as JSON objects and is not flushed.
 */
const ROUNDS = 10;
const BODIES_PER_BATCH = 20;
const folder = mkdtempSync(join(tmpdir(), "inferledger-bench-"));
const engine = await startEngine({ folder, onExit: () => undefined });
const client = createStoreClient(engine);
const store = createStore({ client, now: Date.now });
await store.migrate();
const book = shippedBook();
const bodies = createBodies();
let offset = 0n;

function nextRows(): LedgerRow[] {
  return Array.from({ length: BODIES_PER_BATCH }, () => fromOtlpTraces(bodies.next(), "protobuf", { tenant: "bench" }))
    .flatMap(({ lines }) => lines.filter((l) => l.kind === "usage"))
    .map((sighting, line) => ({
      sighting,
      price: priceUsage(book, {
        provider: sighting.provider,
        reportedModel: sighting.reported_model,
        time: sighting.time,
        tokens: sighting.tokens,
        requests: 1,
        serviceTier: "",
        evidence: "exact",
        pools: [],
      }),
      arrived: Date.now(),
      topicPartition: "bench/0",
      offset,
      line,
    }));
}

async function rowsPerSecond(write: (rows: readonly LedgerRow[]) => Promise<void>): Promise<number> {
  let [rows, ms] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const batch = nextRows();
    const start = performance.now();
    await write(batch);
    ms += performance.now() - start;
    rows += batch.length;
    offset += 1n;
  }
  return (rows * 1000) / ms;
}

const rate = await rowsPerSecond((rows) =>
  store.write({ writer: "bench/0", seq: offset, rows, links: [], points: [], samples: [], receipts: [] }),
);
const peak = peakMiB(engine.pid);
await client.command({
  query:
    "CREATE TABLE bare (tenant String, call_key String, sight UInt32, time UInt64, provider String, reported_model String, service String, tokens Map(String, UInt64), attribution Map(String, String)) ENGINE = MergeTree ORDER BY (tenant, time)",
});
const baselineRate = await rowsPerSecond((rows) =>
  client
    .insert({
      table: "bare",
      values: rows.map(({ sighting: s }) => ({
        tenant: s.tenant,
        call_key: s.call_key,
        sight: s.sight,
        time: s.time,
        provider: s.provider,
        reported_model: s.reported_model,
        service: s.service,
        tokens: s.tokens,
        attribution: s.attribution,
      })),
      format: "JSONEachRow",
    })
    .then(() => undefined),
);
process.stdout.write(
  `${show({ name: "insert", rate, unit: "rows", baseline: "bare table, JSONEachRow, not flushed", baselineRate, peakMiB: peak })}\n`,
);
await store.close();
await engine.close();
rmSync(folder, { recursive: true, force: true });
