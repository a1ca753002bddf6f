import { fork, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { PermanentError } from "@inferledger/runtime";

export * from "./door.ts";

/** A running engine: ClickHouse HTTP at `url`, for this user and password only. */
export interface Engine {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly pid: number;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly folder: string;
  /** Called when the child ends without having been closed. */
  readonly onExit: (reason: string) => void;
}

/** A lock that is being released by a process that ends: worth these tries, 500 ms apart. */
const LOCK_TRIES = 16;
const LOCK_PAUSE_MS = 500;

/** @throws PermanentError when another process owns the folder, or it cannot be written */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  makeFolder(options.folder);
  for (let attempt = 1; ; attempt += 1) {
    const password = randomBytes(24).toString("base64url");
    const child = fork(new URL("./child.ts", import.meta.url), {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: process.execArgv,
    });
    const told = await firstMessage(child, {
      folder: options.folder,
      password,
      memoryBytes: Math.max(2 ** 30, Math.floor(totalmem() / 4)),
    });
    if ("port" in told) return running(child, { url: `http://127.0.0.1:${told.port}`, password }, options.onExit);
    if (attempt >= LOCK_TRIES) throw notStarted(told.fault, options.folder);
    await sleep(LOCK_PAUSE_MS);
  }
}

/** A folder that another process owns is told by its lock, or, from the engine itself, by a connection that cannot be made. */
function notStarted(fault: string, folder: string): PermanentError {
  if (/lock|Code: 76|Failed to create connection/i.test(fault))
    return new PermanentError(
      `the ClickHouse engine cannot open ${folder}; another inferledger is using it, or it is damaged (${fault})`,
      "stop the other one, or set INFERLEDGER_DATA to another folder",
    );
  return new PermanentError(
    `the embedded ClickHouse engine does not start: ${fault}`,
    "`npm ci` installs the engine; see the message above",
  );
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PermanentError(
      `cannot write the data folder ${folder}`,
      "give this user the right to write it, or set INFERLEDGER_DATA to another folder",
      { cause },
    );
  }
}

type Told = { readonly port: number } | { readonly fault: string };

function firstMessage(child: ChildProcess, start: object): Promise<Told> {
  return new Promise((resolve) => {
    child.once("message", (message) => resolve(message as Told));
    child.once("exit", (code, signal) => resolve({ fault: `it ended with ${signal ?? `code ${code}`}` }));
    child.send(start);
  });
}

function running(
  child: ChildProcess,
  access: { readonly url: string; readonly password: string },
  onExit: EngineOptions["onExit"],
): Engine {
  let closing = false;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      if (!closing) onExit(signal ?? `code ${code}`);
      resolve();
    });
  });
  return {
    ...access,
    username: "default",
    pid: child.pid ?? 0,
    async close() {
      closing = true;
      if (child.connected) child.send("close");
      const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(patience);
    },
  };
}
