import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk, type Spend } from "./support/ask.ts";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

const HOUR = 3_600_000;
const START = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR;

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());
const { send, post, balance } = createAsk(() => running);

const spend = (tenant: string): Promise<Spend> =>
  getJson<Spend>(
    `${running.api}/api/v1/spend?from=${new Date(START).toISOString()}&to=${new Date(START + HOUR).toISOString()}`,
    tenant,
  );
const call = (model: string, more = {}): object =>
  chatSpan({
    timeMs: START + 60_000,
    attributes: { "gen_ai.request.model": model, "gen_ai.usage.input_tokens": 1_000_000, ...more },
  });
const pool = (model: string, more = {}): object => ({
  id: "p",
  gpus: ["GPU-1"],
  model,
  usd_per_gpu_hour: "3",
  from: new Date(START).toISOString(),
  to: new Date(START + HOUR).toISOString(),
  ...more,
});
const withdraw = (tenant: string): Promise<Response> =>
  fetch(`${running.api}/api/v1/gpu/pools/p`, { method: "DELETE", headers: { "x-inferledger-tenant": tenant } });

describe("a call is priced by its pool or by the book, never by both and never by neither", () => {
  test("a pool that is declared after the calls takes them over, and its withdrawal gives them back", async () => {
    const tenant = "late-pool";
    const shared = { "gen_ai.response.id": "chatcmpl-SharedSharedSharedShared" };
    // One call seen once, one seen twice, one of a model that no book knows, one without usage.
    await send(
      traces([
        call("gpt-4o-mini"),
        call("gpt-4o-mini", shared),
        call("gpt-4o-mini", shared),
        chatSpan({ timeMs: START, attributes: { "gen_ai.request.model": "gpt-4o-mini" }, withoutUsage: true }),
      ]),
      tenant,
    );
    const before = await until(
      () => spend(tenant),
      (a) => a.total.requests === 3 && a.total.opex === "0.300012",
    );
    expect(before.total).toMatchObject({ unpriced_requests: 1, gpu_unknown: "0" });
    await post("/api/v1/gpu/pools", pool("gpt-4o-mini"), tenant);
    const served = await until(
      () => spend(tenant),
      (a) => a.total.opex === "0" && a.total.gpu_unknown === "3",
    );
    expect(served.total).toMatchObject({ requests: 3, unpriced_requests: 1, total: "3" });
    await withdraw(tenant);
    const after = await until(
      () => spend(tenant),
      (a) => a.total.opex === "0.300012" && a.total.gpu_unknown === "0",
    );
    expect(after.total).toEqual(before.total);
    expect(await balance(tenant)).toMatchObject({ accepted: 4, priced: 2, unpriced: 1, duplicate: 1, pending: 0 });
  });

  test("a model that no book knows is unpriced until a pool serves it, and again when the pool serves another", async () => {
    const tenant = "own-model";
    await send(traces([call("own-model"), call("own-model")]), tenant);
    await until(
      () => spend(tenant),
      (a) => a.total.unpriced_requests === 2,
    );
    await post("/api/v1/gpu/pools", pool("own-model"), tenant);
    await until(
      () => spend(tenant),
      (a) => a.total.unpriced_requests === 0 && a.total.gpu_unknown === "3",
    );
    await post("/api/v1/gpu/pools", pool("another-model"), tenant);
    const moved = await until(
      () => spend(tenant),
      (a) => a.total.unpriced_requests === 2 && a.total.gpu_unknown === "3",
    );
    expect(moved.total).toMatchObject({ requests: 2, opex: "0", gpu_unknown: "3" });
  });

  test("hours outside of the pool's life keep the book's price", async () => {
    const tenant = "half";
    await send(traces([call("gpt-4o-mini")]), tenant);
    await post("/api/v1/gpu/pools", pool("gpt-4o-mini", { from: new Date(START + HOUR / 2).toISOString() }), tenant);
    const answer = await until(
      () => spend(tenant),
      (a) => a.total.gpu_unknown === "1.5" && a.total.requests === 1,
    );
    expect(answer.total).toMatchObject({ opex_api: "0.150006", unpriced_requests: 0 });
  });
});
