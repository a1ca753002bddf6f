import type { Evidence } from "@inferledger/events";
import type { Figures } from "../figures.ts";
import type { Attributes, TelemetryRecord } from "../record.ts";

/**
 * What a record is to the bill: a call of a model; an aggregate that repeats the calls below it, and bills only
 * where none of them came; the engine's own view of a client's call; a link between others; or nothing of use.
 */
export type Role = "call" | "aggregate" | "server" | "link" | "ignore";

/** One family of senders: how it is recognised, what it is to the bill, and where its figures lie. */
export interface Dialect {
  readonly name: string;
  /** Recognised by any of these attributes, by the scope's name, or by a log record's event; then `when` must hold. */
  readonly signs?: readonly string[];
  readonly scope?: RegExp;
  readonly events?: readonly string[];
  readonly when?: (record: TelemetryRecord) => boolean;
  readonly role: (record: TelemetryRecord) => Role;
  /** Lower wins when several sightings of one call are settled. */
  readonly precedence: number;
  readonly names: UsageNames;
  /** Figures that lie elsewhere than in attributes of their own, such as in a JSON text. */
  readonly amend?: (figures: Figures, record: TelemetryRecord, provider: string) => Figures;
  /** Whether the reported input contains cached tokens; undefined = not known from the sender alone. */
  readonly inclusive?: boolean | ((figures: Figures, record: TelemetryRecord, provider: string) => boolean | undefined);
  /** The best grade that the sender's figures deserve; exact when absent. */
  readonly atBest?: (figures: Figures, record: TelemetryRecord, provider: string) => Evidence | undefined;
  readonly model?: (attributes: Attributes) => string;
  readonly provider?: (attributes: Attributes, record: TelemetryRecord) => string;
  /** Names of further ids of the call, by the ladder: a response's, a request's, a gateway's. */
  readonly responseIds?: readonly string[];
  readonly requestIds?: readonly string[];
  /** Reported cost in dollars, as text. */
  readonly cost?: (attributes: Attributes) => string | undefined;
  /** Set where the family doubles another's calls without a shared id: they are paired by their figures. */
  readonly pairsByFigures?: true;
  /** Further attributes that the functions above read. */
  readonly reads?: readonly string[];
}

/** Attribute names in order: the first that is there wins. */
export interface UsageNames {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly total?: readonly string[];
  readonly cacheRead?: readonly string[];
  readonly cacheWrite?: readonly string[];
  readonly cacheWrite5m?: readonly string[];
  readonly cacheWrite30m?: readonly string[];
  readonly cacheWrite1h?: readonly string[];
  readonly cacheWrite12h?: readonly string[];
  readonly reasoning?: readonly string[];
  readonly inputAudio?: readonly string[];
  readonly inputImage?: readonly string[];
  readonly inputVideo?: readonly string[];
  readonly cachedAudio?: readonly string[];
  readonly cachedImage?: readonly string[];
  readonly outputAudio?: readonly string[];
  readonly outputImage?: readonly string[];
  readonly outputVideo?: readonly string[];
}
