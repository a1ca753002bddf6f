import { hash } from "node:crypto";

/**
 * Identities come from content, before the log, so that every repeat of one record collapses.
 * `call_key` names the provider call: 16 hex digits (64 bits). `sight` names the record that saw it:
 * 32 bits, never 0 (the derived call row) and 1 only where call_key was made from the transport identity.
 */
export const CALL_ROW_SIGHT = 0;
export const SELF_SIGHT = 1;

export const callKey = (...parts: readonly string[]): string => digest(parts).slice(0, 16);

export function sightKey(...parts: readonly string[]): number {
  const value = Number.parseInt(digest(parts).slice(16, 24), 16);
  return value <= SELF_SIGHT ? 2 : value;
}

const digest = (parts: readonly string[]): string => hash("sha256", parts.join("\u0000"), "hex");
