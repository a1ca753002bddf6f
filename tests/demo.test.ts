import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getJson, startInferledger, until, type Running } from "./support/inferledger.ts";

let running: Running;
beforeAll(async () => {
  running = await startInferledger();
}, 60_000);
afterAll(() => running.remove());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run demo` in a pipe; `during` may interrupt it. */
async function runDemo(
  args: readonly string[],
  during?: (interrupt: () => void) => Promise<void>,
  api = running.api,
): Promise<Ended> {
  const child = spawn("npm", ["run", "-s", "demo", "--", ...args], {
    env: { ...process.env, INFERLEDGER_URL: api, INFERLEDGER_OTLP_URL: running.otlp },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await during?.(() => void child.kill("SIGINT"));
  return { code: await ended, stdout, stderr };
}

const requests = async (): Promise<number> =>
  (await getJson<{ total: { requests: number } }>(`${running.api}/api/v1/spend?from=2020-01-01&to=2100-01-01`, "demo"))
    .total.requests;

describe("npm run demo", () => {
  test("prints its own totals, and the api equals every one of them", async () => {
    const { code, stdout, stderr } = await runDemo(["--days", "3", "--history-only"]);
    expect(stderr).toBe("");
    expect(stdout).toContain("The api shows exactly this.");
    expect(stdout.match(/ equal$/gm)).toHaveLength(15);
    expect(stdout).toMatch(/^unpriced requests +[1-9]/m);
    expect(code).toBe(0);
  });

  test("run again it changes no figure, then sends live traffic until Ctrl-C", async () => {
    const before = await requests();
    const { code, stdout } = await runDemo(["--days", "3"], async (interrupt) => {
      await until(requests, (n) => n > before);
      await sleep(1500);
      interrupt();
    });
    expect(stdout).toContain("The api shows exactly this.");
    expect(stdout).toContain("Live traffic now");
    expect(code).toBe(0);
  });

  test("where nothing answers it says so in one line", async () => {
    const { code, stderr } = await runDemo(["--days", "3"], undefined, "http://127.0.0.1:1");
    expect(stderr).toMatch(
      /^inferledger: nothing answers at http:\/\/127\.0\.0\.1:1\S*: start inferledger with npm start[^\n]*\n$/,
    );
    expect(code).toBe(1);
  });

  test("wrong words are named", async () => {
    expect(await runDemo(["--days", "none"])).toMatchObject({ code: 2, stdout: "" });
  });
});
