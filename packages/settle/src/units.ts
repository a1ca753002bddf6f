import type { Seen } from "./settle-calls.ts";

/** Where a span or a sighting lies in its trace. A log record has no span of its own: it lies under `parentId`. */
export interface Place {
  readonly traceId: string;
  /** '' of a log record. */
  readonly spanId: string;
  /** '' of a root. */
  readonly parentId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** Of a sighting; undefined of a span that is none. */
  readonly callKey: string | undefined;
  readonly sight: number;
}

/** What showed that two sightings are one call, strongest first. */
export const RULES = ["shared_id", "same_trace", "figures"] as const;
export type Rule = (typeof RULES)[number];

/** Sightings joined into calls. Joining is a union: the order of the joins changes nothing. */
export interface Units<Row extends Seen> {
  readonly rows: readonly Row[];
  join(a: Row, b: Row, rule: Rule): void;
  /** The same for the rows of one unit. */
  unitOf(row: Row): number;
  groups(): readonly { readonly members: readonly Row[]; readonly rule: Rule }[];
}

export function createUnits<Row extends Seen>(given: readonly Row[]): Units<Row> {
  const rows = given.toSorted(byIdentity);
  const index = new Map(rows.map((row, i) => [row, i]));
  const parent = rows.map((_, i) => i);
  const rules = rows.map((): number => -1);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] = parent[parent[at] as number] as number;
    return at;
  };
  const unitOf = (row: Row): number => root(index.get(row) as number);
  return {
    rows,
    unitOf,
    join(a, b, rule) {
      const [first, second] = [unitOf(a), unitOf(b)].sort((x, y) => x - y) as [number, number];
      if (first === second) return;
      parent[second] = first;
      // The weakest rule that it took names the unit.
      rules[first] = Math.max(rules[first] as number, rules[second] as number, RULES.indexOf(rule));
    },
    groups: () =>
      [...Map.groupBy(rows, unitOf)].map(([unit, members]) => ({
        members,
        rule: RULES[rules[unit] as number] ?? "shared_id",
      })),
  };
}

export function byIdentity(a: Seen, b: Seen): number {
  const [x, y] = [a.sighting, b.sighting];
  return x.time - y.time || (x.call_key < y.call_key ? -1 : x.call_key > y.call_key ? 1 : 0) || x.sight - y.sight;
}
