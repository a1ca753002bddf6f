import {
  callKey,
  SELF_SIGHT,
  type MetricFigure,
  type MetricPoint,
  type Sighting,
  type Tokens,
} from "@inferledger/events";
import { FAMILIES, type MetricFamily } from "./families.ts";
import { incrementsOf, type Increment } from "./increments.ts";

const QUARTER_MS = 15 * 60_000;

type Figures = Partial<Record<MetricFigure, number>>;

/**
 * What one service's metrics of a day amount to: a sighting for each 15 minutes, model and attribution, graded as
 * estimated. Where a service counts its tokens by several families of metrics, the first of `FAMILIES` counts.
 */
export function fromMetricPoints(
  points: readonly MetricPoint[],
  { from, to, knownFrom }: { readonly from: number; readonly to: number; readonly knownFrom: number },
): Sighting[] {
  const grown = [...Map.groupBy(points, (p) => p.stream).values()]
    .flatMap((stream) => incrementsOf(stream, knownFrom))
    .filter(({ point, value }) => value > 0 && point.time >= from && point.time < to);
  const family = FAMILIES.find(({ name }) => grown.some(({ point }) => point.family === name));
  if (!family) return [];
  const own = grown.filter(({ point }) => point.family === family.name);
  return [...Map.groupBy(own, groupOf).values()]
    .map((group) => toSighting(group, family))
    .sort((a, b) => (a.call_key < b.call_key ? -1 : 1));
}

/** What a counted family's figures are as disjoint buckets; a cache write has no lifetime here. */
export function toTokens(figures: Figures, family: Pick<MetricFamily, "inputHasCache" | "outputHasReasoning">): Tokens {
  const { input = 0, output = 0, cache_read = 0, cache_write = 0, reasoning = 0 } = figures;
  const tokens: Tokens = {
    input_uncached: family.inputHasCache ? Math.max(0, input - cache_read - cache_write) : input,
    input_cache_read: cache_read,
    input_cache_write_unspecified: cache_write,
    output_text: family.outputHasReasoning ? Math.max(0, output - reasoning) : output,
    output_reasoning: reasoning,
  };
  return Object.fromEntries(Object.entries(tokens).filter(([, n]) => n > 0));
}

const quarterOf = (time: number): number => Math.floor(time / QUARTER_MS) * QUARTER_MS;

/** An increment lies at the time of the point that showed it. */
const groupOf = ({ point }: Increment): string =>
  JSON.stringify([
    quarterOf(point.time),
    point.instance,
    point.scope,
    point.provider,
    point.model,
    Object.entries(point.attribution).sort(byName),
  ]);

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function toSighting(group: readonly Increment[], family: MetricFamily): Sighting {
  const [{ point }] = group as readonly [Increment, ...Increment[]];
  const figures: Figures = {};
  for (const { point: p, value } of group) figures[p.figure] = (figures[p.figure] ?? 0) + value;
  const { requests = 0, ...raw } = figures;
  return {
    kind: "usage",
    tenant: point.tenant,
    call_key: callKey("metric", point.service, family.name, groupOf(group[0] as Increment)),
    sight: SELF_SIGHT,
    other_keys: [],
    time: quarterOf(point.time),
    signal: "metric",
    role: "call",
    dialect: `${family.name}-metric`,
    scope: point.scope,
    service: point.service,
    instance: point.instance,
    operation: "",
    provider: point.provider,
    reported_model: point.model,
    service_tier: "",
    region: "",
    evidence: "estimated",
    may_twin: "none",
    precedence: 100,
    requests,
    tokens: toTokens(figures, family),
    raw,
    duration_ms: 0,
    ttft_ms: 0,
    attribution: point.attribution,
  };
}
