import type { Dimension, PicoUsd, Tokens } from "@inferledger/events";
import { inputTokens, outputTokens } from "@inferledger/events";

export type Keys = Partial<Record<Dimension, string>>;

/**
 * Divides an amount by weights, exactly: floors first, then one pico-dollar each to the largest remainders,
 * ties to the earlier. $1 by 1:1:1 is 0.333333333334, 0.333333333333, 0.333333333333.
 * @throws RangeError when every weight is 0, or one is negative
 */
export function allocate(amount: PicoUsd, weights: readonly bigint[]): PicoUsd[] {
  const total = weights.reduce((sum, w) => sum + w, 0n);
  if (total <= 0n || weights.some((w) => w < 0n)) throw new RangeError("weights must be 0 or more, and not all 0");
  const sign = amount < 0n ? -1n : 1n;
  const whole = amount * sign;
  const parts = weights.map((w) => (whole * w) / total);
  let left = whole - parts.reduce((sum, p) => sum + p, 0n);
  const order = weights
    .map((w, index) => ({ index, remainder: (whole * w) % total }))
    .sort((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.index - b.index));
  for (const { index } of order) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts.map((p) => p * sign);
}

export interface UsageShare {
  readonly keys: Keys;
  readonly tokens: Tokens;
}

export interface Share {
  readonly keys: Keys;
  readonly amount: PicoUsd;
}

/** A day's charge over that model's usage of the day by tokens; without usage it is nobody's: unabsorbed. */
export function allocateCapexDay(amount: PicoUsd, model: string, usage: readonly UsageShare[]): Share[] {
  return shareBy({ amount, model }, usage, (tokens) => BigInt(inputTokens(tokens)) + BigInt(outputTokens(tokens)));
}

/** Shares by a weight of tokens, one share a set of keys, in an order that does not depend on how the usage came. */
export function shareBy(
  { amount, model }: { readonly amount: PicoUsd; readonly model: string },
  usage: readonly UsageShare[],
  weigh: (tokens: Tokens) => bigint,
): Share[] {
  const gathered = new Map<string, { keys: Keys; order: string; weight: bigint }>();
  for (const { keys, tokens } of usage) {
    const order = keyText(keys);
    gathered.set(order, { keys, order, weight: weigh(tokens) + (gathered.get(order)?.weight ?? 0n) });
  }
  const weighed = [...gathered.values()].filter((u) => u.weight > 0n);
  if (weighed.length === 0) return [{ keys: { model }, amount }];
  weighed.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  const parts = allocate(
    amount,
    weighed.map((u) => u.weight),
  );
  return weighed.map((u, i) => ({ keys: { ...u.keys, model }, amount: parts[i] ?? 0n })).filter((s) => s.amount !== 0n);
}

const keyText = (keys: Keys): string => JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));
