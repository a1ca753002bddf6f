import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startInferledger, type Running } from "./support/inferledger.ts";

const KEY = "correct-horse-battery";
let folder: string;
let running: Running;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inferledger-key-"));
  writeFileSync(join(folder, "key"), `${KEY}\n`);
  running = await startInferledger({
    INFERLEDGER_HOST: "0.0.0.0",
    INFERLEDGER_ADMIN_KEY_FILE: join(folder, "key"),
  });
}, 60_000);
afterAll(async () => {
  await running.remove();
  rmSync(folder, { recursive: true });
});

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const status = async (url: string, headers: Record<string, string> = {}, body?: string): Promise<number> =>
  (await fetch(url, { headers, ...(body === undefined ? {} : { method: "POST", body }) })).status;

describe("beyond loopback", () => {
  test("the api, the collector and the door ask for the key, and tell their health without one", async () => {
    const spend = `${running.api}/api/v1/spend?from=2026-01-01&to=2026-02-01`;
    expect([await status(spend), await status(spend, bearer("wrong")), await status(spend, bearer(KEY))]).toEqual([
      401, 401, 200,
    ]);
    const json = { "content-type": "application/json" };
    const traces = `${running.otlp}/v1/traces`;
    expect([await status(traces, json, "{}"), await status(traces, { ...json, ...bearer(KEY) }, "{}")]).toEqual([
      401, 200,
    ]);
    const sql = `${running.door}/?query=SELECT+1`;
    const basic = { authorization: `Basic ${btoa(`default:${KEY}`)}` };
    expect([
      await status(sql),
      await status(sql, bearer("wrong")),
      await status(sql, basic),
      await status(sql, { "x-clickhouse-key": KEY }),
    ]).toEqual([403, 403, 200, 200]);
    for (const url of [running.api, running.otlp]) expect(await status(`${url}/readyz`)).toBe(200);
  });

  test("the key is in no output", () => {
    expect(running.output()).not.toContain(KEY);
  });
});

describe("on loopback, without keys", () => {
  test("another site's page cannot ask by DNS rebinding", async () => {
    const own = await startInferledger();
    const asked = (url: string, host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request(url, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .once("error", reject)
          .end();
      });
    try {
      for (const url of [`${own.api}/api/v1/boards`, `${own.door}/?query=SELECT+1`]) {
        expect(await asked(url, "attacker.example")).toBeGreaterThanOrEqual(400);
        expect(await asked(url, `localhost:${new URL(url).port}`)).toBe(200);
      }
    } finally {
      await own.remove();
    }
  }, 60_000);
});
