import { inputTokens, outputTokens } from "@inferledger/events";
import { overlap } from "./join-by-figures.ts";
import type { Seen } from "./settle-calls.ts";
import type { Units } from "./units.ts";

/** Sightings that share the call's key, or a weaker id of the call, are one call: response id, request id, gateway id. */
export function joinById<Row extends Seen>(units: Units<Row>): void {
  const first = new Map<string, Row>();
  for (const row of units.rows) {
    // An aggregate may carry its last call's id.
    if (row.sighting.role === "aggregate") continue;
    for (const key of [row.sighting.call_key, ...row.sighting.other_keys]) {
      const known = first.get(key);
      if (known) units.join(known, row, "shared_id");
      else first.set(key, row);
    }
  }
  joinByWeakId(units);
}

/** A short id is a call's name only together with the same figures at the same time, as of a gateway and its client. */
function joinByWeakId<Row extends Seen>(units: Units<Row>): void {
  const able = units.rows.filter((row) => row.sighting.weak_key !== undefined && row.sighting.role !== "aggregate");
  for (const [key, group] of Map.groupBy(able, weakName)) {
    if (key === "") continue;
    for (const [i, row] of group.entries())
      for (const other of group.slice(i + 1)) if (overlap(row, other)) units.join(row, other, "shared_id");
  }
}

const weakName = ({ sighting: s }: Seen): string =>
  s.evidence === "missing" ? "" : `${s.weak_key}/${inputTokens(s.tokens)}/${outputTokens(s.tokens)}`;
