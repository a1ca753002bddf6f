import { divideHalfEven, readUsd, type Asset, type PicoUsd, type Pool } from "@inferledger/events";
import { isUnknown, type Call } from "./calls.ts";
import { DAY_MS, HOUR_MS, MODELS, type Declared, type ListPrice } from "./scenario.ts";

/** What a team, or everybody, must have cost. */
export interface Expected {
  requests: number;
  unpriced: number;
  opexApi: PicoUsd;
}

/** The demo's own books: kept by its own sums from the list prices, not by the cost model that it is compared with. */
export interface Books {
  add(calls: readonly Call[]): void;
  team(team: string): Expected;
  total(): Expected;
}

export function createBooks(): Books {
  const teams = new Map<string, Expected>();
  const total = empty();
  const of = (team: string): Expected => {
    let own = teams.get(team);
    if (!own) teams.set(team, (own = empty()));
    return own;
  };
  return {
    add(calls) {
      for (const call of calls) for (const sum of [of(call.team.team), total]) addCall(sum, call);
    },
    team: of,
    total: () => total,
  };
}

const empty = (): Expected => ({ requests: 0, unpriced: 0, opexApi: 0n });

function addCall(sum: Expected, call: Call): void {
  sum.requests += 1;
  if (isUnknown(call)) sum.unpriced += 1;
  const model = MODELS[call.model];
  if ("price" in model) sum.opexApi += listCost(call, model.price);
}

/** Dollars per million tokens are millions of pico-dollars per token: whole numbers, so nothing is rounded. */
const perToken = (usdPerMillion: string): PicoUsd => readUsd(usdPerMillion) / 1_000_000n;

const listCost = (call: Call, price: ListPrice): PicoUsd =>
  BigInt(call.input - call.cacheRead) * perToken(price.input) +
  BigInt(call.cacheRead) * perToken(price.cacheRead) +
  BigInt(call.output) * perToken(price.output);

/** Bills of all pools in [from, to), whole hours: what busy, idle and unknown must add up to. */
export const poolBills = ({ pools }: Declared, from: number, to: number): PicoUsd =>
  pools.reduce((sum, pool) => sum + billOf(pool, from, to), 0n);

function billOf(pool: Pool, from: number, to: number): PicoUsd {
  const start = Math.max(from, Date.parse(pool.from));
  const end = Math.min(to, pool.to === undefined ? to : Date.parse(pool.to));
  const hours = BigInt(Math.max(0, end - start) / HOUR_MS);
  return readUsd(pool.usd_per_gpu_hour) * BigInt(pool.gpus.length) * hours;
}

/** Straight-line capex of all assets in [from, to), whole days of their lives. */
export const capex = ({ assets }: Declared, from: number, to: number): PicoUsd =>
  assets.reduce((sum, asset) => sum + chargedUntil(asset, to) - chargedUntil(asset, from), 0n);

function chargedUntil(asset: Asset, until: number): PicoUsd {
  const first = Temporal.PlainDate.from(asset.in_service);
  const life = first.until(first.add({ months: asset.life_months })).days;
  const past = Math.round((until - Date.parse(`${asset.in_service}T00:00:00Z`)) / DAY_MS);
  return divideHalfEven(readUsd(asset.cost) * BigInt(Math.min(Math.max(past, 0), life)), BigInt(life));
}
