import type { Evidence } from "@inferledger/events";

/** The port of what senders send. */

/** What one service sends in one way. */
export interface SenderRow {
  readonly service: string;
  readonly signal: string;
  readonly dialect: string;
  readonly scope: string;
  readonly sightings: number;
  /** Totals of calls that may have come themselves. */
  readonly aggregates: number;
  /** Sightings that bill by themselves: no other sender saw the call. */
  readonly billsAlone: number;
  readonly lastSeen: number;
  readonly evidence: Readonly<Record<Evidence, number>>;
}

interface CountedSide {
  /** All input, cached tokens included. */
  readonly input: number;
  readonly output: number;
  readonly requests: number;
}

/** A service's UTC day, by its metrics and by its calls. */
export interface ReconciledDay {
  readonly service: string;
  /** yyyy-mm-dd */
  readonly day: string;
  readonly billedByMetrics: boolean;
  readonly calls: CountedSide;
  readonly metrics: CountedSide;
}
