import { inputTokens, outputTokens } from "@inferledger/events";
import { createTree, type Tree } from "./trace-tree.ts";
import type { Seen } from "./settle-calls.ts";
import type { Place, Units } from "./units.ts";

/**
 * What the trace shows: a call within a call of the same figures is the same call seen at two levels; an engine's view
 * belongs to the client's call above it; an aggregate repeats the calls below it.
 * @returns of every row that bills nothing because of an aggregate, the call_key that bills in its stead
 */
export function joinByTrace<Row extends Seen>(units: Units<Row>, places: readonly Place[]): ReadonlyMap<Row, string> {
  const tree = createTree(units.rows, places);
  const sums = new Map<Row, Row[]>();
  for (const row of units.rows) {
    if (row.sighting.role === "aggregate") continue;
    const above = tree.above(row).find((outer) => outer.sighting.role !== "aggregate");
    if (!above) continue;
    if (row.sighting.role === "server" || above.sighting.role === "server" || isSame(above, row, tree))
      units.join(above, row, "same_trace");
    else sums.set(above, [...(sums.get(above) ?? []), row]);
  }
  return decideAggregates(units, tree, sums);
}

/** Figures agree; or one side says nothing, or only estimates, and the other is a different sender's view. */
function isSame(outer: Seen, inner: Seen, tree: Tree<Seen>): boolean {
  const [a, b] = [outer.sighting, inner.sighting];
  if (a.evidence === "missing" || b.evidence === "missing") return isChained(outer, inner, tree) && isOtherSender(a, b);
  if (figuresOf(outer) === figuresOf(inner)) return true;
  if (!isChained(outer, inner, tree) || !isOtherSender(a, b)) return false;
  return a.evidence === "estimated" || b.evidence === "estimated" || isNear(outer, inner);
}

const isChained = (outer: Seen, inner: Seen, tree: Tree<Seen>): boolean => tree.isChained(outer, inner);
const isOtherSender = (a: Seen["sighting"], b: Seen["sighting"]): boolean =>
  a.scope !== b.scope || a.signal !== b.signal;

/** Some senders count the first chunk of a stream twice over. */
const STREAM_SLACK = 16;
const isNear = (a: Seen, b: Seen): boolean =>
  inputTokens(a.sighting.tokens) === inputTokens(b.sighting.tokens) &&
  Math.abs(outputTokens(a.sighting.tokens) - outputTokens(b.sighting.tokens)) <= STREAM_SLACK;

const figuresOf = ({ sighting: { tokens } }: Seen): string => `${inputTokens(tokens)}/${outputTokens(tokens)}`;

function decideAggregates<Row extends Seen>(
  units: Units<Row>,
  tree: Tree<Row>,
  sums: ReadonlyMap<Row, readonly Row[]>,
): ReadonlyMap<Row, string> {
  const instead = new Map<Row, string>();
  const reported = (row: Row): boolean => row.sighting.evidence !== "missing";
  const below = new Map<Row, Row[]>();
  for (const row of units.rows)
    for (const outer of tree.above(row)) below.set(outer, [...(below.get(outer) ?? []), row]);
  // A call that is the sum of two or more calls below it is an aggregate by another name.
  for (const [outer, inner] of sums) {
    const of = distinctUnits(units, inner);
    if (of.length >= 2 && isSumOf(outer, of)) instead.set(outer, (of[0] as Row).sighting.call_key);
  }
  for (const row of units.rows) {
    if (row.sighting.role !== "aggregate") continue;
    const leaf = below.get(row)?.find((inner) => inner.sighting.role !== "aggregate" && reported(inner));
    const outermost = tree
      .above(row)
      .findLast((outer) => outer.sighting.role === "aggregate" && !hasLeaf(outer, below));
    if (leaf) instead.set(row, leaf.sighting.call_key);
    else if (outermost) instead.set(row, outermost.sighting.call_key);
    else for (const inner of below.get(row) ?? []) instead.set(inner, row.sighting.call_key);
  }
  return instead;
}

const hasLeaf = <Row extends Seen>(row: Row, below: ReadonlyMap<Row, readonly Row[]>): boolean =>
  (below.get(row) ?? []).some((i) => i.sighting.role !== "aggregate" && i.sighting.evidence !== "missing");

const distinctUnits = <Row extends Seen>(units: Units<Row>, rows: readonly Row[]): Row[] => [
  ...new Map(rows.map((row) => [units.unitOf(row), row])).values(),
];

function isSumOf(outer: Seen, inner: readonly Seen[]): boolean {
  const sum = (of: (s: Seen) => number): number => inner.reduce((total, row) => total + of(row), 0);
  return (
    inputTokens(outer.sighting.tokens) === sum((r) => inputTokens(r.sighting.tokens)) &&
    outputTokens(outer.sighting.tokens) === sum((r) => outputTokens(r.sighting.tokens))
  );
}
