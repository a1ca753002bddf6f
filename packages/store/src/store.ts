import type {
  Attribute,
  ControlKind,
  Dimension,
  GpuSample,
  LedgerRow,
  Link,
  MetricPoint,
  PicoUsd,
  Receipt,
  Sighting,
  Tokens,
} from "@inferledger/events";

import type { MetricStore } from "./metric-store.ts";
import type { ReconciledDay, SenderRow } from "./sender-store.ts";
import type { StoredSighting } from "./stored-sighting.ts";
import type { TwinStore } from "./twin-store.ts";
import type { AllocationStore } from "./allocation-store.ts";

/** The store's ports. Times are milliseconds since 1970 UTC; `from` included, `to` excluded. */

export const QUARTER_MS = 15 * 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Everything that one stretch of a log partition contributes. Written twice = written once. */
export interface LedgerBatch {
  /** `topic/partition`; its marks are ordered by `seq`, the last offset. */
  readonly writer: string;
  readonly seq: bigint;
  readonly rows: readonly LedgerRow[];
  readonly links: readonly Link[];
  readonly points: readonly MetricPoint[];
  readonly samples: readonly GpuSample[];
  readonly receipts: readonly StoredReceipt[];
}

export interface StoredReceipt {
  readonly topicPartition: string;
  readonly offset: bigint;
  readonly arrived: number;
  readonly receipt: Receipt;
}

export interface LedgerWriter {
  /** Rows, links, samples and receipts first, the dirty marks last. Resolved = stored; commit the offset after it. */
  write(batch: LedgerBatch): Promise<void>;
}

/** A bucket (15 minutes) of a tenant that changed, as `writer` saw it up to `seq`. */
export interface DirtyMark {
  readonly tenant: string;
  readonly bucket: number;
  readonly writer: string;
  readonly seq: bigint;
}

export interface DirtyMarks {
  /** Marks that no `done` covers yet, oldest bucket last, at most `limit`. */
  read(limit: number): Promise<readonly DirtyMark[]>;
  done(marks: readonly DirtyMark[]): Promise<void>;
  /** Marks buckets as changed by a corrector or the api. */
  mark(marks: readonly DirtyMark[]): Promise<void>;
}

/** Rows of some models, by the name that was reported or by the catalogue's, that a pool or the book priced. */
export interface RepricingQuery {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
  readonly models: readonly string[];
  readonly pricedBy: readonly ("book" | "pool")[];
}

/** A row by its key, with the price that it gets. `amount` null = unpriced, or its pool's. */
export interface Repriced extends Pick<
  StoredSighting,
  "model" | "amount" | "unpricedReason" | "priceVersion" | "pricedBy"
> {
  readonly time: number;
  readonly callKey: string;
  readonly sight: number;
}

export interface RepricingStore {
  /** Starts of the hours that have such rows. */
  hours(query: RepricingQuery): Promise<readonly number[]>;
  /** Such rows of the first hour of the range, call rows included. */
  rows(query: RepricingQuery): Promise<readonly StoredSighting[]>;
  /** Writes the rows with a higher corrector sequence; the marks for their buckets were written before. */
  rewrite(tenant: string, rows: readonly Repriced[]): Promise<void>;
}

export interface RollupStore {
  /** Recomputes the buckets from the ledger, in one INSERT per month. */
  recompute(tenant: string, buckets: readonly number[]): Promise<void>;
}

export interface SpendQuery {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
  readonly groupBy: readonly Dimension[];
  readonly interval?: "hour" | "day" | "month";
  readonly tz: string;
  readonly filter?: Partial<Record<Dimension, string>>;
}

/** Sums of billed ledger rows; allocations are added by the caller. `time` = start of the interval. */
export interface SpendRow {
  readonly keys: Partial<Record<Dimension, string>>;
  readonly time?: number;
  readonly requests: number;
  readonly unpricedRequests: number;
  readonly tokens: Tokens;
  readonly opexApi: PicoUsd;
}

export interface Balance {
  readonly accepted: number;
  readonly priced: number;
  readonly unpriced: number;
  readonly rejected: number;
  readonly duplicate: number;
  readonly ignored: number;
}

export interface EventQuery {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
  readonly service?: string;
  readonly model?: string;
  readonly billed?: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

export interface SpendStore {
  senders(tenant: string, from: number, to: number): Promise<readonly SenderRow[]>;
  reconciliation(tenant: string, from: number, to: number): Promise<readonly ReconciledDay[]>;
  spend(query: SpendQuery): Promise<readonly SpendRow[]>;
  /** By time of arrival; sightings in the log but not yet stored are not known here: the api adds `pending`. */
  balance(tenant: string, from: number, to: number): Promise<Balance>;
  /** Keeps the balance of arrival days before this time: proof does not stay for ever. Returns how many days were new. */
  keepBalanceDays(before: number): Promise<number>;
  events(query: EventQuery): Promise<{ readonly events: readonly StoredSighting[]; readonly next?: string }>;
  /** id = `<start of its 15 minutes, epoch s>-<call_key>-<sight>` */
  event(tenant: string, id: string): Promise<StoredSighting | undefined>;
  /** How many of these sightings the ledger has already. */
  knownEvents(tenant: string, sightings: readonly Sighting[]): Promise<number>;
}

export interface ControlEntry<T = unknown> {
  readonly kind: ControlKind | "alert_state" | "allocation_state" | "lease";
  readonly tenant: string;
  readonly id: string;
  readonly revision: number;
  readonly knownFrom: number;
  readonly deleted: boolean;
  readonly value: T;
}

export interface ControlStore {
  /** Appends the next revision. Rows are never changed. */
  put(entry: Omit<ControlEntry, "revision">): Promise<ControlEntry>;
  /** Every revision of every tenant, oldest first: what was known when. */
  history(kind: ControlEntry["kind"]): Promise<readonly ControlEntry[]>;
  /** The latest revision of each id, deleted ones left out. */
  list<T>(kind: ControlEntry["kind"], tenant?: string): Promise<readonly ControlEntry<T>[]>;
}

export interface Store extends LedgerWriter, SpendStore {
  readonly dirty: DirtyMarks;
  readonly twins: TwinStore;
  readonly metrics: MetricStore;
  readonly repricing: RepricingStore;
  readonly rollups: RollupStore;
  readonly allocations: AllocationStore;
  readonly control: ControlStore;
  /** Runs a board's SELECT; figures come as text. */
  query(sql: string): Promise<{ readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }>;
  /** Brings the schema to the newest migration. Safe to run from several processes and twice. */
  migrate(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type { Attribute };
