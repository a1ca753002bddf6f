import type { Admin, Kafka } from "kafkajs";
import { asError, pauseBeforeRetry, RetryableError } from "@inferledger/runtime";
import type { Subscription } from "../stream.ts";
import { acceptedOf } from "../accepted-of.ts";
import { readHeaders } from "./kafka-subscriber.ts";

const PATIENT_TRIES = 8;
const PENDING_PATIENCE_MS = 5000;

/** A broker that has just started says for seconds that its group coordinator is loading. @throws RetryableError when it goes on saying so */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (cause) {
      if (attempt >= PATIENT_TRIES)
        throw new RetryableError(`Kafka does not tell its offsets: ${asError(cause).message}`, { cause });
      await pauseBeforeRetry(attempt);
    }
  }
}

export async function readLag(admin: Admin, subscription: Subscription): Promise<bigint> {
  const open = await openOffsets(admin, subscription);
  return open.reduce((sum, { next, high }) => sum + (high - next), 0n);
}

interface OpenPartition {
  readonly topic: string;
  readonly partition: number;
  /** The first offset that the group has not committed. */
  readonly next: bigint;
  readonly high: bigint;
}

async function openOffsets(admin: Admin, { group, topics }: Subscription): Promise<OpenPartition[]> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const of = async (topic: string): Promise<OpenPartition[]> => {
    const known = committed.find((c) => c.topic === topic)?.partitions ?? [];
    const own = new Map(known.map((p) => [p.partition, BigInt(p.offset)]));
    return (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
      topic,
      partition,
      next: maxOf(own.get(partition) ?? -1n, BigInt(low)),
      high: BigInt(high),
    }));
  };
  return (await Promise.all(topics.map(of))).flat();
}

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Reads the receipts between the committed offsets and the heads, with a consumer of its own that commits nothing. */
export async function pendingSightings(of: {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly subscription: Subscription;
  readonly tenant: string;
}): Promise<number> {
  const open = (await openOffsets(of.admin, of.subscription)).filter((o) => o.high > o.next);
  if (open.length === 0) return 0;
  const left = new Map(open.map((o) => [`${o.topic}/${o.partition}`, o]));
  const consumer = of.kafka.consumer({
    groupId: `${of.subscription.group}-pending-${process.pid}-${open.length}`,
    allowAutoTopicCreation: false,
  });
  const { promise: allRead, resolve } = Promise.withResolvers<void>();
  let sightings = 0;
  await consumer.connect();
  await consumer.subscribe({ topics: [...new Set(open.map((o) => o.topic))], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      const key = `${topic}/${partition}`;
      const range = left.get(key);
      if (!range) return;
      const offset = BigInt(message.offset);
      if (offset >= range.next && offset < range.high) sightings += acceptedOf(readHeaders(message), of.tenant);
      if (offset >= range.high - 1n) left.delete(key);
      if (left.size === 0) resolve();
    },
  });
  for (const { topic, partition, next } of open) consumer.seek({ topic, partition, offset: String(next) });
  const patience = setTimeout(resolve, PENDING_PATIENCE_MS);
  await allRead;
  clearTimeout(patience);
  await consumer.disconnect();
  return sightings;
}
