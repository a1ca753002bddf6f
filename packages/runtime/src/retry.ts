import { setTimeout as sleep } from "node:timers/promises";

/** Doubling pauses from 50 ms to 5 s, for work that must in the end succeed. Ends early when the signal aborts. */
export async function pauseBeforeRetry(attempt: number, signal?: AbortSignal): Promise<void> {
  const ms = Math.min(50 * 2 ** attempt, 5000);
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (thrown) {
    if (!signal?.aborted) throw thrown;
  }
}

/** The clock. Every service gets it as a dependency, so that tests can hold it. */
export const now = (): number => Date.now();
