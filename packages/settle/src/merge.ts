import { ATTRIBUTES, type Attribution, type Sighting } from "@inferledger/events";

/**
 * The derived call of several sightings, strongest first. Field rules:
 * - usage, model, service tier, region, time: the winner's own, never mixed across sightings, as its price is;
 * - attribution and latency: the first sighting that has one.
 */
export function mergeSightings(ranked: readonly [Sighting, ...Sighting[]]): Sighting {
  const [winner] = ranked;
  return {
    ...winner,
    sight: 0,
    attribution: mergeAttribution(ranked),
    duration_ms: ranked.find((s) => s.duration_ms > 0)?.duration_ms ?? 0,
    ttft_ms: ranked.find((s) => s.ttft_ms > 0)?.ttft_ms ?? 0,
  };
}

function mergeAttribution(ranked: readonly Sighting[]): Attribution {
  const merged: Attribution = {};
  for (const key of ATTRIBUTES) {
    const value = firstText(ranked, (s) => s.attribution[key] ?? "");
    if (value !== "") merged[key] = value;
  }
  return merged;
}

const firstText = (ranked: readonly Sighting[], read: (sighting: Sighting) => string): string => {
  for (const sighting of ranked) {
    const value = read(sighting);
    if (value !== "") return value;
  }
  return "";
};
