import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort, until } from "./support/inferledger.ts";

let folder: string;
let npm: ChildProcess;
let output = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inferledger-npm-"));
  output = "";
  const [otlp, api, door] = [await freePort(), await freePort(), await freePort()];
  npm = spawn("npm", ["start"], {
    env: {
      ...process.env,
      INFERLEDGER_DATA: folder,
      INFERLEDGER_OTLP_HTTP_PORT: String(otlp),
      INFERLEDGER_API_PORT: String(api),
      INFERLEDGER_DOOR_PORT: String(door),
    },
    // A group of its own, so that Ctrl-C can be sent as a terminal does: to all of it.
    detached: true,
  });
  for (const stream of [npm.stdout, npm.stderr]) stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await until(
    () => Promise.resolve(output),
    (text) => text.includes("inferledger is ready"),
    30_000,
  );
}, 60_000);
afterEach(() => {
  if (npm.exitCode === null && npm.pid !== undefined) process.kill(-npm.pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

/** npm, what it runs, and the engine that this runs. Linux. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return [pid, ...children.flatMap(descendants)];
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const allGone = async (pids: readonly number[]): Promise<number[]> => {
  const told = Promise.all([npm.stdout, npm.stderr].flatMap((s) => (s === null ? [] : [once(s, "close")])));
  const left = await until(
    () => Promise.resolve(pids.filter(isRunning)),
    (running) => running.length === 0,
    15_000,
  );
  await told;
  return left;
};

describe.skipIf(process.platform !== "linux")("npm start", () => {
  test("says what it is doing while it starts, and SIGTERM to npm drains and ends all of it", async () => {
    expect(output).toMatch(
      /opening the log in .*\n[\s\S]*starting the embedded ClickHouse engine\n[\s\S]*send telemetry to +http/,
    );
    const pids = descendants(npm.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    npm.kill("SIGTERM");
    expect(await allGone(pids)).toEqual([]);
    expect(output).toContain("stopping: draining what is in hand");
    expect(output.trimEnd().endsWith("stopped")).toBe(true);
  });

  test("Ctrl-C drains and ends all of it", async () => {
    const pids = descendants(npm.pid ?? 0);
    process.kill(-(npm.pid ?? 0), "SIGINT");
    expect(await allGone(pids)).toEqual([]);
    expect(output.trimEnd().endsWith("stopped")).toBe(true);
  });

  test("the engine does not outlive a process that is killed", async () => {
    const pids = descendants(npm.pid ?? 0);
    for (const pid of pids.slice(0, -1)) process.kill(pid, "SIGKILL");
    expect(await allGone(pids)).toEqual([]);
  });
});
