import { now, PermanentError, readConfig } from "@inferledger/runtime";
import { createClient } from "./client.ts";
import type { Command, Context } from "./command.ts";
import { cliSettings, headersOf } from "./config.ts";
import { demo } from "./demo/demo.ts";
import { doctor } from "./doctor.ts";
import { HELP } from "./help.ts";
import { createProgress } from "./progress.ts";
import { report } from "./report.ts";
import { settings } from "./settings.ts";
import { start } from "./start.ts";
import { UsageFault } from "./usage-fault.ts";

const COMMANDS: Readonly<Record<string, Command>> = { start, demo, config: settings, report, doctor };

/** Exit codes: 0 done, 1 it failed, 2 the words of the command are wrong, 130 interrupted. */
async function run([name = "help", ...args]: readonly string[]): Promise<number> {
  if (["help", "--help", "-h"].includes(name) || args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const command = COMMANDS[name];
  if (!command) throw new UsageFault(`there is no command ${JSON.stringify(name)}`);
  return command(args, createContext(command === start));
}

function createContext(ownSignals: boolean): Context {
  const config = readConfig(cliSettings, process.env);
  const interruption = new AbortController();
  if (!ownSignals)
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());
  return {
    environment: process.env,
    client: createClient(config.url, headersOf(config.tenant, config.keyFile)),
    progress: createProgress(process.stderr),
    print: (text) => void process.stdout.write(text),
    now,
    interrupted: interruption.signal,
  };
}

function tell(error: unknown): number {
  if (error instanceof DOMException && error.name === "AbortError") return 130;
  const usage = error instanceof UsageFault;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`inferledger: ${message}${usage ? "; see inferledger --help" : ""}\n`);
  if (error instanceof PermanentError) process.stderr.write(`  to mend it: ${error.mend}\n`);
  return usage ? 2 : 1;
}

process.exitCode = await run(process.argv.slice(2)).catch(tell);
