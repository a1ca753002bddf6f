import { createServer, request as httpRequest, Agent } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startInferledger } from "../tests/support/inferledger.ts";
import { cpuSeconds, peakMiB, show } from "./support/measure.ts";
import { createBodies, SPANS_PER_BODY } from "./support/otlp-bodies.ts";

/**
 * Events that `npm start` takes by OTLP/HTTP, prices and stores, for as long as given, the sender on the same
 * machine; the clock stops when the balance says that none is pending. Against a bare HTTP server that reads the
 * same bodies and answers 200.
 */
const SECONDS = Number(process.argv[2] ?? 20);
const IN_FLIGHT = 8;
const bodies = createBodies();

async function send(url: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const end = performance.now() + seconds * 1000;
  let events = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() < end) {
      const status = await post(url, bodies.next(), agent);
      if (status === 200) events += SPANS_PER_BODY;
      else if (status === 429 || status === 503) await sleep(100);
      else throw new Error(`${url} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  agent.destroy();
  return events;
}

function post(url: string, body: Uint8Array, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: "POST", agent, headers: { "content-type": "application/x-protobuf", "content-length": body.length } },
      (response) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode ?? 0));
      },
    );
    request.once("error", reject);
    request.end(body);
  });
}

async function bareRate(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const start = performance.now();
  const events = await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 3);
  const rate = (events * 1000) / (performance.now() - start);
  server.close();
  return rate;
}

/** The process and its engine. */
function pidsOf(running: { readonly folder: string }): number[] {
  const out: number[] = [];
  for (const pid of readFileSync("/proc/self/task/" + process.pid + "/children", "utf8")
    .trim()
    .split(" ")
    .filter(Boolean))
    out.push(Number(pid), ...childrenOf(Number(pid)));
  return running.folder === "" ? [] : out;
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

async function pending(api: string): Promise<{ pending: number; priced: number }> {
  const answer = await fetch(`${api}/api/v1/balance?from=2026-01-01&to=2100-01-01`);
  return (await answer.json()) as { pending: number; priced: number };
}

const running = await startInferledger();
try {
  const start = performance.now();
  const events = await send(`${running.otlp}/v1/traces`, SECONDS);
  const taken = performance.now() - start;
  let balance = await pending(running.api);
  while (balance.pending > 0) {
    await sleep(1000);
    balance = await pending(running.api);
  }
  const stored = performance.now() - start;
  if (balance.priced !== events) throw new Error(`${events} were acknowledged, ${balance.priced} are priced`);
  const pids = pidsOf(running);
  const cpu = pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const peak = pids.reduce((sum, pid) => sum + peakMiB(pid), 0);
  const rate = (events * 1000) / stored;
  const baselineRate = await bareRate();
  process.stdout.write(
    `${show({ name: "end to end", rate, unit: "events", baseline: "bare HTTP server that reads and answers 200", baselineRate, peakMiB: peak })}\n` +
      `             ${events.toLocaleString("en")} events acknowledged in ${(taken / 1000).toFixed(1)} s, stored in ${(stored / 1000).toFixed(1)} s; ${((cpu * 1e6) / events).toFixed(1)} µs of processor each, sender not counted\n`,
  );
} finally {
  await running.remove();
}
