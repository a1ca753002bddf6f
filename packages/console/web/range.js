/**
 * Ranges are whole days of the accounting zone, because capex is charged by the day: so a board's figures equal the
 * api's of the same from and to. `back` counts how many ranges the view lies before the present one.
 */
const DAY_MS = 86_400_000;

export function rangeOf({ preset, back, zone }, now) {
  const today = dateIn(zone, now);
  if (preset === "month") {
    const month = (offset) => startOf([today[0], today[1] + offset - back, 1], zone);
    return { from: month(0), to: month(1), zone };
  }
  const length = Number.parseInt(preset, 10);
  const day = (offset) => startOf([today[0], today[1], today[2] + 1 - offset], zone);
  return { from: day(length * (back + 1)), to: day(length * back), zone };
}

export const queryOf = ({ from, to }) => `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;

/** `2026-11-01 to 2026-11-24 UTC`, the last day included. */
export function textOf({ from, to, zone }) {
  const [first, last] = [from, to - 1].map((time) => textOfDate(dateIn(zone, time)));
  return `${first === last ? first : `${first} to ${last}`} ${zone}`;
}

const textOfDate = ([year, month, day]) => `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

/** Year, month and day that a zone's calendar shows at a time. */
function dateIn(zone, time) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" });
  const of = Object.fromEntries(parts.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return [of.year, of.month, of.day];
}

/** The first millisecond of a zone's date: looked for by quarter hours, from the same moment in UTC onwards and back. */
function startOf([year, month, day], zone) {
  const noon = Date.UTC(year, month - 1, day, 12);
  const wanted = textOfDate([
    new Date(noon).getUTCFullYear(),
    new Date(noon).getUTCMonth() + 1,
    new Date(noon).getUTCDate(),
  ]);
  const isBefore = (time) => textOfDate(dateIn(zone, time)) < wanted;
  let [low, high] = [noon - 1.5 * DAY_MS, noon + DAY_MS];
  while (high - low > 900_000) {
    const middle = low + Math.floor((high - low) / 2 / 900_000) * 900_000;
    if (isBefore(middle)) low = middle;
    else high = middle;
  }
  return high;
}
