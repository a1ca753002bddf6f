import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk, RANGE, type Spend } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { startOpenAi } from "./support/openai-server.ts";
import { chatSpan, traces } from "./support/spans.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());

const { spend, balance, send, post } = createAsk(() => running);

describe("the whole flow on embedded parts", () => {
  test("a real program with OpenTelemetry and a published instrumentation shows its cost within 2 s, equal to the hand-computed amount", async () => {
    const openai = await startOpenAi({ prompt: 1234, completion: 567 });
    await promisify(execFile)(process.execPath, ["tests/support/chat-program.cjs"], {
      env: {
        ...process.env,
        OPENAI_BASE_URL: openai.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: running.otlp,
        OTEL_EXPORTER_OTLP_HEADERS: "x-inferledger-tenant=program",
        OTEL_SERVICE_NAME: "chat",
        OTEL_RESOURCE_ATTRIBUTES: "team=search",
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
      },
    });
    openai.close();
    const answer = await until(
      () => spend("program", "&group_by=model,team"),
      (a) => a.total.requests === 1,
      2000,
    );
    // gpt-4o-mini: $0.15 and $0.60 a million: 1234 × 0.00000015 + 567 × 0.0000006 = 0.0001851 + 0.0003402.
    expect(answer.rows).toMatchObject([
      {
        model: "gpt-4o-mini",
        team: "search",
        opex: "0.0005253",
        total: "0.0005253",
        tokens: { input_uncached: 1234, output_text: 567 },
      },
    ]);
  });

  test("prompt and completion text is nowhere in the data folder", () => {
    for (const file of readdirSync(join(running.folder, "log"))) {
      const content = readFileSync(join(running.folder, "log", file), "latin1");
      expect(content).not.toContain("SECRET-PROMPT-TEXT");
      expect(content).not.toContain("SECRET-COMPLETION-TEXT");
    }
  });

  test("the Anthropic SDK's own span under an instrumentation's, in another request, is one call", async () => {
    const id = "msg_01TwinTwinTwinTwinTwin00";
    const usage = {
      "gen_ai.usage.input_tokens": 1000,
      "gen_ai.usage.output_tokens": 100,
      "gen_ai.usage.cache_read.input_tokens": 300,
      "gen_ai.usage.cache_write.input_tokens": 200,
    };
    const base = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.response.model": "claude-sonnet-4-5-20250929",
      "gen_ai.response.id": id,
      ...usage,
    };
    await send(
      traces([chatSpan({ attributes: { ...base, team: "search" } })], {
        scope: "opentelemetry.instrumentation.genai.anthropic",
      }),
      "twins",
    );
    await until(
      () => spend("twins"),
      (a) => a.total.requests === 1,
    );
    await send(
      traces(
        [
          chatSpan({
            attributes: {
              ...base,
              "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 150,
              "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 50,
            },
          }),
        ],
        { scope: "com.anthropic.sdk.typescript" },
      ),
      "twins",
    );
    await until(
      () => balance("twins"),
      (b) => b.duplicate === 1,
    );
    const answer = await until(
      () => spend("twins", "&group_by=team"),
      (a) => a.total.requests === 1 && a.total.tokens.input_cache_write_1h === 50,
    );
    // $3 input, $0.30 read, $3.75 write (5 min), $6 write (1 h), $15 output a million: 500, 300, 150, 50 and 100 tokens.
    expect(answer.rows).toMatchObject([{ team: "search", requests: 1, opex: "0.0039525" }]);
    expect(await balance("twins")).toMatchObject({
      accepted: 2,
      priced: 1,
      unpriced: 0,
      rejected: 0,
      duplicate: 1,
      pending: 0,
    });
  });

  test("the same body sent again counts as duplicates and changes no amount", async () => {
    const body = traces([
      chatSpan({}),
      chatSpan({}),
      chatSpan({ attributes: { "gen_ai.request.model": "no-such-model" } }),
    ]);
    for (let i = 0; i < 3; i += 1) expect((await send(body, "repeat")).status).toBe(200);
    const counted = await until(
      () => balance("repeat"),
      (b) => b.pending === 0 && b.accepted === 9,
    );
    expect(counted).toMatchObject({ accepted: 9, priced: 2, unpriced: 1, duplicate: 6, rejected: 0 });
    expect((await spend("repeat")).total).toMatchObject({ requests: 3, unpriced_requests: 1 });
  });

  test("an agent bills only where no call below it came; a call without usage is unpriced, never $0 in silence", async () => {
    const traceId = "ab".repeat(16);
    const agent = chatSpan({
      traceId,
      spanId: "a1".repeat(8),
      attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 5000 },
    });
    const leaf = { ...chatSpan({ traceId }), parentSpanId: "a2".repeat(8) };
    const tool = {
      ...chatSpan({
        traceId,
        spanId: "a2".repeat(8),
        attributes: { "gen_ai.operation.name": "execute_tool" },
        withoutUsage: true,
      }),
      parentSpanId: "a1".repeat(8),
    };
    const other = {
      traceId,
      spanId: "cd".repeat(8),
      name: "GET /",
      startTimeUnixNano: `${Date.now()}000000`,
      attributes: [],
    };
    await send(traces([agent, chatSpan({ withoutUsage: true }), other]), "roles");
    await until(
      () => spend("roles"),
      (a) => a.total.requests === 2 && a.total.tokens.input_uncached === 5000,
    );
    // Its call and the span between them come later, each in a request of its own.
    await send(traces([leaf]), "roles");
    await send(traces([tool]), "roles");
    const answer = await until(
      () => spend("roles"),
      (a) => a.total.tokens.input_uncached === 100,
    );
    expect(answer.total).toMatchObject({ requests: 2, unpriced_requests: 1 });
    expect(await balance("roles")).toMatchObject({ accepted: 3, priced: 1, unpriced: 1, duplicate: 1, ignored: 2 });
  });

  test("training capex stands beside opex, exact to the last digit", async () => {
    await post(
      "/api/v1/capex/assets",
      { id: "big", model: "gpt-4o-mini", cost: "100000000.00", in_service: "2023-03-14", life_months: 24 },
      "capex",
    );
    const march = () =>
      getJson<Spend>(
        `${running.api}/api/v1/spend?from=2023-03-01T00:00:00Z&to=2023-04-01T00:00:00Z&group_by=model`,
        "capex",
      );
    const answer = await until(march, (a) => a.rows.length > 0);
    expect(answer.rows).toMatchObject([
      { model: "gpt-4o-mini", capex_amortized: "2462380.300957592339", total: "2462380.300957592339" },
    ]);
    const months = await getJson<Spend>(
      `${running.api}/api/v1/spend?from=2023-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&interval=month`,
      "capex",
    );
    expect(months.rows).toHaveLength(25);
    expect(months.total.capex_amortized).toBe("100000000");
    const statement = await getJson<{ cents: Record<string, string> }>(
      `${running.api}/api/v1/periods/2023-03/statement`,
      "capex",
    );
    expect(statement.cents.capex_amortized).toBe("$2,462,380.30");
  });

  test("busy, idle and unknown GPU time add up to the pool's bill, and the busy part is shared by tokens", async () => {
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000;
    await post(
      "/api/v1/gpu/pools",
      {
        id: "pool",
        gpus: ["GPU-a", "GPU-b"],
        model: "my-model",
        usd_per_gpu_hour: "2.50",
        from: new Date(hour).toISOString(),
        to: new Date(hour + 3_600_000).toISOString(),
      },
      "gpu",
    );
    const points = Array.from({ length: 60 }, (_, i) => ({
      timeUnixNano: `${hour + i * 60_000}000000`,
      asDouble: 0.25,
      attributes: [{ key: "hw.id", value: { stringValue: "GPU-a" } }],
    }));
    await fetch(`${running.otlp}/v1/metrics`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-inferledger-tenant": "gpu" },
      body: JSON.stringify({
        resourceMetrics: [
          { scopeMetrics: [{ metrics: [{ name: "hw.gpu.utilization", gauge: { dataPoints: points } }] }] },
        ],
      }),
    });
    const call = (team: string, output: number) =>
      chatSpan({
        timeMs: hour + 60_000,
        attributes: {
          "gen_ai.request.model": "my-model",
          "gen_ai.provider.name": "self",
          team,
          "gen_ai.usage.input_tokens": 0,
          "gen_ai.usage.output_tokens": output,
        },
      });
    await send(traces([call("a", 300), call("b", 100)]), "gpu");
    const view = () =>
      getJson<Spend>(
        `${running.api}/api/v1/spend?from=${new Date(hour).toISOString()}&to=${new Date(hour + 3_600_000).toISOString()}&group_by=team`,
        "gpu",
      );
    const answer = await until(view, (a) => a.total.opex_gpu === "0.625" && a.rows.length === 3);
    expect(answer.rows).toMatchObject([
      { team: null, idle: "1.875", gpu_unknown: "2.5" },
      { team: "a", opex_gpu: "0.46875" },
      { team: "b", opex_gpu: "0.15625" },
    ]);
    expect(answer.total).toMatchObject({ total: "5", unpriced_requests: 0 });
  });

  test("REST usage is accepted, a repeat is a duplicate, and a bad item is answered by its index", async () => {
    const item = {
      id: "r-1",
      time: new Date().toISOString(),
      provider: "openai",
      model: "gpt-4o-mini",
      usage: { input: 10, output: 5 },
      attribution: { team: "ads" },
    };
    const first = await post(
      "/api/v1/usage",
      [item, { ...item, id: "r-2", usage: { input: 1, output: 1, cache_read: 2 } }],
      "rest",
    );
    expect(await first.json()).toMatchObject({ accepted: 1, duplicate: 0, rejected: [{ index: 1, field: "usage" }] });
    await until(
      () => spend("rest"),
      (a) => a.total.requests === 1,
    );
    expect(await (await post("/api/v1/usage", [item], "rest")).json()).toMatchObject({
      accepted: 0,
      duplicate: 1,
    });
    expect(
      await until(
        () => balance("rest"),
        (b) => b.pending === 0 && b.accepted === 3,
      ),
    ).toMatchObject({ priced: 1, duplicate: 1, rejected: 1 });
  });

  test("the board's panels, the door and the api agree", async () => {
    const panel = await getJson<{ columns: string[]; rows: string[][] }>(
      `${running.api}/api/v1/boards/opex-vs-capex/panels/opex?${RANGE}`,
      "program",
    );
    expect(panel.rows).toEqual([["0.0005253"]]);
    const sql = "SELECT sum(opex_api) FROM inferledger.spend WHERE tenant = 'program'";
    const door = await fetch(`${running.door}/?query=${encodeURIComponent(sql)}`);
    expect((await door.text()).trim()).toBe("0.0005253");
  });

  test.each([
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/')",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "KILL QUERY WHERE 1",
    "INSERT INTO inferledger.done VALUES (1)",
    "SELECT 1; DROP TABLE inferledger.ledger",
    "SELECT 1 SETTINGS readonly = 0",
    "/* SELECT */ DROP TABLE inferledger.ledger",
  ])("the door refuses %s", async (sql) =>
    expect((await fetch(running.door, { method: "POST", body: sql })).status).toBe(403),
  );
});
