import { divideHalfEven, readUsd, type Asset, type PicoUsd } from "@inferledger/events";
import { startOfDate } from "./accounting-zone.ts";

/** One day's charge over [start, end): a day of the accounting zone, so of 23 to 25 hours. */
export interface AssetDay {
  readonly start: number;
  readonly end: number;
  readonly amount: PicoUsd;
}

/**
 * Straight-line by day: accrued(n) = cost × n / days of the life, rounded half to even to pico-dollars, and a
 * day is charged accrued(n) − accrued(n−1), so the days add up to the cost exactly, in whatever zone they are
 * days. $100,000,000.00 in service 2023-03-14 for 24 months (731 days): March 2023 is 18 days, 2462380.300957592339.
 */
export function assetDays(asset: Asset, zone = "UTC"): AssetDay[] {
  const cost = readUsd(asset.cost);
  const first = Temporal.PlainDate.from(asset.in_service);
  // The same day of a later month, or that month's last day where it is shorter.
  const days = first.until(first.add({ months: asset.life_months }), { largestUnit: "days" }).days;
  const result: AssetDay[] = [];
  let before = 0n;
  let start = startOfDate(first, zone);
  for (let n = 1; n <= days; n += 1) {
    const accrued = divideHalfEven(cost * BigInt(n), BigInt(days));
    const end = startOfDate(first.add({ days: n }), zone);
    // A date that a zone skipped (Samoa had no 2011-12-30) has no time to be charged in: the next day takes it.
    if (end === start && n < days) continue;
    result.push({ start, end, amount: accrued - before });
    before = accrued;
    start = end;
  }
  return result;
}
