import { divideHalfEven, readUsd, type Asset, type PicoUsd } from "@inferledger/events";

const DAY_MS = 86_400_000;

/** One day's charge; `start` is the day's first millisecond, UTC. */
export interface AssetDay {
  readonly start: number;
  readonly amount: PicoUsd;
}

/**
 * Straight-line by day: accrued(n) = cost × n / days of the life, rounded half to even to pico-dollars, and a
 * day is charged accrued(n) − accrued(n−1), so the days add up to the cost exactly. $100,000,000.00 in service
 * 2023-03-14 for 24 months (731 days): March 2023 is 18 days, 2462380.300957592339.
 */
export function assetDays(asset: Asset): AssetDay[] {
  const cost = readUsd(asset.cost);
  const from = Date.parse(`${asset.in_service}T00:00:00Z`);
  const days = Math.round((addMonths(from, asset.life_months) - from) / DAY_MS);
  const result: AssetDay[] = [];
  let before = 0n;
  for (let n = 1; n <= days; n += 1) {
    const accrued = divideHalfEven(cost * BigInt(n), BigInt(days));
    result.push({ start: from + (n - 1) * DAY_MS, amount: accrued - before });
    before = accrued;
  }
  return result;
}

/** The same day of a later month, or that month's last day where it is shorter. */
function addMonths(time: number, months: number): number {
  const date = Temporal.PlainDate.from(new Date(time).toISOString().slice(0, 10)).add({ months });
  return Date.UTC(date.year, date.month - 1, date.day);
}
