import type { Sighting } from "@inferledger/events";

/**
 * Orders the sightings of one call, strongest first: usage before none, then the dialect's precedence,
 * then time, then sight. A total order over content alone, so arrival never matters.
 */
export function compareStrength(a: Sighting, b: Sighting): number {
  return (
    Number(a.evidence === "missing") - Number(b.evidence === "missing") ||
    a.precedence - b.precedence ||
    a.time - b.time ||
    compareText(a.call_key, b.call_key) ||
    a.sight - b.sight
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
