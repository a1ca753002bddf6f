import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import type { Delivery, LogRecord, Subscriber, Subscription } from "../stream.ts";
import { createHandover, type Handover } from "./handover.ts";

const BYTES_PER_PARTITION = 8 * 2 ** 20;
const HEARTBEAT_MS = 10_000;

/** Reads a group's partitions; `consumers` holds those that are connected, so that closing the log ends them. */
export function createKafkaSubscriber(kafka: Kafka, subscription: Subscription, consumers: Set<Consumer>): Subscriber {
  return {
    async *deliveries(signal) {
      const handover = createHandover();
      const consumer = kafka.consumer({
        groupId: subscription.group,
        sessionTimeout: 45_000,
        rebalanceTimeout: 60_000,
        maxBytesPerPartition: BYTES_PER_PARTITION,
        allowAutoTopicCreation: false,
      });
      consumers.add(consumer);
      consumer.on("consumer.crash", ({ payload }) => {
        // A fault that kafkajs restarts after by itself is no reason to end.
        if (!payload.restart) handover.fail(payload.error);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => offer(payload, consumer, handover),
      });
      signal.addEventListener("abort", () => handover.end());
      if (signal.aborted) handover.end();
      yield* handover.deliveries;
      await consumer.disconnect();
      consumers.delete(consumer);
    },
  };
}

/** Hands a batch to the worker and waits until it is settled; heartbeats go on meanwhile. */
async function offer(payload: EachBatchPayload, consumer: Consumer, handover: Handover): Promise<void> {
  const { batch } = payload;
  if (!payload.isRunning() || payload.isStale() || batch.messages.length === 0) return;
  const at = { topic: batch.topic, partition: batch.partition };
  const records = batch.messages.map((m) => toRecord(batch.topic, batch.partition, m));
  const last = records.at(-1)?.offset ?? 0n;
  const beating = setInterval(() => void payload.heartbeat().catch(() => undefined), HEARTBEAT_MS);
  const { promise: settled, resolve } = Promise.withResolvers<"done" | "again">();
  const delivery: Delivery = {
    ...at,
    records,
    async ack() {
      if (!payload.isStale()) {
        await consumer.commitOffsets([{ ...at, offset: String(last + 1n) }]);
        payload.resolveOffset(String(last));
      }
      resolve("done");
    },
    retry: async () => resolve("again"),
  };
  try {
    if (!(await handover.offer(delivery))) return;
    if ((await settled) === "again") consumer.seek({ ...at, offset: batch.firstOffset() ?? "0" });
  } finally {
    clearInterval(beating);
  }
}

const toRecord = (topic: string, partition: number, message: KafkaMessage): LogRecord => ({
  topic,
  partition,
  offset: BigInt(message.offset),
  time: Number(message.timestamp),
  headers: readHeaders(message),
  value: message.value ?? new Uint8Array(),
  ...(message.key === null ? {} : { key: message.key.toString("utf8") }),
});

export const readHeaders = (message: KafkaMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers ?? {}).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value),
    ]),
  );
