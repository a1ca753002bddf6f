import { hash } from "node:crypto";
import { ATTRIBUTES, type Sighting } from "@inferledger/events";

/**
 * Which content of one key stays: richness:8 | content_hash:40 | corrector:40 | ~period:12 | ~price_version:28.
 * Versions never tie with different content, so arrival order never decides: richer content wins, then a fixed
 * hash, then the corrector's latest word, then the first posting and the first price.
 */
export function sightingVersion(sighting: Sighting, period: number, priceVersion: number): bigint {
  const content = BigInt(`0x${hash("sha256", JSON.stringify(contentOf(sighting)), "hex").slice(0, 10)}`);
  return (richness(sighting) << 120n) | (content << 80n) | tail(period, priceVersion);
}

/** A derived call row says what its corrector says last: `sequence` rises with every settling. */
export const callVersion = (sequence: bigint, period: number, priceVersion: number): bigint =>
  (BigInt.asUintN(40, sequence) << 40n) | tail(period, priceVersion);

/** What a correction of flags adds to a row's version. */
export const CORRECTOR_STEP = 1n << 40n;

function tail(period: number, priceVersion: number): bigint {
  return (BigInt.asUintN(12, ~BigInt(period)) << 28n) | BigInt.asUintN(28, ~BigInt(priceVersion));
}

function richness(sighting: Sighting): bigint {
  const facts =
    Object.keys(sighting.tokens).length * 4 +
    Object.keys(sighting.attribution).length +
    Number(sighting.duration_ms > 0) +
    Number(sighting.ttft_ms > 0);
  return BigInt(Math.min(facts, 255));
}

const contentOf = (s: Sighting): unknown[] => [
  s.time,
  s.dialect,
  s.scope,
  s.service,
  s.instance,
  s.operation,
  s.provider,
  s.reported_model,
  s.service_tier,
  s.region,
  s.evidence,
  s.precedence,
  s.requests,
  sorted(s.tokens),
  sorted(s.raw),
  s.reported_cost ?? "",
  s.duration_ms,
  s.ttft_ms,
  ATTRIBUTES.map((a) => s.attribution[a] ?? ""),
];

const sorted = (map: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
