import { setImmediate as nextTurn } from "node:timers/promises";
import { pauseBeforeRetry } from "@inferledger/runtime";
import type { Delivery, LogRecord, Subscriber, Subscription } from "../stream.ts";
import type { LocalStore } from "./local-store.ts";

const RECORDS_PER_DELIVERY = 256;
const BYTES_PER_DELIVERY = 36 * 2 ** 20;
const LOOK_AGAIN_MS = 1000;

export function createLocalSubscriber(store: LocalStore, { group, topics }: Subscription): Subscriber {
  return {
    async *deliveries(signal) {
      let turn = 0;
      let failures = 0;
      while (!signal.aborted) {
        const topic = inTurn(topics, turn++).find((t) => store.lag(group, t) > 0n);
        if (topic === undefined) {
          await appended(store, signal);
          continue;
        }
        const delivery = createDelivery(store, group, topic);
        if (delivery.records.length === 0) {
          // A group that is new to a topic whose old records are gone.
          store.commit(group, topic, store.head(topic));
          continue;
        }
        yield delivery;
        await nextTurn();
        failures = (await delivery.settled) ? 0 : failures + 1;
        if (failures > 0) await pauseBeforeRetry(failures, signal);
      }
    },
  };
}

/** Topics take turns, so that a busy one does not starve another. */
const inTurn = (topics: readonly string[], turn: number): string[] =>
  topics.map((_, i) => topics[(turn + i) % topics.length] ?? "");

/** `settled` = true when acknowledged, false when given back. */
function createDelivery(
  store: LocalStore,
  group: string,
  topic: string,
): Delivery & { readonly settled: Promise<boolean> } {
  const records = withinBytes(store.read(topic, store.next(group, topic), RECORDS_PER_DELIVERY));
  const { promise: settled, resolve } = Promise.withResolvers<boolean>();
  return {
    topic,
    partition: 0,
    records,
    settled,
    async ack() {
      store.commit(group, topic, Number(records.at(-1)?.offset ?? -1n) + 1);
      resolve(true);
    },
    async retry() {
      resolve(false);
    },
  };
}

function withinBytes(records: readonly LogRecord[]): LogRecord[] {
  let bytes = 0;
  const fits = records.findIndex((r) => (bytes += r.value.byteLength) > BYTES_PER_DELIVERY);
  return fits === -1 ? [...records] : records.slice(0, Math.max(1, fits));
}

function appended(store: LocalStore, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      off();
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const off = store.onAppend(done);
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
