import { asError, RetryableError } from "@inferledger/runtime";
import { refuseOversize, type Log, type NewRecord } from "../stream.ts";
import { openLocalStore, type Append } from "./local-store.ts";
import { createLocalSubscriber } from "./local-subscriber.ts";

export interface LocalLogOptions {
  readonly folder: string;
  readonly now: () => number;
  /** Records that every group has acknowledged are kept this long, for replays. */
  readonly retentionMs?: number;
  /** Above this, publishing is refused until the worker has caught up. */
  readonly maxBytes?: number;
}

const WEEK_MS = 7 * 86_400_000;
const TRIM_EVERY_MS = 60_000;
const TRIM_ROWS = 500;

interface Waiting extends Append {
  readonly resolve: () => void;
  readonly reject: (cause: Error) => void;
}

/**
 * The embedded log: one SQLite database, one partition a topic. All publishes that wait are one transaction
 * with a flush to disk, so resolved = durable and many small requests share one flush. One process owns it.
 * @throws PermanentError when another process has it open, or the folder cannot be written
 */
export async function openLocalLog(options: LocalLogOptions): Promise<Log> {
  const store = await openLocalStore(options);
  let queue: Waiting[] = [];
  let scheduled = false;
  let trimmedAt = options.now();
  const trimNowAndThen = (): void => {
    if (options.now() - trimmedAt <= TRIM_EVERY_MS) return;
    trimmedAt = options.now();
    store.trim(trimmedAt - (options.retentionMs ?? WEEK_MS), TRIM_ROWS);
  };
  const commit = (): void => {
    scheduled = false;
    const batch = queue;
    queue = [];
    try {
      store.append(batch);
    } catch (thrown) {
      const cause = new RetryableError(`the log cannot be written: ${asError(thrown).message}`, { cause: thrown });
      for (const waiting of batch) waiting.reject(cause);
      return;
    }
    for (const waiting of batch) waiting.resolve();
    trimNowAndThen();
  };
  const enqueue = (topic: string, records: readonly NewRecord[]): Promise<void> =>
    new Promise((resolve, reject) => {
      queue.push({ topic, records, resolve, reject });
      if (!scheduled) setImmediate(commit);
      scheduled = true;
    });
  return {
    async publish(topic, records) {
      refuseOversize(records);
      if (store.bytes() > (options.maxBytes ?? 64 * 2 ** 30))
        throw new RetryableError("the log is full: the pricing worker has to catch up first");
      await enqueue(topic, records);
    },
    subscribe: (subscription) => createLocalSubscriber(store, subscription),
    lag: async ({ group, topics }) => topics.reduce((sum, topic) => sum + store.lag(group, topic), 0n),
    pending: async ({ group, topics }, tenant) =>
      topics.reduce((sum, topic) => sum + store.pending({ group, topic, tenant }), 0),
    async close() {
      if (scheduled) await new Promise((resolve) => setImmediate(resolve));
      store.close();
    },
  };
}
