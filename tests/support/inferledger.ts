import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real inferledger in a process of its own, as `npm start` runs it, on free ports and a folder of its own. */
export interface Running {
  readonly otlp: string;
  readonly api: string;
  readonly door: string;
  readonly folder: string;
  readonly output: () => string;
  /** SIGKILL to the process alone: its engine must end by itself. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  remove(): Promise<void>;
}

const ROOT = new URL("../../", import.meta.url).pathname;

export async function startInferledger(environment: Record<string, string> = {}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "inferledger-"));
  const [otlp, api, door] = await Promise.all([freePort(), freePort(), freePort()]);
  const env = {
    ...process.env,
    INFERLEDGER_DATA: folder,
    INFERLEDGER_OTLP_HTTP_PORT: String(otlp),
    INFERLEDGER_API_PORT: String(api),
    INFERLEDGER_DOOR_PORT: String(door),
    ...environment,
  };
  let child: ChildProcess | undefined;
  let output = "";
  const exited = (): Promise<number | null> =>
    new Promise((resolve) =>
      child && child.exitCode === null && child.signalCode === null
        ? child.once("exit", (code) => resolve(code))
        : resolve(child?.exitCode ?? null),
    );
  const launch = async (): Promise<void> => {
    output = "";
    child = spawn(process.execPath, ["services/all/src/main.ts"], {
      cwd: ROOT,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    for (let i = 0; i < 300 && !output.includes("inferledger is ready"); i += 1) {
      if (child.exitCode !== null) throw new Error(`inferledger ended while it started:\n${output}`);
      await sleep(100);
    }
    if (!output.includes("inferledger is ready")) throw new Error(`inferledger was not ready within 30 s:\n${output}`);
  };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const done = exited();
    child?.kill(signal);
    return done;
  };
  await launch().catch((fault: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw fault;
  });
  return {
    otlp: `http://127.0.0.1:${otlp}`,
    api: `http://127.0.0.1:${api}`,
    door: `http://127.0.0.1:${door}`,
    folder,
    output: () => output,
    kill: async () => void (await end("SIGKILL")),
    restart: launch,
    stop: () => end("SIGTERM"),
    async remove() {
      await end("SIGKILL");
      await sleep(300);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

export async function getJson<T>(url: string, tenant = "default"): Promise<T> {
  const response = await fetch(url, { headers: { "x-inferledger-tenant": tenant } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Asks again until the answer satisfies, for at most `withinMs`. */
export async function until<T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms; last answer: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}
