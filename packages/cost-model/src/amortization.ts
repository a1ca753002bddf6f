import { divideHalfEven, readUsd, type Asset, type PicoUsd } from "@inferledger/events";

const DAY_MS = 86_400_000;

/** What an asset is charged on one day. `start` is the day's midnight UTC, ms. */
export interface AssetDay {
  readonly start: number;
  readonly amount: PicoUsd;
}

/**
 * Straight-line by day over [in_service, in_service + life_months): accrued(t) is linear over the days of the
 * life, rounded half to even; a day's charge is the difference, so days add up to every longer view and the
 * life to the cost. $100,000,000 over 24 months from 2023-03-14 (731 days): March 2023 is 2462380.300957592339.
 * `from` and `to` (ms, `to` excluded) narrow the days; whole life when left out.
 */
export function assetDays(asset: Asset, from = -Infinity, to = Infinity): AssetDay[] {
  const { start, days } = lifeOf(asset);
  const cost = readUsd(asset.cost);
  const first = Math.max(0, Math.ceil((from - start) / DAY_MS));
  const last = Math.min(days, Math.ceil((to - start) / DAY_MS));
  const charges: AssetDay[] = [];
  let before = accrued(cost, first, days);
  for (let day = first; day < last; day++) {
    const after = accrued(cost, day + 1, days);
    charges.push({ start: start + day * DAY_MS, amount: after - before });
    before = after;
  }
  return charges;
}

/** What an asset is charged over [from, to), days (ms, midnight UTC). */
export function assetCharge(asset: Asset, from: number, to: number): PicoUsd {
  const { start, days } = lifeOf(asset);
  const cost = readUsd(asset.cost);
  const dayOf = (time: number): number => Math.min(days, Math.max(0, Math.ceil((time - start) / DAY_MS)));
  return accrued(cost, dayOf(to), days) - accrued(cost, dayOf(from), days);
}

/** The life of an asset: midnight UTC of its first day (ms), and its number of days. */
export function lifeOf(asset: Pick<Asset, "in_service" | "life_months">): { readonly start: number; readonly days: number } {
  const start = Date.parse(`${asset.in_service}T00:00:00Z`);
  if (Number.isNaN(start)) throw new RangeError(`in_service must be a date such as "2025-01-31", not ${JSON.stringify(asset.in_service)}`);
  return { start, days: (addMonths(start, asset.life_months) - start) / DAY_MS };
}

/** The same day of a later month, or that month's last day: 31 January and one month is 28 or 29 February. */
function addMonths(start: number, months: number): number {
  const date = new Date(start);
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay));
}

const accrued = (cost: PicoUsd, day: number, days: number): PicoUsd => divideHalfEven(cost * BigInt(day), BigInt(days));
