import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClickHouseClient } from "@clickhouse/client";
import { startEngine, type Engine } from "../engine/index.ts";
import { createStoreClient } from "./client.ts";
import { createStore } from "./create-store.ts";
import { migrate } from "./migrate.ts";
import { storeContract } from "./store.contract.ts";

storeContract("the embedded engine", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inferledger-store-"));
  const engine = await startEngine({ folder, onExit: () => undefined });
  const store = createStore({ client: createStoreClient(engine), now: Date.now });
  await store.migrate();
  return {
    store,
    async end() {
      await store.close();
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe("migrations", () => {
  let folder: string;
  let engine: Engine;
  let client: ClickHouseClient;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "inferledger-migrate-"));
    engine = await startEngine({ folder: join(folder, "data"), onExit: () => undefined });
    client = createStoreClient(engine);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("go forward only: a changed one and one of a newer release are refused, with the way out", async () => {
    const own = new URL(`${pathToFileURL(folder).href}/`);
    const write = (name: string, sql: string): void => writeFileSync(new URL(name, own), sql);
    write("0001_first.sql", "CREATE TABLE IF NOT EXISTS inferledger.a (x UInt8) ENGINE = Memory;\n");
    write("0002_second.sql", "-- more\nCREATE TABLE IF NOT EXISTS inferledger.b (x UInt8) ENGINE = Memory;\n");
    await migrate(client, own);
    await migrate(client, own);
    write("0001_first.sql", "CREATE TABLE IF NOT EXISTS inferledger.a (x UInt16) ENGINE = Memory;\n");
    await expect(migrate(client, own)).rejects.toThrow("0001_first.sql was changed after it had been applied");
  });

  test("a ledger of a newer release is not touched", async () => {
    const older = new URL(`${pathToFileURL(mkdtempSync(join(folder, "older-"))).href}/`);
    await expect(migrate(client, older)).rejects.toThrow("which this release does not know");
  });
});
