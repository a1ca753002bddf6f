import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { bodiesOf, countOf, truthOf } from "./senders/corpus.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());
const { balance } = createAsk(() => running);

const SENDER = "node-claude-code-2.1.330";
const DAY = "from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z";

interface Spend {
  readonly total: {
    readonly requests: number;
    readonly opex: string;
    readonly tokens: Readonly<Record<string, number>>;
  };
}
const spend = (tenant: string): Promise<Spend> => getJson<Spend>(`${running.api}/api/v1/spend?${DAY}`, tenant);

async function send(signal: "metrics" | "logs", tenant: string): Promise<void> {
  for (const body of bodiesOf(SENDER).filter((b) => b.signal === signal)) {
    const response = await fetch(`${running.otlp}/v1/${signal}`, {
      method: "POST",
      headers: {
        "content-type": body.encoding === "json" ? "application/json" : "application/x-protobuf",
        "x-inferledger-tenant": tenant,
      },
      body: Buffer.from(body.bytes),
    });
    expect(response.status).toBe(200);
  }
}

describe("metrics of a service that sends nothing else", () => {
  const counted = truthOf(SENDER)
    .filter((t) => t.billable && t.usage)
    .map((t) => countOf(t));
  const sum = (of: "input" | "output" | "read"): number => counted.reduce((total, c) => total + (c?.[of] ?? 0), 0);
  const totals = ({ total: { tokens } }: Spend): { input: number; output: number; read: number } => {
    const all = (direction: string): number =>
      Object.entries(tokens).reduce((n, [bucket, count]) => (bucket.startsWith(direction) ? n + count : n), 0);
    return { input: all("input_"), output: all("output_"), read: tokens["input_cache_read"] ?? 0 };
  };
  const provider = { input: sum("input"), output: sum("output"), read: sum("read") };

  test("bill what the provider counted, and only reconcile as soon as the calls themselves come", async () => {
    await send("metrics", "cli");
    await until(
      () => spend("cli"),
      (a) => totals(a).input === provider.input,
    );
    expect(totals(await spend("cli"))).toEqual(provider);
    const byMetrics = await spend("cli");
    expect(byMetrics.total.requests).toBe(0);
    await send("metrics", "cli");
    await send("logs", "cli");
    const byCalls = await until(
      () => spend("cli"),
      (a) => a.total.requests === 6 && totals(a).input === provider.input,
    );
    expect(totals(byCalls)).toEqual(provider);
    // The metric does not tell the lifetime of cache writes: the calls know that an hour's costs more.
    expect(Number(byCalls.total.opex)).toBeGreaterThan(Number(byMetrics.total.opex));
    expect(await balance("cli")).toMatchObject({ rejected: 0, pending: 0 });
  });

  test("the other way round they never bill, and the difference is told", async () => {
    await send("logs", "first");
    await send("metrics", "first");
    const answer = await until(
      () =>
        getJson<{ rows: readonly { readonly metrics: { readonly input: number } }[] }>(
          `${running.api}/api/v1/reconciliation?${DAY}`,
          "first",
        ),
      (a) => a.rows[0]?.metrics.input === provider.input,
    );
    expect(answer.rows[0]).toMatchObject({
      service: "claude-code",
      day: "2026-11-23",
      billed_by: "calls",
      calls: { input: provider.input, output: provider.output },
      metrics: { input: provider.input, output: provider.output },
      difference: { input: 0, output: 0 },
    });
    expect(totals(await spend("first"))).toEqual(provider);
  });
});
