import type { Sighting } from "@inferledger/events";
import type { StoredSighting } from "./stored-sighting.ts";

/** The port of settling: which sightings are one call. */

/** Where a span or a sighting lies in its trace: '' of a log record's span and of a root's parent, milliseconds. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly start: number;
  readonly end: number;
  /** Of a sighting; undefined of a span that is none. */
  readonly callKey: string | undefined;
  readonly sight: number;
}

export interface TwinGroups {
  readonly rows: readonly StoredSighting[];
  readonly places: readonly TraceSpan[];
}

/** The derived row of a call that several sightings saw; sight 0, at the winner's time. */
export interface CallRow extends StoredSighting {
  readonly winner: number;
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

export interface TwinStore {
  /**
   * All rows, call rows included (sight 0), that rows of these buckets may be settled with: by a shared key or id within
   * ±windowMs, by a trace, by figures; and the places of their traces.
   */
  groups(tenant: string, buckets: readonly number[], windowMs: number): Promise<TwinGroups>;
  /** All rows that one sighting is or may be settled with: its call's other sightings and call rows among them. */
  around(sighting: Sighting): Promise<TwinGroups>;
  /** Writes flips and call rows with a higher corrector sequence; the marks for their buckets were written before. */
  rewrite(flips: readonly Flip[], calls: readonly CallRow[]): Promise<void>;
  /** Writes rows that are made of others, such as of metrics, as `billed` says, with a higher corrector sequence. */
  replace(rows: readonly StoredSighting[]): Promise<void>;
}
