import type { Client } from "./client.ts";
import type { Progress } from "./progress.ts";

/** What a command may use; nothing else reaches the world. */
export interface Context {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly client: Client;
  readonly progress: Progress;
  readonly print: (text: string) => void;
  readonly now: () => number;
  /** Aborts at SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
}

/** Resolves to the exit code: 0 done, 1 what was asked for is not so. */
export type Command = (args: readonly string[], context: Context) => Promise<number>;
