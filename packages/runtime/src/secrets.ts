import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { PermanentError } from "./errors.ts";

/**
 * A secret from a file, without the newline at its end.
 * @throws PermanentError naming the variable when the file cannot be read or is empty; never shows its content
 */
export function readSecretFile(variable: string, path: string): string {
  let content: string;
  try {
    content = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new PermanentError(`${variable}: cannot read ${path}`, "let it name a file that this user may read", {
      cause,
    });
  }
  if (content === "") throw new PermanentError(`${variable}: ${path} is empty`, "write the secret into it");
  return content;
}

/** Compares without telling by its time how much was right. */
export const isSameSecret = (given: string | undefined, secret: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(secret));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The key of `authorization: Bearer <key>`. */
export const bearerOf = (header: string | undefined): string | undefined => /^Bearer (.+)$/i.exec(header ?? "")?.[1];
