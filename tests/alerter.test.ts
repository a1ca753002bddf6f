import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate, type AlerterDeps } from "@inferledger/alerter";
import { readUsd, sightingSchema } from "@inferledger/events";
import { createStore, createStoreClient, type Store } from "@inferledger/store";
import { startEngine, type Engine } from "@inferledger/store/engine";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 9, 20, 12, 30);

let folder: string;
let engine: Engine;
let store: Store;
let hook: Server;
let answer = 204;
const posted: { id: string; kind: string; team: string; tenant: string; amount: string; text: string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inferledger-alerter-"));
  engine = await startEngine({ folder, onExit: () => undefined });
  store = createStore({ client: createStoreClient(engine), now: Date.now });
  await store.migrate();
  hook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (answer === 204) posted.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof posted)[number]);
      response.writeHead(answer).end();
    });
  }).listen(0, "127.0.0.1");
  await once(hook, "listening");
}, 60_000);
afterAll(async () => {
  hook.close();
  await store.close();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const warnings: string[] = [];
const deps = (now: number, allow: readonly string[] = ["127.0.0.1"]): AlerterDeps => ({
  store,
  now: () => now,
  webhookUrl: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`,
  webhookAllow: allow,
  notices: { notice: () => undefined, info: () => undefined, warn: (_fact, text) => void warnings.push(text) },
});

let written = 0;
async function spend(tenant: string, at: number, usd: string): Promise<void> {
  written += 1;
  const sighting = sightingSchema.parse({
    kind: "usage",
    tenant,
    call_key: written.toString(16).padStart(16, "0"),
    sight: 1,
    time: at,
    signal: "span",
    dialect: "genai",
    evidence: "exact",
    precedence: 50,
    tokens: { input_uncached: 1 },
    attribution: { team: "search" },
  });
  await store.write({
    writer: "test/0",
    seq: BigInt(written),
    rows: [
      {
        sighting,
        price: { kind: "priced", amount: readUsd(usd), model: "m", priceVersion: 1 },
        arrived: at,
        topicPartition: "test/0",
        offset: BigInt(written),
        line: 0,
      },
    ],
    links: [],
    points: [],
    samples: [],
    receipts: [],
  });
}

const declare = (kind: "budget" | "spike_rule", tenant: string, value: { readonly id: string }): Promise<unknown> =>
  store.control.put({ kind, tenant, id: value.id, knownFrom: NOW, deleted: false, value });
const of = (tenant: string): string[] => posted.filter((p) => p.tenant === tenant).map((p) => p.id);

describe("alerts", () => {
  test("a budget fires once for each threshold that the month has reached, and never again", async () => {
    await declare("budget", "b", { id: "search", team: "search", monthly_usd: "100", thresholds: [80, 100] } as never);
    await spend("b", NOW - 24 * HOUR, "79.999999999999");
    await evaluate(deps(NOW));
    expect(of("b")).toEqual([]);
    await spend("b", NOW - HOUR, "0.000000000001");
    await evaluate(deps(NOW));
    await evaluate(deps(NOW + 60_000));
    expect(of("b")).toEqual(["budget/search/2026-10/80"]);
    await spend("b", NOW - HOUR, "20");
    await evaluate(deps(NOW));
    expect(of("b")).toEqual(["budget/search/2026-10/80", "budget/search/2026-10/100"]);
    expect(posted.at(-1)).toMatchObject({ kind: "budget", team: "search", amount: "100" });
    expect(posted.at(-1)?.text).toContain("$100.00 in 2026-10");
    await evaluate(deps(Date.UTC(2026, 10, 1)));
    expect(of("b")).toHaveLength(2);
  });

  test("an hour above three times the team's own recent hours fires once; one just below does not", async () => {
    await declare("spike_rule", "s", { id: "spike", ratio: 3, floor_usd: "1", window_hours: 24 } as never);
    const hour = Math.floor(NOW / HOUR) * HOUR;
    for (let i = 2; i <= 12; i += 1) await spend("s", hour - i * HOUR, "2");
    await spend("s", hour - HOUR, "6");
    await evaluate(deps(NOW));
    expect(of("s")).toEqual([]);
    await spend("s", hour - HOUR + 60_000, "0.01");
    await evaluate(deps(NOW));
    await evaluate(deps(NOW));
    expect(of("s")).toEqual([`spike/spike/search/${new Date(hour - HOUR).toISOString()}`]);
  });

  test("a post that fails is tried again, and is posted once when it succeeds", async () => {
    await declare("budget", "f", { id: "x", team: "search", monthly_usd: "1", thresholds: [100] } as never);
    await spend("f", NOW - HOUR, "5");
    answer = 500;
    await evaluate(deps(NOW));
    answer = 204;
    expect(of("f")).toEqual([]);
    await evaluate(deps(NOW));
    await evaluate(deps(NOW));
    expect(of("f")).toEqual(["budget/x/2026-10/100"]);
  });

  test("a private address is no webhook unless its host is listed", async () => {
    await declare("budget", "p", { id: "x", team: "search", monthly_usd: "1", thresholds: [100] } as never);
    await spend("p", NOW - HOUR, "5");
    await evaluate(deps(NOW, []));
    expect(of("p")).toEqual([]);
    expect(warnings.at(-1)).toContain("is not https");
  });
});
