import { expect, test } from "vitest";
import { createSequence } from "./sequence.ts";

test("rises with the clock, and also where it stands or goes back", () => {
  const clock = [5, 5, 5, 7, 6, 6, 8];
  const next = createSequence(() => clock.shift() ?? 0);
  const taken = Array.from({ length: 7 }, next);
  expect(taken).toEqual([5000n, 5001n, 5002n, 7000n, 7001n, 7002n, 8000n]);
});
