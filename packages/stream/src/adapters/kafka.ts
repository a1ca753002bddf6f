import { Kafka, logLevel, type Admin, type Consumer, type Producer } from "kafkajs";
import { asError, PermanentError, RetryableError } from "@inferledger/runtime";
import { MAX_RECORD_BYTES, refuseOversize, type Log, type NewRecord } from "../stream.ts";
import { OWN_TOPICS } from "../topics.ts";
import { createKafkaSubscriber } from "./kafka-subscriber.ts";
import { patiently, pendingSightings, readLag } from "./kafka-offsets.ts";

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
  const consumers = new Set<Consumer>();
  await connect(options, { producer, admin });
  return {
    async publish(topic, records) {
      refuseOversize(records);
      try {
        for (const batch of withinRequest(records)) await send(producer, topic, batch);
      } catch (cause) {
        throw new RetryableError(`Kafka did not take the record: ${asError(cause).message}`, { cause });
      }
    },
    subscribe: (subscription) => createKafkaSubscriber(kafka, subscription, consumers),
    lag: (subscription) => patiently(() => readLag(admin, subscription)),
    pending: (subscription, tenant) => patiently(() => pendingSightings({ kafka, admin, subscription, tenant })),
    async close() {
      await Promise.allSettled([...consumers].map((c) => c.disconnect()));
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}

async function connect(
  options: KafkaLogOptions,
  { producer, admin }: { readonly producer: Producer; readonly admin: Admin },
): Promise<void> {
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
}

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

async function send(producer: Producer, topic: string, batch: readonly NewRecord[]): Promise<void> {
  await producer.send({
    topic,
    acks: -1,
    timeout: 30_000,
    messages: batch.map((r) => ({ key: r.key ?? null, value: Buffer.from(r.value), headers: { ...r.headers } })),
  });
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
