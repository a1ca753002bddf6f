import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk, RANGE } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());

const { balance, send, post } = createAsk(() => running);

describe("bad input", () => {
  const raw = (body: Buffer, headers: Record<string, string>): Promise<Response> =>
    fetch(`${running.otlp}/v1/traces`, { method: "POST", headers, body: new Uint8Array(body) });

  test.each([
    ["not OTLP protobuf", Buffer.from("hello"), { "content-type": "application/x-protobuf" }, 400],
    ["not JSON", Buffer.from("{"), { "content-type": "application/json" }, 400],
    ["broken gzip", Buffer.from("nope"), { "content-type": "application/json", "content-encoding": "gzip" }, 400],
    ["an unknown content type", Buffer.from("{}"), { "content-type": "text/plain" }, 415],
    ["an unknown encoding", Buffer.from("{}"), { "content-type": "application/json", "content-encoding": "br" }, 415],
    [
      "a body over the limit after decompression",
      gzipSync(Buffer.alloc(65 * 2 ** 20)),
      { "content-type": "application/json", "content-encoding": "gzip" },
      413,
    ],
  ] as const)("%s is refused with its status", async (...[, body, headers, status]) => {
    expect((await raw(body, headers)).status).toBe(status);
  });

  test("a time outside 1970 to 2106 is rejected and counted; its neighbour survives", async () => {
    const answer = await send(traces([chatSpan({ timeMs: 5_000_000_000_000 }), chatSpan({})]), "late");
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    expect(
      await until(
        () => balance("late"),
        (b) => b.pending === 0 && b.accepted === 2,
      ),
    ).toMatchObject({ priced: 1, rejected: 1 });
  });

  test("a computed amount over the column's range is unpriced with that reason, and a reported one is refused by its field", async () => {
    const item = {
      time: new Date().toISOString(),
      provider: "openai",
      model: "gpt-4o-mini",
      usage: { input: Number.MAX_SAFE_INTEGER, output: 0 },
    };
    const answer = await post(
      "/api/v1/usage",
      [
        { ...item, id: "computed" },
        { ...item, id: "reported", usage: { input: 1, output: 1 }, reported_cost: "1000000" },
        { ...item, id: "fine", usage: { input: 1, output: 1 }, reported_cost: "999999.999999999999" },
      ],
      "range",
    );
    expect(await answer.json()).toMatchObject({ accepted: 2, rejected: [{ index: 1, field: "reported_cost" }] });
    await until(
      () => balance("range"),
      (b) => b.pending === 0 && b.accepted === 3,
    );
    expect(await balance("range")).toMatchObject({ priced: 1, unpriced: 1, rejected: 1 });
    const { events } = await getJson<{ events: { unpriced_reason?: string }[] }>(
      `${running.api}/api/v1/events?${RANGE}`,
      "range",
    );
    expect(events.map((e) => e.unpriced_reason ?? "").sort()).toEqual(["", "amount_out_of_range"]);
  });

  test("every refusal is counted by its reason", async () => {
    const metrics = await (await fetch(`${running.otlp}/metrics`)).text();
    for (const reason of ["not_otlp", "broken_gzip", "too_large", "unknown_content_type", "unknown_encoding"])
      expect(metrics).toMatch(
        new RegExp(`^inferledger_collector_refused_requests_total\\{[^}]*reason="${reason}"`, "m"),
      );
    expect(metrics).toMatch(/^inferledger_collector_rejected_total\{[^}]*reason="time_out_of_range"[^}]*\} 1$/m);
  });

  test.each([
    ["/api/v1/spend?from=x&to=2026-01-01", "from"],
    ["/api/v1/spend?from=2026-01-01&to=2025-01-01", "to"],
    ["/api/v1/spend?from=2026-01-01&to=2026-02-01&group_by=colour", "group_by"],
    ["/api/v1/spend?from=2026-01-01&to=2026-02-01&tz=Mars", "tz"],
    ["/api/v1/spend?from=2026-01-01&to=2026-02-01&tema=search", "tema"],
    ["/api/v1/spend?from=2026-01-01&to=2026-02-01&team=a&team=b", "team"],
    ["/api/v1/spend?from=2026-01-01&to=2200-02-01", "to"],
    ["/api/v1/balance?from=2026-01-01", "to"],
    ["/api/v1/events?from=2026-01-01&to=2026-02-01&limit=0", "limit"],
    ["/api/v1/periods/2026-13/statement", "period"],
  ])("%s is a problem that names %s", async (path, field) => {
    const response = await fetch(`${running.api}${path}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toMatchObject({ field });
  });

  test("a method that a path does not answer is told which it does", async () => {
    for (const [path, allow] of [
      ["/api/v1/spend", "GET"],
      ["/api/v1/capex/assets", "GET, POST"],
      ["/api/v1/capex/assets/x", "GET, PUT, DELETE"],
    ] as const) {
      const response = await fetch(`${running.api}${path}`, { method: "PATCH" });
      expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    }
  });

  test("a wrong field in a REST body is named", async () => {
    const response = await post(
      "/api/v1/capex/assets",
      { id: "x", model: "m", cost: 5, in_service: "2026-01-01", life_months: 24 },
      "wrong",
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field: "cost" });
  });
});
