import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { BUCKETS } from "@inferledger/events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { splitJson, splitRequest } from "../../packages/otel/src/otlp-schema.fixture.ts";
import { createAsk } from "../support/ask.ts";
import { startInferledger, until, type Running } from "../support/inferledger.ts";
import { compare, type Billed } from "./compare.ts";
import { bodiesOf, SENDERS } from "./corpus.ts";

/** The same bodies through collector, log, worker, engine and settler, cut into small requests and out of order. */

let running: Running;
let client: ClickHouseClient;
beforeAll(async () => {
  running = await startInferledger();
  client = createClient({ url: running.door });
}, 60_000);
afterAll(async () => {
  await client.close();
  await running.remove();
});
const { balance } = createAsk(() => running);

interface Request {
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
}

function requestsOf(sender: string): Request[] {
  return bodiesOf(sender).flatMap(({ signal, encoding, bytes }) => {
    const type = encoding === "json" ? "application/json" : "application/x-protobuf";
    if (signal === "metrics") return [{ path: "/v1/metrics", type, body: bytes }];
    const message = signal === "traces" ? "TraceRequest" : "LogsRequest";
    const parts = encoding === "json" ? splitJson(message, bytes) : splitRequest(message, bytes);
    return parts.map((body) => ({ path: `/v1/${signal}`, type, body }));
  });
}

/** Another order on each run, told when it fails. */
const SEED = Math.floor(Math.random() * 2 ** 31);

function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  return list
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

async function billedOf(tenant: string): Promise<Billed[]> {
  const result = await client.query({
    query: `SELECT evidence, ${BUCKETS.join(", ")} FROM inferledger.calls WHERE tenant = {tenant:String} AND signal != 'metric'`,
    query_params: { tenant },
    format: "JSONEachRow",
  });
  return (await result.json<Record<string, string>>()).map((row) => ({
    evidence: row["evidence"] ?? "",
    tokens: Object.fromEntries(BUCKETS.map((b) => [b, Number(row[b])] as const).filter(([, n]) => n > 0)),
  }));
}

/** What metrics bill although the same service's calls were seen. */
async function billedTwice(tenant: string): Promise<number> {
  const result = await client.query({
    query: `SELECT count() AS n FROM inferledger.calls WHERE tenant = {tenant:String} AND signal = 'metric'
      AND (service, toDate(ts)) IN (SELECT service, toDate(ts) FROM inferledger.ledger WHERE tenant = {tenant:String} AND signal != 'metric')`,
    query_params: { tenant },
    format: "JSONEachRow",
  });
  return Number((await result.json<{ n: string }>())[0]?.n);
}

describe(`the corpus through the whole flow, in small requests in an order of its own (seed ${SEED})`, () => {
  test.each(SENDERS)("%s", async (sender) => {
    for (const { path, type, body } of shuffled(requestsOf(sender), SEED)) {
      const response = await fetch(`${running.otlp}${path}`, {
        method: "POST",
        headers: { "content-type": type, "x-inferledger-tenant": sender },
        body: Buffer.from(body),
      });
      expect(response.status).toBe(200);
    }
    await until(
      async () => ({
        balance: await balance(sender),
        compared: compare(sender, await billedOf(sender)),
        twice: await billedTwice(sender),
      }),
      ({ balance: b, compared, twice }) =>
        b.pending === 0 &&
        twice === 0 &&
        compared.faults.length === 0 &&
        b.accepted === b.priced + b.unpriced + b.duplicate,
    );
  });
});
