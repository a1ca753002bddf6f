import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { asError, PermanentError } from "@inferledger/runtime";

const LOCK_TRIES = 25;
const LOCK_PAUSE_MS = 200;

/** @throws PermanentError when another process owns the folder for five seconds, or it cannot be written */
export async function openDatabase(folder: string): Promise<DatabaseSync> {
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
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA wal_autocheckpoint = 4000;
      BEGIN EXCLUSIVE;
      CREATE TABLE IF NOT EXISTS record (
        topic TEXT NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL,
        headers TEXT NOT NULL, key TEXT, value BLOB NOT NULL, PRIMARY KEY (topic, offset)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS head (topic TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS position (
        grp TEXT NOT NULL, topic TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (grp, topic)
      ) STRICT;
      COMMIT;`);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
