/** Days and months of the zone in which a tenant keeps its books. Times are milliseconds; zones are IANA names. */

const DAY_MS = 86_400_000;

/** The first millisecond of a date (yyyy-mm-dd) in a zone; where midnight is skipped, the first that exists. */
export function startOfDate(date: Temporal.PlainDate, zone: string): number {
  if (zone === "UTC") return Date.UTC(date.year, date.month - 1, date.day);
  return date.toZonedDateTime({ timeZone: zone }).epochMilliseconds;
}

/** The start of the zone's day that a time lies in. */
export function startOfDay(time: number, zone: string): number {
  if (zone === "UTC") return Math.floor(time / DAY_MS) * DAY_MS;
  return Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).startOfDay().epochMilliseconds;
}

/** A month (yyyy-mm) of the zone: `from` included, `to` excluded. */
export function monthSpan(month: string, zone: string): { readonly from: number; readonly to: number } {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return { from: startOfDate(first, zone), to: startOfDate(first.add({ months: 1 }), zone) };
}

/** The zone's month that a time lies in, as yyyy-mm. */
export const monthOf = (time: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).toPlainDate().toString().slice(0, 7);
