import { MAX_RECORD_BYTES, type LogRecord, type Publisher } from "./stream.ts";
import { DEAD_LETTER_TOPIC, ORIGIN_HEADER, REASON_HEADER } from "./topics.ts";

/** Where records go that cannot be read: kept whole, with why and from where, so that they can be replayed. */
export interface DeadLetter {
  /** Resolved = durable: the original may be acknowledged. `reason` is a bounded label, `note` says what is wrong. */
  send(record: LogRecord, reason: string, note: string): Promise<void>;
}

export const createDeadLetter = (publisher: Publisher): DeadLetter => ({
  async send(record, reason, note) {
    const origin = `${record.topic}/${record.partition}/${record.offset}`;
    const headers = { ...record.headers, [REASON_HEADER]: `${reason}: ${note.slice(0, 500)}`, [ORIGIN_HEADER]: origin };
    await publisher.publish(DEAD_LETTER_TOPIC, [
      {
        headers,
        value: record.value.subarray(0, MAX_RECORD_BYTES),
        ...(record.key === undefined ? {} : { key: record.key }),
      },
    ]);
  },
});
