import { CALL_ROW_SIGHT, type PicoUsd, type Sighting } from "@inferledger/events";
import { joinByFigures, joinGatewayEmbeddings } from "./join-by-figures.ts";
import { joinById } from "./join-by-id.ts";
import { joinByTrace } from "./join-by-trace.ts";
import { mergeSightings } from "./merge.ts";
import { compareStrength } from "./precedence.ts";
import { createUnits, type Place, type Rule, type Units } from "./units.ts";

/** A stored row with the state that settling decides. `amount` null = unpriced. */
export interface Seen {
  readonly sighting: Sighting;
  readonly model: string;
  readonly amount: PicoUsd | null;
  readonly unpricedReason: string;
  readonly priceVersion: number;
  readonly period: number;
  readonly billed: boolean;
  readonly billedBy: string | undefined;
  /** What decided, '' where a sighting bills by itself. */
  readonly rule: string;
}

export interface Flip {
  readonly tenant: string;
  readonly time: number;
  readonly callKey: string;
  readonly sight: number;
  readonly billed: boolean;
  readonly billedBy: string | undefined;
  readonly rule: string;
}

/** The derived row of a call: sight 0, at the winner's time; `winner` is the winner's sight. */
export interface Call<Row extends Seen> {
  readonly row: Row;
  readonly winner: number;
}

export interface Settled<Row extends Seen> {
  readonly flips: readonly Flip[];
  readonly calls: readonly Call<Row>[];
}

/** Prices a merged call whose figures are not its winner's own. */
export type Reprice<Row extends Seen> = (merged: Row) => Row;

const QUARTER_MS = 15 * 60_000;

/**
 * Decides which rows bill. A pure function of the set: given all rows of some calls (call rows included) and the
 * places of their traces, in any order, it returns only what differs from what is stored, so running it again on
 * its own result returns nothing. A call with one sighting bills by that sighting; with several, by one derived
 * call row, and the sightings carry `billedBy`. An aggregate bills only where no call below it came.
 */
export function settleCalls<Row extends Seen>(
  rows: readonly Row[],
  places: readonly Place[],
  reprice: Reprice<Row> = (row) => row,
): Settled<Row> {
  const flips: Flip[] = [];
  const calls: Call<Row>[] = [];
  for (const own of byTenant(rows).values()) {
    const sightings = own.filter((r) => r.sighting.sight !== CALL_ROW_SIGHT);
    const callRows = own.filter((r) => r.sighting.sight === CALL_ROW_SIGHT);
    const units = createUnits(sightings);
    joinById(units);
    const aggregates = joinByTrace(units, places);
    joinByFigures(units);
    joinGatewayEmbeddings(units);
    const desired = decide({ units, aggregates, reprice }, flips);
    for (const row of callRows)
      if (!desired.some((call) => sameKey(row, call.row)))
        flipTo(flips, row, { billed: false, billedBy: undefined, rule: "" });
    calls.push(...desired.filter(({ row }) => !callRows.some((c) => sameKey(c, row) && sameCall(c, row))));
  }
  return { flips, calls };
}

interface Deciding<Row extends Seen> {
  readonly units: Units<Row>;
  /** Of aggregates and what lies below them: the call_key that bills in their stead. */
  readonly aggregates: ReadonlyMap<Row, string>;
  readonly reprice: Reprice<Row>;
}

/** Flags of every sighting, and the call rows that there should be. */
function decide<Row extends Seen>({ units, aggregates, reprice }: Deciding<Row>, flips: Flip[]): Call<Row>[] {
  const desired: Call<Row>[] = [];
  for (const { members, rule } of units.groups()) {
    const instead = members.map((m) => aggregates.get(m)).find((key) => key !== undefined);
    const ranked = members.toSorted((a, b) => compareStrength(a.sighting, b.sighting));
    if (instead !== undefined) {
      for (const row of ranked) flipTo(flips, row, { billed: false, billedBy: instead, rule: "aggregate" });
    } else if (ranked.length === 1) {
      for (const row of ranked) flipTo(flips, row, { billed: true, billedBy: undefined, rule: "" });
    } else {
      const call = deriveCall(ranked, { rule, reprice });
      desired.push(call);
      const billedBy = call.row.sighting.call_key;
      for (const row of ranked) flipTo(flips, row, { billed: false, billedBy, rule });
    }
  }
  return desired;
}

function byTenant<Row extends Seen>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => row.sighting.tenant);
}

function deriveCall<Row extends Seen>(
  ranked: readonly Row[],
  { rule, reprice }: { readonly rule: Rule; readonly reprice: Reprice<Row> },
): Call<Row> {
  const [winner, ...losers] = ranked;
  if (!winner) throw new RangeError("a call needs at least one sighting");
  const { sighting, isWinners } = mergeSightings([winner.sighting, ...losers.map((r) => r.sighting)]);
  const row: Row = { ...winner, sighting, billed: true, billedBy: undefined, rule };
  return { row: isWinners ? row : reprice(row), winner: winner.sighting.sight };
}

function flipTo(
  flips: Flip[],
  row: Seen,
  to: { readonly billed: boolean; readonly billedBy: string | undefined; readonly rule: string },
): void {
  if (row.billed === to.billed && row.billedBy === to.billedBy && row.rule === to.rule) return;
  const { tenant, time, call_key: callKey, sight } = row.sighting;
  flips.push({ tenant, time, callKey, sight, ...to });
}

const quarter = (row: Seen): number => Math.floor(row.sighting.time / QUARTER_MS);
const sameKey = (a: Seen, b: Seen): boolean => a.sighting.call_key === b.sighting.call_key && quarter(a) === quarter(b);

/** Whether a stored call row already says what is desired, in every field that money, latency or attribution reads. */
const sameCall = (stored: Seen, desired: Seen): boolean => stored.billed && content(stored) === content(desired);

function content(row: Seen): string {
  const s = row.sighting;
  return JSON.stringify([
    s.time,
    s.service,
    s.dialect,
    s.scope,
    s.provider,
    s.reported_model,
    s.service_tier,
    s.region,
    s.evidence,
    s.requests,
    s.duration_ms,
    s.ttft_ms,
    s.reported_cost ?? "",
    sorted(s.tokens).filter(([, n]) => n !== 0),
    sorted(s.attribution),
    row.model,
    String(row.amount),
    row.unpricedReason,
    row.priceVersion,
    row.period,
    row.rule,
  ]);
}

const sorted = (map: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
