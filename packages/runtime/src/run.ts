import { asError, PermanentError } from "./errors.ts";
import { now } from "./retry.ts";
import type { Service } from "./service.ts";

const DRAIN_MS = 30_000;
const SAME_SIGNAL_MS = 1000;

/**
 * Runs a service until SIGTERM or SIGINT: starts it, then drains and closes. A second signal ends at once.
 * A fault at start is told in words (what, and how to mend it) with exit code 1, never as a stack trace.
 */
export async function runUntilSignal(create: () => Promise<Service>): Promise<void> {
  const stopSignal = firstSignal();
  try {
    const service = await create();
    await service.start();
    await stopSignal;
    await withinDrainTime(service.stop());
    process.exit(0);
  } catch (thrown) {
    tellFault(asError(thrown));
    process.exit(1);
  }
}

/** One line for what is wrong and one for how to mend it. */
export function tellFault(fault: Error): void {
  process.stderr.write(`inferledger: ${fault.message}\n`);
  if (fault instanceof PermanentError) process.stderr.write(`  to mend it: ${fault.mend}\n`);
  else if (fault.stack !== undefined) process.stderr.write(`${fault.stack}\n`);
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seenAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      // One Ctrl-C comes twice: from the terminal, and from npm, which passes it on.
      if (seenAt !== undefined && now() - seenAt > SAME_SIGNAL_MS) process.exit(1);
      seenAt ??= now();
      resolve(signal);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}

/** Waits for a drain, but not for ever: what is not acknowledged by then is delivered again at the next start. */
async function withinDrainTime(drained: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new Error(`not drained within ${DRAIN_MS / 1000} s; unacknowledged work is done again at the next start`),
        ),
      DRAIN_MS,
    );
  });
  await Promise.race([drained, limit]);
  clearTimeout(timer);
}
