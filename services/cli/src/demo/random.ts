import { hash } from "node:crypto";

/** A repeatable stream of numbers in [0, 1), named by what it is for. Marsaglia's xorshift, 32 bits. */
export function randomOf(...name: readonly (string | number)[]): () => number {
  let state = Number.parseInt(digest(name).slice(0, 8), 16) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Hex digits of a name: trace and span ids that are the same in every run. */
export const idOf = (digits: number, ...name: readonly (string | number)[]): string => digest(name).slice(0, digits);

const digest = (name: readonly (string | number)[]): string => hash("sha256", name.join("/"), "hex");
