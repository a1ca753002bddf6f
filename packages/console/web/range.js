/**
 * Ranges are whole UTC days, because capex is charged by the day: so a board's figures equal the api's of the same
 * from and to. `back` counts how many ranges the view lies before the present one.
 */
const DAY_MS = 86_400_000;

export function rangeOf(preset, back, now) {
  const tomorrow = Math.floor(now / DAY_MS) * DAY_MS + DAY_MS;
  if (preset === "month") {
    const date = new Date(now);
    const month = (offset) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset - back, 1);
    return { from: month(0), to: month(1) };
  }
  const length = Number.parseInt(preset, 10) * DAY_MS;
  return { from: tomorrow - length * (back + 1), to: tomorrow - length * back };
}

export const queryOf = ({ from, to }) => `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;

const day = (ms) => new Date(ms).toISOString().slice(0, 10);

/** `2026-11-01 to 2026-11-24 UTC`, the last day included. */
export const textOf = ({ from, to }) =>
  to - from <= DAY_MS ? `${day(from)} UTC` : `${day(from)} to ${day(to - DAY_MS)} UTC`;
