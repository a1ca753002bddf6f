import type { DatabaseSync } from "node:sqlite";
import { acceptedOf } from "../accepted-of.ts";
import type { LogRecord, NewRecord } from "../stream.ts";
import { openDatabase } from "./local-database.ts";

/** Records for one topic. */
export interface Append {
  readonly topic: string;
  readonly records: readonly NewRecord[];
}

/** The embedded log's tables. Every method is synchronous: node:sqlite is. */
export interface LocalStore {
  /** One transaction, flushed to disk when it returns. */
  append(batch: readonly Append[]): void;
  read(topic: string, from: number, limit: number): LogRecord[];
  /** The first offset that the group has not committed. */
  next(group: string, topic: string): number;
  commit(group: string, topic: string, next: number): void;
  /** The offset that the next record will have. */
  head(topic: string): number;
  lag(group: string, topic: string): bigint;
  pending(of: { readonly group: string; readonly topic: string; readonly tenant: string }): number;
  onAppend(listener: () => void): () => void;
  trim(before: number, rows: number): void;
  bytes(): number;
  close(): void;
}

/** @throws PermanentError when another process has it open, or the folder cannot be written */
export async function openLocalStore(options: {
  readonly folder: string;
  readonly now: () => number;
}): Promise<LocalStore> {
  const database = await openDatabase(options.folder);
  const listeners = new Set<() => void>();
  const appends = createAppends(database, options.now);
  const positions = createPositions(database);
  const lag = (group: string, topic: string): bigint => BigInt(appends.head(topic) - positions.next(group, topic));
  const waiting = database.prepare("SELECT headers FROM record WHERE topic = ? AND offset >= ?");
  return {
    ...positions,
    append(batch) {
      appends.append(batch);
      for (const listener of listeners) listener();
    },
    head: (topic) => appends.head(topic),
    read: createRead(database),
    lag,
    pending: ({ group, topic, tenant }) =>
      waiting
        .all(topic, positions.next(group, topic))
        .reduce((sum, row) => sum + acceptedOf(readHeaders(row.headers), tenant), 0),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    trim: createTrim(database),
    bytes: () => Number(database.prepare("PRAGMA page_count").get()?.page_count ?? 0) * 4096,
    close: () => database.close(),
  };
}

const readHeaders = (json: unknown): Record<string, string> => JSON.parse(String(json)) as Record<string, string>;

function createAppends(
  database: DatabaseSync,
  now: () => number,
): Pick<LocalStore, "append"> & { head(topic: string): number } {
  const insert = database.prepare(
    "INSERT INTO record (topic, offset, time, headers, key, value) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const saveHead = database.prepare(
    "INSERT INTO head (topic, next) VALUES (?, ?) ON CONFLICT (topic) DO UPDATE SET next = excluded.next",
  );
  const heads = new Map(
    database
      .prepare("SELECT topic, next FROM head")
      .all()
      .map((row) => [String(row.topic), Number(row.next)]),
  );
  let lastTime = Number(database.prepare("SELECT max(time) AS time FROM record").get()?.time ?? 0);
  const appendTo = ({ topic, records }: Append, from: number): number => {
    let offset = from;
    for (const r of records) insert.run(topic, offset++, lastTime, JSON.stringify(r.headers), r.key ?? null, r.value);
    saveHead.run(topic, offset);
    return offset;
  };
  return {
    head: (topic) => heads.get(topic) ?? 0,
    append(batch) {
      // The log's clock never goes back.
      lastTime = Math.max(lastTime, now());
      const moved = new Map<string, number>();
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const one of batch) moved.set(one.topic, appendTo(one, moved.get(one.topic) ?? heads.get(one.topic) ?? 0));
        database.exec("COMMIT");
      } catch (thrown) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw thrown;
      }
      for (const [topic, offset] of moved) heads.set(topic, offset);
    },
  };
}

function createPositions(database: DatabaseSync): Pick<LocalStore, "next" | "commit"> {
  const committed = database.prepare("SELECT next FROM position WHERE grp = ? AND topic = ?");
  const save = database.prepare(
    "INSERT INTO position (grp, topic, next) VALUES (?, ?, ?) ON CONFLICT (grp, topic) DO UPDATE SET next = excluded.next",
  );
  return {
    next: (group, topic) => Number(committed.get(group, topic)?.next ?? 0),
    commit: (group, topic, next) => void save.run(group, topic, next),
  };
}

function createRead(database: DatabaseSync): LocalStore["read"] {
  const select = database.prepare(
    "SELECT offset, time, headers, key, value FROM record WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?",
  );
  return (topic, from, limit) =>
    select.all(topic, from, limit).map((row) => ({
      topic,
      partition: 0,
      offset: BigInt(Number(row.offset)),
      time: Number(row.time),
      headers: readHeaders(row.headers),
      value: row.value as Uint8Array,
      ...(row.key === null ? {} : { key: String(row.key) }),
    }));
}

/** Deletes old records that every group has passed, a few at a time. */
function createTrim(database: DatabaseSync): LocalStore["trim"] {
  const remove = database.prepare(
    `DELETE FROM record WHERE rowid IN (SELECT r.rowid FROM record r WHERE r.time < ?
      AND r.offset < (SELECT coalesce(min(next), 0) FROM position p WHERE p.topic = r.topic) LIMIT ?)`,
  );
  return (before, rows) => void remove.run(before, rows);
}
