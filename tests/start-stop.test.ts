import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAsk } from "./support/ask.ts";
import { startInferledger, until, type Running } from "./support/inferledger.ts";
import { chatSpan, traces } from "./support/spans.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());

const { spend, send } = createAsk(() => running);

describe("starting and stopping", () => {
  test("a second start on the same folder is refused with a clear message", async () => {
    await expect(startInferledger({ INFERLEDGER_DATA: running.folder })).rejects.toThrow(
      /another inferledger is using/,
    );
  }, 30_000);

  test("a port in use is named, with the variable that changes it", async () => {
    await expect(startInferledger({ INFERLEDGER_API_PORT: new URL(running.api).port })).rejects.toThrow(
      /port \d+ on 127.0.0.1 is in use[\s\S]*INFERLEDGER_API_PORT/,
    );
  }, 30_000);

  test("a data folder that cannot be written is named, with the way out", async () => {
    await expect(startInferledger({ INFERLEDGER_DATA: "/dev/null/data" })).rejects.toThrow(
      /cannot write the data folder \/dev\/null\/data[\s\S]*INFERLEDGER_DATA/,
    );
  }, 30_000);

  test("beyond loopback it asks for a key before anything starts", async () => {
    await expect(startInferledger({ INFERLEDGER_HOST: "0.0.0.0" })).rejects.toThrow(/INFERLEDGER_ADMIN_KEY_FILE/);
  }, 30_000);

  test("a wrong setting is named before anything starts", async () => {
    await expect(startInferledger({ INFERLEDGER_API_PORT: "http" })).rejects.toThrow(/INFERLEDGER_API_PORT="http"/);
  });

  test("SIGTERM drains and ends with 0, and a restart goes on where it stopped", async () => {
    await send(traces([chatSpan({})]), "program");
    const before = await until(
      () => spend("program"),
      (a) => a.total.requests === 1,
    );
    expect(await running.stop()).toBe(0);
    await running.restart();
    expect(await spend("program")).toMatchObject({ total: before.total });
  }, 60_000);
});
