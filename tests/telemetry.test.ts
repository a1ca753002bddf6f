import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromProtobuf } from "@inferledger/otel/otlp-schema.fixture";
import { createAsk } from "./support/ask.ts";
import { startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

interface Received {
  readonly resourceSpans: { readonly scopeSpans: { readonly spans: { readonly name: string }[] }[] }[];
}

let receiver: Server;
const names = new Set<string>();
let running: Running;
beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = fromProtobuf("TraceRequest", Buffer.concat(chunks)) as unknown as Received;
      for (const span of body.resourceSpans.flatMap((r) => r.scopeSpans).flatMap((s) => s.spans)) names.add(span.name);
      response.setHeader("content-type", "application/x-protobuf").end();
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  running = await startInferledger({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    OTEL_BSP_SCHEDULE_DELAY: "200",
  });
}, 60_000);
afterAll(async () => {
  await running.remove();
  receiver.close();
});
const { send, balance } = createAsk(() => running);
const scrape = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

describe("self-telemetry", () => {
  test("is at /metrics of every port that people and senders call, and counts what came and what was refused", async () => {
    await send(traces([chatSpan({}), chatSpan({})]), "default");
    await fetch(`${running.otlp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    await until(
      () => balance("default"),
      (b) => b.priced === 2,
    );
    for (const url of [running.otlp, running.api]) {
      const text = await scrape(url);
      expect(text).toMatch(/^inferledger_collector_lines_total\{[^}]*signal="traces"[^}]*\} 2$/m);
      expect(text).toMatch(/^inferledger_collector_refused_requests_total\{[^}]*reason="not_otlp"[^}]*\} 1$/m);
      expect(text).not.toContain(running.folder);
    }
  });

  test("sends its own traces where OTEL_EXPORTER_OTLP_ENDPOINT says, from every service", async () => {
    await until(
      () => Promise.resolve([...names]),
      (seen) =>
        ["collector.append", "pricing-worker.store", "settler.pass", "alerter.evaluate", "api.GET"].every((name) =>
          seen.includes(name),
        ),
    );
    expect([...names].join(" ")).not.toContain("gpt-4o-mini");
  });

  test("says whether it runs and whether it can work", async () => {
    for (const url of [running.otlp, running.api]) {
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    }
  });
});
