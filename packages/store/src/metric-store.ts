import type { MetricPoint } from "@inferledger/events";
import type { StoredSighting } from "./stored-sighting.ts";

/** The port of metrics that count tokens. */

/** One service's day, UTC: `day` is its start. */
export interface ServiceDay {
  readonly tenant: string;
  readonly service: string;
  readonly day: number;
}

/** Metrics that count tokens: kept as they came, turned into rows by the settler. */
export interface MetricStore {
  /** Services that have points on these UTC days. */
  services(
    tenant: string,
    days: readonly number[],
  ): Promise<readonly { readonly service: string; readonly day: number }[]>;
  /** The day's points, and of every stream and start the last one before it. */
  points(of: ServiceDay): Promise<readonly MetricPoint[]>;
  /** The rows that were made of the day's points. */
  rows(of: ServiceDay): Promise<readonly StoredSighting[]>;
  /** Whether any call of the service was seen that day by a span, a log record or a report. */
  hasCalls(of: ServiceDay): Promise<boolean>;
  /** Since when this ledger is there: counters that began earlier start at what they had. */
  knownFrom(): Promise<number>;
}
