import { readSecretFile, text, type Settings, type Values } from "@inferledger/runtime";
import { z } from "zod";
import { createStoreClient } from "./client.ts";
import { createStore } from "./create-store.ts";
import type { Store } from "./store.ts";

export const clickHouseSettings = {
  clickhouseUrl: {
    variable: "INFERLEDGER_CLICKHOUSE_URL",
    schema: z.url({ error: "must be a URL such as http://127.0.0.1:8123" }).default("http://127.0.0.1:8123"),
    help: "ClickHouse HTTP endpoint",
  },
  clickhouseUser: { variable: "INFERLEDGER_CLICKHOUSE_USER", schema: text("default"), help: "ClickHouse user" },
  clickhousePasswordFile: {
    variable: "INFERLEDGER_CLICKHOUSE_PASSWORD_FILE",
    schema: z.string().optional(),
    help: "file that holds the ClickHouse password; none when unset",
  },
} satisfies Settings;

/** The store on a ClickHouse server, its schema up to date. @throws PermanentError when the password file cannot be read */
export async function openServerStore(config: Values<typeof clickHouseSettings>, now: () => number): Promise<Store> {
  const password =
    config.clickhousePasswordFile === undefined
      ? ""
      : readSecretFile("INFERLEDGER_CLICKHOUSE_PASSWORD_FILE", config.clickhousePasswordFile);
  const client = createStoreClient({ url: config.clickhouseUrl, username: config.clickhouseUser, password });
  const store = createStore({ client, now });
  await store.migrate();
  return store;
}
