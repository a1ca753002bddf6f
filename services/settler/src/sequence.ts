/**
 * Rising numbers for the settler's own marks: above every one that it used before, also by an earlier process, which
 * the clock in microseconds is; and never the same twice where the clock stands or goes back.
 */
export function createSequence(now: () => number): () => bigint {
  let last = 0n;
  return () => {
    const clock = BigInt(now()) * 1000n;
    last = clock > last ? clock : last + 1n;
    return last;
  };
}
