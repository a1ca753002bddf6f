import type { SpendQuery } from "@inferledger/store";

/** A stretch of a view: [from, to) inside the asked range, and the start of the hour, day or month it belongs to. */
export interface Interval {
  readonly start: number | undefined;
  readonly from: number;
  readonly to: number;
}

/** The hours, days or months of a zone that a range touches; the whole range when none was asked for. */
export function intervalsOf(query: Pick<SpendQuery, "from" | "to" | "interval" | "tz">): Interval[] {
  if (!query.interval) return [{ start: undefined, from: query.from, to: query.to }];
  const unit = query.interval;
  const intervals: Interval[] = [];
  let at = startOf(Temporal.Instant.fromEpochMilliseconds(query.from).toZonedDateTimeISO(query.tz), unit);
  while (at.epochMilliseconds < query.to) {
    const next = startOf(at.add({ [`${unit}s`]: 1 }), unit);
    intervals.push({
      start: at.epochMilliseconds,
      from: Math.max(at.epochMilliseconds, query.from),
      to: Math.min(next.epochMilliseconds, query.to),
    });
    at = next;
  }
  return intervals;
}

function startOf(time: Temporal.ZonedDateTime, unit: "hour" | "day" | "month"): Temporal.ZonedDateTime {
  if (unit === "hour") return time.round({ smallestUnit: "hour", roundingMode: "floor" });
  return (unit === "month" ? time.with({ day: 1 }) : time).startOfDay();
}
