import { afterAll, beforeAll, expect, test } from "vitest";
import { runKills } from "../support/kill-run.ts";
import { startInferledger, type Running } from "../support/inferledger.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());

test("kill -9 of everything 50 times during 100,000 events with client retries: ledger, rollups and api equal the sender's own list", async () => {
  const outcome = await runKills(running, { events: 100_000, kills: 50 });
  expect(outcome.differences).toEqual([]);
  expect(outcome.kills).toBe(50);
}, 1_800_000);
