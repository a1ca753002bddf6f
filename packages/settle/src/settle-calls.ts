import { CALL_ROW_SIGHT, type PicoUsd, type Sighting } from "@inferledger/events";
import { mergeSightings } from "./merge.ts";
import { compareStrength } from "./precedence.ts";

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
}

export interface Flip {
  readonly tenant: string;
  readonly time: number;
  readonly callKey: string;
  readonly sight: number;
  readonly billed: boolean;
  readonly billedBy: string | undefined;
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

const QUARTER_MS = 15 * 60_000;

/**
 * Decides which rows bill. A pure function of the set: given all rows of the touched calls (call rows
 * included), in any order, it returns only what differs from what is stored, so running it again on its
 * own result returns nothing. A call with one sighting bills by that sighting; with several, by one derived
 * call row, and the sightings carry `billedBy`.
 */
export function settleCalls<Row extends Seen>(rows: readonly Row[]): Settled<Row> {
  const flips: Flip[] = [];
  const calls: Call<Row>[] = [];
  for (const group of byCall(rows).values()) {
    const sightings = group.filter((r) => r.sighting.sight !== CALL_ROW_SIGHT);
    const callRows = group.filter((r) => r.sighting.sight === CALL_ROW_SIGHT);
    sightings.sort((a, b) => compareStrength(a.sighting, b.sighting));
    const desired = sightings.length > 1 ? deriveCall(sightings) : undefined;
    const key = group[0]?.sighting.call_key;
    for (const row of sightings)
      flipTo(flips, row, desired ? { billed: false, billedBy: key } : { billed: true, billedBy: undefined });
    for (const row of callRows) {
      if (!desired || !sameQuarter(row, desired.row)) flipTo(flips, row, { billed: false, billedBy: undefined });
    }
    if (desired && !callRows.some((row) => sameQuarter(row, desired.row) && sameCall(row, desired.row)))
      calls.push(desired);
  }
  return { flips, calls };
}

function byCall<Row extends Seen>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.sighting.tenant}\u0000${row.sighting.call_key}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

function deriveCall<Row extends Seen>(ranked: readonly Row[]): Call<Row> {
  const [winner, ...losers] = ranked;
  if (!winner) throw new RangeError("a call needs at least one sighting");
  const sighting = mergeSightings([winner.sighting, ...losers.map((r) => r.sighting)]);
  return { row: { ...winner, sighting, billed: true, billedBy: undefined }, winner: winner.sighting.sight };
}

function flipTo(
  flips: Flip[],
  row: Seen,
  to: { readonly billed: boolean; readonly billedBy: string | undefined },
): void {
  if (row.billed === to.billed && row.billedBy === to.billedBy) return;
  const { tenant, time, call_key: callKey, sight } = row.sighting;
  flips.push({ tenant, time, callKey, sight, ...to });
}

const sameQuarter = (a: Seen, b: Seen): boolean =>
  Math.floor(a.sighting.time / QUARTER_MS) === Math.floor(b.sighting.time / QUARTER_MS);

/** Whether a stored call row already says what is desired, in every field that money, latency or attribution reads. */
function sameCall(stored: Seen, desired: Seen): boolean {
  return stored.billed && content(stored) === content(desired);
}

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
    sorted(s.tokens).filter(([, n]) => n !== 0),
    sorted(s.attribution),
    row.model,
    String(row.amount),
    row.unpricedReason,
    row.priceVersion,
    row.period,
  ]);
}

const sorted = (map: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
