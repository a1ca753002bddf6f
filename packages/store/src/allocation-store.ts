import type { Dimension, GpuSample, PicoUsd, Tokens } from "@inferledger/events";

/** The port of divided costs: GPU hours and capex days. Times are milliseconds since 1970 UTC. */

export type AllocationKind = "gpu" | "idle" | "gpu_unknown" | "capex";

/** One share of a divided cost over [start, end). Empty keys = nobody's (null in answers). */
export interface AllocationRow {
  readonly kind: AllocationKind;
  /** The pool or asset that it comes from. */
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly keys: Partial<Record<Dimension, string>>;
  readonly amount: PicoUsd;
}

export interface AllocationStore {
  /** Replaces all rows of these (source, start) scopes in one INSERT: rows that vanished are written as gone. */
  replace(tenant: string, scopes: readonly AllocationScope[], rows: readonly AllocationRow[]): Promise<void>;
  /** Writes every row of a source as gone, in one INSERT per month: its asset or pool was changed or withdrawn. */
  clear(tenant: string, source: string): Promise<void>;
  /** Rows that overlap [from, to). */
  read(tenant: string, from: number, to: number): Promise<readonly AllocationRow[]>;
  /** Tokens and requests of one model by all dimensions and by hours or days of a zone in [from, to), from the recomputed rollup. */
  usage(query: ModelUsageQuery): Promise<readonly ModelUsage[]>;
  samples(query: {
    readonly tenant: string;
    readonly gpus: readonly string[];
    readonly from: number;
    readonly to: number;
  }): Promise<readonly GpuSample[]>;
}

export interface AllocationScope {
  readonly source: string;
  readonly start: number;
}

export interface ModelUsageQuery {
  readonly tenant: string;
  readonly model: string;
  readonly from: number;
  readonly to: number;
  readonly step: "hour" | "day";
  /** Whose days. */
  readonly zone: string;
}

export interface ModelUsage {
  /** Start of the step, ms. */
  readonly start: number;
  readonly keys: Partial<Record<Dimension, string>>;
  readonly requests: number;
  readonly tokens: Tokens;
}
