import { ATTRIBUTES, type Sighting } from "@inferledger/events";

/** What a call's row has that its winner does not say, and the sighting that said it. */
export interface Taken {
  readonly field: string;
  readonly from: Sighting;
}

/** Compares a derived call with its winner; the others are asked in the order in which the merge asked them. */
export function takenFrom(call: Sighting, winner: Sighting, others: readonly Sighting[]): Taken[] {
  const fields: readonly (readonly [string, (s: Sighting) => string])[] = [
    ["tokens", (s) => JSON.stringify(Object.entries(s.tokens).sort(([a], [b]) => (a < b ? -1 : 1)))],
    ["reported_model", (s) => s.reported_model],
    ["provider", (s) => s.provider],
    ["service_tier", (s) => s.service_tier],
    ["reported_cost", (s) => s.reported_cost ?? ""],
    ["duration_ms", (s) => String(s.duration_ms)],
    ["ttft_ms", (s) => String(s.ttft_ms)],
    ...ATTRIBUTES.map((key) => [`attribution.${key}`, (s: Sighting) => s.attribution[key] ?? ""] as const),
  ];
  return fields.flatMap(([field, read]) => {
    if (read(call) === read(winner)) return [];
    const from = others.find((other) => read(other) === read(call));
    return from ? [{ field, from }] : [];
  });
}
