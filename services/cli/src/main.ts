import { ApiAway, createClient } from "./client.ts";
import { HELP } from "./help.ts";
import { report } from "./report.ts";
import { UsageFault } from "./usage-fault.ts";

/** Exit codes: 0 done, 1 it failed, 2 the words of the command are wrong. */
const COMMANDS: Readonly<Record<string, typeof report>> = { report };

const [name = "help", ...args] = process.argv.slice(2);
try {
  if (["help", "--help", "-h"].includes(name) || args.includes("--help")) process.stdout.write(HELP);
  else {
    const command = COMMANDS[name];
    if (!command) throw new UsageFault(`there is no command ${JSON.stringify(name)}`);
    process.stdout.write(
      await command(
        args,
        createClient(
          process.env.INFERLEDGER_URL ?? "http://127.0.0.1:8080",
          process.env.INFERLEDGER_TENANT ?? "default",
        ),
      ),
    );
  }
} catch (error) {
  const usage = error instanceof UsageFault;
  process.stderr.write(
    `inferledger: ${error instanceof Error ? error.message : String(error)}${usage ? "; see inferledger --help" : ""}\n`,
  );
  if (!usage && !(error instanceof ApiAway) && process.env.INFERLEDGER_DEBUG !== undefined) console.error(error);
  process.exitCode = usage ? 2 : 1;
}
