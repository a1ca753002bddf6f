import { Kafka, logLevel, type Consumer, type EachBatchPayload, type KafkaMessage } from "kafkajs";
import { asError, pauseBeforeRetry, PermanentError, RetryableError } from "@inferledger/runtime";
import { receiptSchema } from "@inferledger/events";
import { RECEIPT_HEADER, OWN_TOPICS, TENANT_HEADER } from "../topics.ts";
import {
  MAX_RECORD_BYTES,
  type Delivery,
  type Log,
  type LogRecord,
  type NewRecord,
  type Subscription,
} from "../stream.ts";
import { createHandover, type Handover } from "./handover.ts";

export interface KafkaLogOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: boolean;
  /** Of topics that are made here: those that exist stay as they are. */
  readonly partitions?: number;
  readonly replicationFactor?: number;
}

/**
 * The log on Kafka: acks from all replicas, offsets committed only by `ack`. Our topics carry the broker's own
 * append time. @throws PermanentError when no broker answers
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: options.ssl ?? false,
    logLevel: logLevel.NOTHING,
    enforceRequestTimeout: true,
    retry: { retries: 8 },
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await ensureTopics(admin, options);
    await producer.connect();
  } catch (cause) {
    throw new PermanentError(
      `no Kafka at ${options.brokers.join(",")}: ${asError(cause).message}`,
      "start Kafka (npm run kafka), or set INFERLEDGER_KAFKA_BROKERS",
      { cause },
    );
  }
  const consumers: Consumer[] = [];
  return {
    async publish(topic, records) {
      const large = records.find((r) => r.value.byteLength > MAX_RECORD_BYTES);
      if (large)
        throw new PermanentError(
          `a record of ${large.value.byteLength} bytes is over the limit of ${MAX_RECORD_BYTES}`,
          "cut it into smaller records",
        );
      try {
        for (const batch of withinRequest(records))
          await producer.send({
            topic,
            acks: -1,
            timeout: 30_000,
            messages: batch.map((r) => ({
              key: r.key ?? null,
              value: Buffer.from(r.value),
              headers: { ...r.headers },
            })),
          });
      } catch (cause) {
        throw new RetryableError(`Kafka did not take the record: ${asError(cause).message}`, { cause });
      }
    },
    subscribe: (subscription) => ({
      async *deliveries(signal) {
        const handover = createHandover();
        const consumer = kafka.consumer({
          groupId: subscription.group,
          sessionTimeout: 45_000,
          rebalanceTimeout: 60_000,
          maxBytesPerPartition: 8 * 2 ** 20,
          allowAutoTopicCreation: false,
        });
        consumers.push(consumer);
        await consumer.connect();
        await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: (payload) => offer(payload, consumer, handover),
        });
        consumer.on("consumer.crash", ({ payload }) => handover.fail(payload.error));
        signal.addEventListener("abort", () => handover.end());
        if (signal.aborted) handover.end();
        yield* handover.deliveries;
        await consumer.disconnect();
      },
    }),
    lag: (subscription) => patiently(() => readLag(admin, subscription)),
    pending: (subscription, tenant) => patiently(() => pendingSightings(kafka, { admin, subscription, tenant })),
    async close() {
      await Promise.allSettled(consumers.map((c) => c.disconnect()));
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}

const PATIENT_TRIES = 8;

/** A broker that has just started says for seconds that its group coordinator is loading. @throws RetryableError when it goes on saying so */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
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

type Admin = ReturnType<Kafka["admin"]>;

async function ensureTopics(admin: Admin, options: KafkaLogOptions): Promise<void> {
  const known = new Set(await admin.listTopics());
  const topics = OWN_TOPICS.filter((t) => !known.has(t)).map((topic) => ({
    topic,
    numPartitions: options.partitions ?? 4,
    replicationFactor: options.replicationFactor ?? 1,
    configEntries: [{ name: "message.timestamp.type", value: "LogAppendTime" }],
  }));
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true });
}

/** A produce request holds several records, but stays below the broker's limit of 1 MB. */
function* withinRequest(records: readonly NewRecord[]): Generator<NewRecord[]> {
  let batch: NewRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (batch.length > 0 && bytes + record.value.byteLength > MAX_RECORD_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += record.value.byteLength;
  }
  if (batch.length > 0) yield batch;
}

/** Hands a batch to the worker and waits until it is settled; heartbeats go on meanwhile. */
async function offer(payload: EachBatchPayload, consumer: Consumer, handover: Handover): Promise<void> {
  const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
  if (!isRunning() || isStale() || batch.messages.length === 0) return;
  const records = batch.messages.map((m) => toRecord(batch.topic, batch.partition, m));
  const last = records.at(-1)?.offset ?? 0n;
  const beating = setInterval(() => void heartbeat().catch(() => undefined), 10_000);
  const { promise, resolve } = Promise.withResolvers<"done" | "again">();
  const delivery: Delivery = {
    topic: batch.topic,
    partition: batch.partition,
    records,
    async ack() {
      if (!isStale()) {
        await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(last + 1n) }]);
        resolveOffset(String(last));
      }
      resolve("done");
    },
    retry: async () => resolve("again"),
  };
  try {
    if (!(await handover.offer(delivery))) return;
    if ((await promise) === "again")
      consumer.seek({ topic: batch.topic, partition: batch.partition, offset: batch.firstOffset() ?? "0" });
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

const readHeaders = (message: KafkaMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers ?? {}).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value.at(-1) : value),
    ]),
  );

async function readLag(admin: Admin, { group, topics }: Subscription): Promise<bigint> {
  let lag = 0n;
  for (const { offsets } of await openOffsets(admin, { group, topics }))
    for (const { next, high } of offsets) lag += high - next;
  return lag;
}

async function openOffsets(
  admin: Admin,
  { group, topics }: Subscription,
): Promise<{ topic: string; offsets: { partition: number; next: bigint; high: bigint }[] }[]> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  return Promise.all(
    topics.map(async (topic) => {
      const own = new Map(
        committed.find((c) => c.topic === topic)?.partitions.map((p) => [p.partition, BigInt(p.offset)]),
      );
      const heads = await admin.fetchTopicOffsets(topic);
      return {
        topic,
        offsets: heads.map((h) => ({
          partition: h.partition,
          next: maxOf(own.get(h.partition) ?? -1n, BigInt(h.low)),
          high: BigInt(h.high),
        })),
      };
    }),
  );
}

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Reads the receipts between the committed offsets and the heads, with a consumer of its own that commits nothing. */
async function pendingSightings(
  kafka: Kafka,
  {
    admin,
    subscription,
    tenant,
  }: { readonly admin: Admin; readonly subscription: Subscription; readonly tenant: string },
): Promise<number> {
  const open = (await openOffsets(admin, subscription)).flatMap(({ topic, offsets }) =>
    offsets.filter((o) => o.high > o.next).map((o) => ({ topic, ...o })),
  );
  if (open.length === 0) return 0;
  const left = new Map(open.map((o) => [`${o.topic}/${o.partition}`, o]));
  const consumer = kafka.consumer({
    groupId: `${subscription.group}-pending-${process.pid}-${open.length}`,
    allowAutoTopicCreation: false,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
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
      if (offset >= range.next && offset < range.high) sightings += accepted(readHeaders(message), tenant);
      if (offset >= range.high - 1n) left.delete(key);
      if (left.size === 0) resolve();
    },
  });
  for (const { topic, partition, next } of open) consumer.seek({ topic, partition, offset: String(next) });
  const patience = setTimeout(resolve, 5000);
  await promise;
  clearTimeout(patience);
  await consumer.disconnect();
  return sightings;
}

function accepted(headers: Readonly<Record<string, string>>, tenant: string): number {
  const receipt =
    headers[RECEIPT_HEADER] === undefined ? undefined : receiptSchema.safeParse(JSON.parse(headers[RECEIPT_HEADER]));
  if (!receipt?.success) return (headers[TENANT_HEADER] ?? "default") === tenant ? 1 : 0;
  return receipt.data.tenant === tenant ? receipt.data.accepted : 0;
}
