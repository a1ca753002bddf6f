import { afterAll, beforeAll, expect, test } from "vitest";
import { runKills } from "./support/kill-run.ts";
import { startInferledger, type Running } from "./support/inferledger.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());

test("kill -9 of everything 5 times during 6,000 events with client retries: ledger, rollups and api equal the sender's own list", async () => {
  const outcome = await runKills(running, { events: 6000, kills: 5 });
  expect(outcome.differences).toEqual([]);
  expect(outcome.kills).toBe(5);
}, 240_000);
