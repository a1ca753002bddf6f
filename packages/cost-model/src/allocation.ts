import { BUCKETS, type Dimension, type PicoUsd, type Tokens } from "@inferledger/events";

/**
 * Divides an amount by weights, by largest remainder in pico-dollars: every share is its exact part rounded
 * down, and what is left over goes, one pico-dollar each, to the largest remainders, ties to the first.
 * The shares add up to the amount. $100 over three equal weights: 33.333333333334, 33.333333333333, 33.333333333333.
 * @throws RangeError on a negative weight, or when all weights are 0 (that is nobody's: the caller books it so)
 */
export function allocate(amount: PicoUsd, weights: readonly bigint[]): PicoUsd[] {
  let total = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw new RangeError(`a weight is not negative: ${weight}`);
    total += weight;
  }
  if (total === 0n) throw new RangeError("nothing to divide by: all weights are 0");
  const size = amount < 0n ? -amount : amount;
  const shares = weights.map((weight) => (size * weight) / total);
  const left = Number(size - shares.reduce((sum, share) => sum + share, 0n));
  const order = weights.map((weight, index) => ({ index, remainder: (size * weight) % total }));
  order.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of order.slice(0, left)) shares[index] = (shares[index] ?? 0n) + 1n;
  return amount < 0n ? shares.map((share) => -share) : shares;
}

export type ShareKeys = Partial<Record<Dimension, string>>;

/** What a set of requests with the same keys used. */
export interface KeyedUsage {
  readonly keys: ShareKeys;
  readonly requests: number;
  readonly tokens: Tokens;
}

export interface KeyedAmount {
  readonly keys: ShareKeys;
  readonly amount: PicoUsd;
}

/** Adds up the usage of equal keys and puts them in order, so that a division never depends on the order of rows. */
export function gatherUsage<U extends KeyedUsage>(usage: readonly U[], weigh: (usage: U) => bigint): { keys: ShareKeys; weight: bigint }[] {
  const gathered = new Map<string, { keys: ShareKeys; weight: bigint }>();
  for (const one of usage) {
    const name = JSON.stringify(Object.entries(one.keys).sort(([a], [b]) => (a < b ? -1 : 1)));
    const seen = gathered.get(name);
    if (seen) seen.weight += weigh(one);
    else gathered.set(name, { keys: one.keys, weight: weigh(one) });
  }
  return [...gathered].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Divides an amount over keyed weights; without any weight it is one row of nobody's, with `unowned` keys. */
export function shareOut(amount: PicoUsd, gathered: readonly { keys: ShareKeys; weight: bigint }[], unowned: ShareKeys): KeyedAmount[] {
  if (gathered.every(({ weight }) => weight === 0n)) return [{ keys: unowned, amount }];
  const shares = allocate(amount, gathered.map(({ weight }) => weight));
  return gathered.flatMap(({ keys }, i) => (shares[i] === 0n ? [] : [{ keys, amount: shares[i] ?? 0n }]));
}

/**
 * A day's charge of a training asset, over the model's usage of the day by tokens. A day without usage is
 * one row that names the model and nobody else: unabsorbed, neither dropped nor divided by zero.
 */
export function allocateCapexDay(amount: PicoUsd, model: string, usage: readonly KeyedUsage[]): KeyedAmount[] {
  return shareOut(amount, gatherUsage(usage, totalTokens), { model });
}

function totalTokens({ tokens }: KeyedUsage): bigint {
  let sum = 0n;
  for (const bucket of BUCKETS) sum += BigInt(tokens[bucket] ?? 0);
  return sum;
}
