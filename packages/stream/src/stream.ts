import { PermanentError } from "@inferledger/runtime";

/**
 * The log, as the services see it. A record is acknowledged only when it is durable; a delivery is
 * handed out again, in any batching, until its `ack` has resolved. Partitions are ordered, topics are not.
 */

/** What is appended. `value` at most 900 kB; one JSON object per line on our own topics. */
export interface NewRecord {
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

/** What was appended. `time` is the log's own append time in milliseconds and never goes back within a partition. */
export interface LogRecord extends NewRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly time: number;
}

/** Consecutive records of one partition. Exactly one of `ack` and `retry` is called, once. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Commits the position after the last record. */
  ack(): Promise<void>;
  /** Gives the records back; they are delivered again, after a pause. */
  retry(cause: Error): Promise<void>;
}

export interface Subscriber {
  /** Ends when the signal aborts and the delivery in hand is settled. */
  deliveries(signal: AbortSignal): AsyncIterable<Delivery>;
}

export interface Publisher {
  /** Resolved = every record durable. @throws RetryableError when the log is away or slow */
  publish(topic: string, records: readonly NewRecord[]): Promise<void>;
}

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
}

/** One log; opened by a main.ts, closed when its service has stopped. */
export interface Log extends Publisher {
  subscribe(subscription: Subscription): Subscriber;
  /** How many records a group has not acknowledged yet, over these topics. */
  lag(subscription: Subscription): Promise<bigint>;
  /** Sightings of a tenant in records that the group has not acknowledged, as their receipts say. */
  pending(subscription: Subscription, tenant: string): Promise<number>;
  /** Removes a group's consumer resources and waits for what is in flight. */
  close(): Promise<void>;
}

export const MAX_RECORD_BYTES = 900_000;

/** @throws PermanentError when a record is larger than a broker takes */
export function refuseOversize(records: readonly NewRecord[]): void {
  const large = records.find((r) => r.value.byteLength > MAX_RECORD_BYTES);
  if (large)
    throw new PermanentError(
      `a record of ${large.value.byteLength} bytes is over the limit of ${MAX_RECORD_BYTES}`,
      "cut it into smaller records",
    );
}
