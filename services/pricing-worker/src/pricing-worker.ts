import { setImmediate as nextTurn } from "node:timers/promises";
import { asError, inSpan, pauseBeforeRetry, type Service } from "@inferledger/runtime";
import type { LedgerWriter } from "@inferledger/store";
import { GPU_TOPIC, USAGE_TOPIC, type DeadLetter, type Delivery, type Log, type LogRecord } from "@inferledger/stream";
import type { KnownBook } from "./known-book.ts";
import type { WorkerNotices } from "./notices.ts";
import { priceRecord, toBatch, type PricedRecord } from "./price-record.ts";
import { readRecord, type ReadRecord } from "./read-record.ts";

export interface PricingWorkerDeps {
  readonly log: Log;
  readonly deadLetter: DeadLetter;
  readonly ledger: LedgerWriter;
  readonly book: KnownBook;
  readonly notices: WorkerNotices;
}

export const WORKER_SUBSCRIPTION = { group: "pricing-worker", topics: [USAGE_TOPIC, GPU_TOPIC] } as const;

/**
 * Reads the log, prices, writes the ledger, and only then commits the position. Everything it does may be
 * done again with any other batching: rows have their identity from before the log.
 */
export function createPricingWorker(deps: PricingWorkerDeps): Service {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    name: "pricing-worker",
    async start() {
      running = consume(deps, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function consume(deps: PricingWorkerDeps, signal: AbortSignal): Promise<void> {
  let failures = 0;
  for await (const delivery of deps.log.subscribe(WORKER_SUBSCRIPTION).deliveries(signal)) {
    try {
      await inSpan("pricing-worker.store", { topic: delivery.topic, records: delivery.records.length }, () =>
        store(delivery, deps),
      );
      await delivery.ack();
      failures = 0;
    } catch (thrown) {
      deps.notices.storeAway(asError(thrown));
      await pauseBeforeRetry(failures++, signal);
      await delivery.retry(asError(thrown));
    }
  }
}

/** A delivery is written in stretches of about this many bytes: while one is written, the next is read and priced. */
const STRETCH_BYTES = 12 * 2 ** 20;

async function store(delivery: Delivery, deps: PricingWorkerDeps): Promise<void> {
  await deps.book.refreshUntil(Math.max(...delivery.records.map((r) => r.time)));
  let writing: Promise<void> = Promise.resolve();
  for (const records of stretches(delivery.records)) {
    const priced = records.map((record): PricedRecord => {
      const read = readRecord(record);
      return { record, read, rows: priceRecord(record, read, deps.book) };
    });
    await writing;
    for (const { record, read } of priced) if (read.faults.length > 0) await bury(record, read, deps);
    writing = deps.ledger.write(toBatch({ ...delivery, records }, priced)).then(() => count(priced, deps));
    // The next stretch is read meanwhile; what fails is told at its `await`.
    writing.catch(() => undefined);
    await nextTurn();
  }
  await writing;
}

function* stretches(records: readonly LogRecord[]): Generator<readonly LogRecord[]> {
  let [from, bytes] = [0, 0];
  for (const [i, record] of records.entries()) {
    bytes += record.value.byteLength;
    if (bytes < STRETCH_BYTES && i < records.length - 1) continue;
    yield records.slice(from, i + 1);
    [from, bytes] = [i + 1, 0];
  }
}

function count(priced: readonly PricedRecord[], deps: PricingWorkerDeps): void {
  const unpriced = priced.reduce((sum, p) => sum + p.rows.filter((r) => r.price.kind === "unpriced").length, 0);
  deps.notices.stored(
    priced.reduce((sum, p) => sum + p.rows.length, 0),
    unpriced,
  );
}

/** A record with bad lines goes to the dead letter with its reasons; its good lines go on. */
async function bury(record: Delivery["records"][number], read: ReadRecord, deps: PricingWorkerDeps): Promise<void> {
  const [first] = read.faults;
  if (!first) return;
  for (const fault of read.faults) deps.notices.lineRejected(fault.field);
  const reason = `line ${first.line + 1}, ${first.field}: ${first.message}${read.faults.length > 1 ? ` (and ${read.faults.length - 1} more)` : ""}`;
  await deps.deadLetter.send(record, "bad_line", reason);
  deps.notices.deadLetter(reason, `${record.topic}/${record.partition}/${record.offset}`);
}
