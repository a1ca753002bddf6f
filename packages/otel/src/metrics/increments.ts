import type { MetricPoint } from "@inferledger/events";

/** What a stream grew by, at the time of the point that showed it. */
export interface Increment {
  readonly point: MetricPoint;
  readonly value: number;
}

/**
 * Increments of the points of one stream, from all that are stored, in any order; the same point twice is one.
 * - delta: each point once; one that overlaps an earlier one is left out.
 * - cumulative: a state for each start time, as several processes may write under one identity: growth since the
 *   last point. The first point of a start that we were there for counts whole; of one that began before
 *   `knownFrom` it is a baseline, as what came before it may have been counted elsewhere. A value that drops is a
 *   reset. A start that equals its time, or is absent, is unknown: its first point counts nothing.
 */
export function incrementsOf(points: readonly MetricPoint[], knownFrom: number): Increment[] {
  const [first] = points;
  if (!first) return [];
  const ordered = [...new Map(points.map((p) => [`${p.start}/${p.time}`, p])).values()].sort(
    (a, b) => a.time - b.time || a.start - b.start,
  );
  return first.temporality === "delta" ? ofDeltas(ordered) : ofTotals(ordered, knownFrom);
}

function ofDeltas(ordered: readonly MetricPoint[]): Increment[] {
  let end = -Infinity;
  const found: Increment[] = [];
  for (const point of ordered) {
    const isOverlap = point.start !== 0 && point.start < end;
    if (isOverlap) continue;
    end = point.time;
    found.push({ point, value: point.value });
  }
  return found;
}

function ofTotals(ordered: readonly MetricPoint[], knownFrom: number): Increment[] {
  const last = new Map<number, number>();
  return ordered.map((point) => {
    const isKnownStart = point.start !== 0 && point.start < point.time;
    const before = last.get(point.start);
    last.set(point.start, point.value);
    if (before === undefined) return { point, value: isKnownStart && point.start >= knownFrom ? point.value : 0 };
    return { point, value: point.value >= before ? point.value - before : point.value };
  });
}
