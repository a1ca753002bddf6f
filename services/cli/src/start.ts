import { allSettings, createAll } from "@inferledger/all";
import { readConfig, runUntilSignal } from "@inferledger/runtime";
import type { Command } from "./command.ts";

/** `inferledger start`: what `npm start` does. */
export const start: Command = async (_args, { environment, now }) => {
  await runUntilSignal(() => createAll(readConfig(allSettings, environment), now));
  return 0;
};
