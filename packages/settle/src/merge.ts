import { ATTRIBUTES, inputTokens, outputTokens, type Attribution, type Sighting } from "@inferledger/events";

export interface Merged {
  readonly sighting: Sighting;
  /** Whether everything that its price depends on is the winner's own. */
  readonly isWinners: boolean;
}

const GRADES = ["exact", "upper_bound", "estimated", "missing"];

/**
 * The derived call of several sightings, strongest first. Field rules:
 * - model, provider, region, time: the winner's own; where it has none, the first that names one;
 * - usage: of those that agree with the winner on all input and all output, the one with the best evidence, whole:
 *   it may know the cached part or the lifetime of cache writes; parts are never added or subtracted across sightings;
 * - service tier, attribution, latency, reported cost: the first sighting that has one.
 */
export function mergeSightings(ranked: readonly [Sighting, ...Sighting[]]): Merged {
  const [winner] = ranked;
  const usage = bestUsage(ranked);
  const firstText = (read: (s: Sighting) => string): string => ranked.map(read).find((v) => v !== "") ?? "";
  const model = firstText((s) => s.reported_model);
  const provider = firstText((s) => s.provider);
  const tier = firstText((s) => s.service_tier);
  const cost = firstText((s) => s.reported_cost ?? "");
  const { reported_cost: _, ...facts } = winner;
  return {
    sighting: {
      ...facts,
      sight: 0,
      reported_model: model,
      provider,
      service_tier: tier,
      tokens: usage.tokens,
      raw: usage.raw,
      evidence: usage.evidence,
      ...(cost === "" ? {} : { reported_cost: cost }),
      attribution: mergeAttribution(ranked),
      duration_ms: ranked.find((s) => s.duration_ms > 0)?.duration_ms ?? 0,
      ttft_ms: ranked.find((s) => s.ttft_ms > 0)?.ttft_ms ?? 0,
    },
    isWinners:
      usage === winner &&
      model === winner.reported_model &&
      provider === winner.provider &&
      tier === winner.service_tier,
  };
}

function bestUsage(ranked: readonly [Sighting, ...Sighting[]]): Sighting {
  const [winner] = ranked;
  const total = (s: Sighting): string => `${inputTokens(s.tokens)}/${outputTokens(s.tokens)}`;
  const agreeing = ranked.filter((s) => total(s) === total(winner) && s.role === winner.role);
  return agreeing.reduce((best, s) => (GRADES.indexOf(s.evidence) < GRADES.indexOf(best.evidence) ? s : best), winner);
}

function mergeAttribution(ranked: readonly Sighting[]): Attribution {
  const merged: Attribution = {};
  for (const key of ATTRIBUTES) {
    const value = ranked.map((s) => s.attribution[key] ?? "").find((v) => v !== "");
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}
