import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import { PermanentError } from "@inferledger/runtime";

const FOLDER = new URL("../migrations/", import.meta.url);

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly statements: readonly string[];
}

/**
 * Brings the schema forward. Every statement can be run twice, so a kill in the middle or two processes at
 * once do no harm.
 * @throws PermanentError when an applied migration was changed, or the database is newer than this release
 */
export async function migrate(client: ClickHouseClient, folder: URL = FOLDER): Promise<void> {
  await client.command({ query: "CREATE DATABASE IF NOT EXISTS inferledger" });
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS inferledger.schema_migrations
      (number UInt32, name String, sha256 String, applied_at DateTime64(3,'UTC') DEFAULT now64(3))
      ENGINE = ReplacingMergeTree ORDER BY number`,
  });
  const applied = await readApplied(client);
  const migrations = await readMigrations(folder);
  refuseForeign(applied, migrations);
  for (const migration of migrations) if (!applied.has(migration.number)) await apply(client, migration);
}

async function readApplied(client: ClickHouseClient): Promise<Map<number, string>> {
  const result = await client.query({
    query: "SELECT number, sha256 FROM inferledger.schema_migrations FINAL",
    format: "JSONEachRow",
  });
  const rows = await result.json<{ number: number; sha256: string }>();
  return new Map(rows.map((r) => [r.number, r.sha256]));
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((n) => /^\d{4}_\w+\.sql$/.test(n)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), "utf8");
      const statements = sql
        .split(/;\s*\n/)
        .map((s) => s.replace(/^\s*--.*$/gm, "").trim())
        .filter((s) => s !== "");
      return {
        number: Number(name.slice(0, 4)),
        name,
        sha256: createHash("sha256").update(sql).digest("hex"),
        statements,
      };
    }),
  );
}

function refuseForeign(applied: ReadonlyMap<number, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((m) => [m.number, m]));
  for (const [number, sha256] of applied) {
    const migration = known.get(number);
    if (!migration)
      throw new PermanentError(
        `the ledger has schema ${number}, which this release does not know`,
        "start the newer release that made it; schemas only go forward",
      );
    if (migration.sha256 !== sha256)
      throw new PermanentError(
        `migration ${migration.name} was changed after it had been applied`,
        "restore the file; a change of the schema is a new migration",
      );
  }
}

async function apply(client: ClickHouseClient, migration: Migration): Promise<void> {
  for (const query of migration.statements) await client.command({ query });
  await client.insert({
    table: "inferledger.schema_migrations",
    format: "JSONEachRow",
    values: [{ number: migration.number, name: migration.name, sha256: migration.sha256 }],
  });
}
