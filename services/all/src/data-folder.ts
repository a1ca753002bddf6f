import { accessSync, constants, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { PermanentError } from "@inferledger/runtime";

/** @throws PermanentError when the folder cannot be made or written */
export function openDataFolder(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new PermanentError(
      `cannot write the data folder ${folder}`,
      "give this user the right to write it, or set INFERLEDGER_DATA to another folder",
      { cause },
    );
  }
  return folder;
}
