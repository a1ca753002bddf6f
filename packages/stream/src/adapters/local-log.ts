import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { asError, PermanentError, RetryableError } from "@inferledger/runtime";
import { MAX_RECORD_BYTES, type Log, type NewRecord } from "../stream.ts";
import { receiptSchema } from "@inferledger/events";
import { RECEIPT_HEADER, TENANT_HEADER } from "../topics.ts";
import { createLocalSubscriber, type LocalStore } from "./local-subscriber.ts";

export interface LocalLogOptions {
  readonly folder: string;
  readonly now: () => number;
  /** Records that every group has acknowledged are kept this long, for replays. */
  readonly retentionMs?: number;
  /** Above this, publishing is refused until the worker has caught up. */
  readonly maxBytes?: number;
}

const WEEK_MS = 7 * 86_400_000;
const LOCK_TRIES = 25;
const LOCK_PAUSE_MS = 200;
const TRIM_EVERY_MS = 60_000;
const TRIM_ROWS = 500;

interface Waiting {
  readonly topic: string;
  readonly records: readonly NewRecord[];
  readonly resolve: () => void;
  readonly reject: (cause: Error) => void;
}

/**
 * The embedded log: one SQLite database, one partition a topic. All publishes that wait are one transaction
 * with a flush to disk, so resolved = durable and many small requests share one flush. One process owns it.
 * @throws PermanentError when another process has it open, or the folder cannot be written
 */
export async function openLocalLog(options: LocalLogOptions): Promise<Log> {
  const store = await openStore(options);
  let queue: Waiting[] = [];
  let scheduled = false;
  let trimmedAt = options.now();
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
    if (options.now() - trimmedAt > TRIM_EVERY_MS) {
      trimmedAt = options.now();
      store.trim(trimmedAt - (options.retentionMs ?? WEEK_MS), TRIM_ROWS);
    }
  };
  return {
    async publish(topic, records) {
      refuseOversize(records);
      if (store.bytes() > (options.maxBytes ?? 64 * 2 ** 30))
        throw new RetryableError("the log is full: the pricing worker has to catch up first");
      await new Promise<void>((resolve, reject) => {
        queue.push({ topic, records, resolve, reject });
        if (!scheduled) setImmediate(commit);
        scheduled = true;
      });
    },
    subscribe: (subscription) => createLocalSubscriber(store, subscription),
    lag: async ({ group, topics }) => topics.reduce((sum, topic) => sum + store.lag(group, topic), 0n),
    pending: async ({ group, topics }, tenant) =>
      topics.reduce((sum, topic) => sum + store.pending(group, topic, tenant), 0),
    async close() {
      if (scheduled) await new Promise((resolve) => setImmediate(resolve));
      store.close();
    },
  };
}

function refuseOversize(records: readonly NewRecord[]): void {
  const large = records.find((r) => r.value.byteLength > MAX_RECORD_BYTES);
  if (large)
    throw new PermanentError(
      `a record of ${large.value.byteLength} bytes is over the limit of ${MAX_RECORD_BYTES}`,
      "cut it into smaller records",
    );
}

async function openStore(
  options: LocalLogOptions,
): Promise<
  LocalStore & {
    append(batch: readonly Waiting[]): void;
    trim(before: number, rows: number): void;
    bytes(): number;
    pending(group: string, topic: string, tenant: string): number;
    close(): void;
  }
> {
  const database = await openDatabase(options.folder);
  const insert = database.prepare(
    "INSERT INTO record (topic, offset, time, headers, key, value) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const select = database.prepare(
    "SELECT offset, time, headers, key, value FROM record WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?",
  );
  const committed = database.prepare("SELECT next FROM position WHERE grp = ? AND topic = ?");
  const commit = database.prepare(
    "INSERT INTO position (grp, topic, next) VALUES (?, ?, ?) ON CONFLICT (grp, topic) DO UPDATE SET next = excluded.next",
  );
  const last = new Map<string, number>(
    database
      .prepare("SELECT topic, next FROM head")
      .all()
      .map((r) => [String(r.topic), Number(r.next)]),
  );
  const saveHead = database.prepare(
    "INSERT INTO head (topic, next) VALUES (?, ?) ON CONFLICT (topic) DO UPDATE SET next = excluded.next",
  );
  const waiting = database.prepare("SELECT headers FROM record WHERE topic = ? AND offset >= ?");
  const listeners = new Set<() => void>();
  let lastTime = Number(database.prepare("SELECT max(time) AS time FROM record").get()?.time ?? 0);
  const next = (group: string, topic: string): number => Number(committed.get(group, topic)?.next ?? 0);
  const append = (batch: readonly Waiting[]): void => {
    lastTime = Math.max(lastTime, options.now());
    const heads = new Map(last);
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const { topic, records } of batch) {
        let offset = heads.get(topic) ?? 0;
        for (const r of records)
          insert.run(topic, offset++, lastTime, JSON.stringify(r.headers), r.key ?? null, r.value);
        heads.set(topic, offset);
        saveHead.run(topic, offset);
      }
      database.exec("COMMIT");
    } catch (thrown) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw thrown;
    }
    for (const [topic, offset] of heads) last.set(topic, offset);
    for (const listener of listeners) listener();
  };
  return {
    append,
    read: (topic, from, limit) =>
      select.all(topic, from, limit).map((row) => ({
        topic,
        partition: 0,
        offset: BigInt(Number(row.offset)),
        time: Number(row.time),
        headers: JSON.parse(String(row.headers)) as Record<string, string>,
        value: row.value as Uint8Array,
        ...(row.key === null ? {} : { key: String(row.key) }),
      })),
    next,
    commit: (group, topic, position) => void commit.run(group, topic, position),
    lag: (group, topic) => BigInt((last.get(topic) ?? 0) - next(group, topic)),
    pending: (group, topic, tenant) =>
      waiting
        .all(topic, next(group, topic))
        .reduce((sum, row) => sum + pendingOf(JSON.parse(String(row.headers)) as Record<string, string>, tenant), 0),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    trim: (before, rows) => trim(database, before, rows),
    bytes: () => Number(database.prepare("PRAGMA page_count").get()?.page_count ?? 0) * 4096,
    close: () => database.close(),
  };
}

/** Deletes old records that every group has passed, a few at a time. */
function trim(database: DatabaseSync, before: number, rows: number): void {
  database
    .prepare(`DELETE FROM record WHERE rowid IN (SELECT r.rowid FROM record r WHERE r.time < ?
    AND r.offset < (SELECT coalesce(min(next), 0) FROM position p WHERE p.topic = r.topic) LIMIT ?)`)
    .run(before, rows);
}

async function openDatabase(folder: string): Promise<DatabaseSync> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return openOnce(folder);
    } catch (thrown) {
      const cause = asError(thrown);
      if (!/locked|busy/i.test(cause.message))
        throw new PermanentError(
          `cannot open the log in ${folder}: ${cause.message}`,
          "give this user the right to write it, or set INFERLEDGER_DATA to another folder",
          { cause },
        );
      if (attempt >= LOCK_TRIES)
        throw new PermanentError(
          `another inferledger is using ${folder}`,
          "stop it, or set INFERLEDGER_DATA to another folder",
          { cause },
        );
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

/** The exclusive lock is the operating system's: it ends with the process, however that ends. */
function openOnce(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, "log.sqlite"));
  try {
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA wal_autocheckpoint = 4000;
      BEGIN EXCLUSIVE;
      CREATE TABLE IF NOT EXISTS record (topic TEXT NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, headers TEXT NOT NULL, key TEXT, value BLOB NOT NULL, PRIMARY KEY (topic, offset)) STRICT;
      CREATE TABLE IF NOT EXISTS head (topic TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS position (grp TEXT NOT NULL, topic TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (grp, topic)) STRICT;
      COMMIT;`);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** A record without a receipt counts as one: how many lines it has is found when it is read. */
function pendingOf(headers: Readonly<Record<string, string>>, tenant: string): number {
  const receipt =
    headers[RECEIPT_HEADER] === undefined ? undefined : receiptSchema.safeParse(JSON.parse(headers[RECEIPT_HEADER]));
  if (!receipt?.success) return (headers[TENANT_HEADER] ?? "default") === tenant ? 1 : 0;
  return receipt.data.tenant === tenant ? receipt.data.accepted : 0;
}
