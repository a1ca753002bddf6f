import type { Seen } from "./settle-calls.ts";
import type { Place } from "./units.ts";

export interface Tree<Row extends Seen> {
  /** The sightings that a sighting lies under, nearest first: by the chain of parents; where foreign spans break it, by containment in time. */
  above(row: Row): readonly Row[];
  /** Whether the chain of parents itself leads from inner to outer. */
  isChained(outer: Seen, inner: Seen): boolean;
}

/** Chains longer than this are a sender's fault. */
const DEEPEST = 1000;

export function createTree<Row extends Seen>(rows: readonly Row[], places: readonly Place[]): Tree<Row> {
  const spans = new Map<string, Place>();
  const placeOf = new Map<string, Place>();
  for (const place of places) {
    // A span may be there as a link and as a sighting: the sighting says more.
    const known = spans.get(spanKey(place.traceId, place.spanId));
    if (place.spanId !== "" && (!known || known.callKey === undefined))
      spans.set(spanKey(place.traceId, place.spanId), place);
    if (place.callKey !== undefined) placeOf.set(`${place.callKey}/${place.sight}`, place);
  }
  const byPlace = new Map(rows.map((row) => [`${row.sighting.call_key}/${row.sighting.sight}`, row]));
  const inTrace = Map.groupBy(
    rows.filter((row) => placeOf.has(keyOf(row))),
    (row) => (placeOf.get(keyOf(row)) as Place).traceId,
  );

  const chain = (row: Row): { readonly found: Row[]; readonly isBroken: boolean } => {
    const own = placeOf.get(keyOf(row));
    const found: Row[] = [];
    if (!own) return { found, isBroken: false };
    let at = own.parentId;
    for (let depth = 0; at !== "" && depth < DEEPEST; depth += 1) {
      const span = spans.get(spanKey(own.traceId, at));
      if (!span) return { found, isBroken: true };
      const outer = span.callKey === undefined ? undefined : byPlace.get(`${span.callKey}/${span.sight}`);
      if (outer && outer !== row) found.push(outer);
      at = span.parentId === at ? "" : span.parentId;
    }
    return { found, isBroken: false };
  };
  const containing = (row: Row): Row[] => {
    const own = placeOf.get(keyOf(row));
    if (!own) return [];
    return (inTrace.get(own.traceId) ?? [])
      .filter((outer) => outer !== row && contains(placeOf.get(keyOf(outer)) as Place, own))
      .sort((a, b) => lengthOf(placeOf.get(keyOf(a))) - lengthOf(placeOf.get(keyOf(b))));
  };
  const known = new Map<Row, readonly Row[]>();
  return {
    above(row) {
      let found = known.get(row);
      if (!found) {
        const { found: chained, isBroken } = chain(row);
        const near = isBroken
          ? containing(row).filter((outer) => !chained.includes(outer) && !chain(outer).found.includes(row))
          : [];
        known.set(row, (found = [...chained, ...near]));
      }
      return found;
    },
    isChained: (outer, inner) => chain(inner as Row).found.includes(outer as Row),
  };
}

const spanKey = (traceId: string, spanId: string): string => `${traceId}/${spanId}`;
const keyOf = (row: Seen): string => `${row.sighting.call_key}/${row.sighting.sight}`;
const lengthOf = (place: Place | undefined): number => (place ? place.end - place.start : 0);

/** Strictly longer, so that two of one length never contain each other; a log record's place has no length of its own and contains nothing. */
const contains = (outer: Place, inner: Place): boolean =>
  outer.spanId !== "" && outer.start <= inner.start && outer.end >= inner.end && lengthOf(outer) > lengthOf(inner);
