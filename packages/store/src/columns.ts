import { ATTRIBUTES, BUCKETS, DIMENSIONS } from "@inferledger/events";

/** Settings that every insert says, because the engine's defaults moved between versions and would drop or delay rows. */
export const INSERT_SETTINGS = {
  async_insert: 0,
  deduplicate_insert: "disable",
  insert_deduplicate: 0,
  input_format_parallel_parsing: 0,
  max_insert_block_size: "1048449",
} as const;

export const INSERT_SETTINGS_SQL =
  "async_insert = 0, deduplicate_insert = 'disable', insert_deduplicate = 0, max_insert_threads = 1, do_not_merge_across_partitions_select_final = 1";

export const LEDGER_COLUMNS = [
  "tenant",
  "ts",
  "call_key",
  "sight",
  "version",
  "kind",
  "winner_sight",
  "billed",
  "billed_by",
  "other_keys",
  "may_twin",
  "precedence",
  "evidence",
  "period",
  "reported_model",
  "operation",
  "service_tier",
  "region",
  "signal",
  "dialect",
  "scope",
  "instance",
  ...ATTRIBUTES,
  "model",
  "provider",
  "service",
  "duration_ms",
  "ttft_ms",
  "requests",
  ...BUCKETS,
  "raw",
  "price_version",
  "priced_by",
  "amount",
  "reported_cost",
  "unpriced_reason",
  "role",
  "settled_by",
  "weak_key",
] as const;

export const DIMENSION_LIST = DIMENSIONS.join(", ");
export const BUCKET_LIST = BUCKETS.join(", ");

/** Milliseconds as ClickHouse reads DateTime64(3): decimal seconds. */
export const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** call_key is 16 hex digits outside and UInt64 inside. */
export const keyToUInt64 = (hex: string): string => BigInt(`0x${hex}`).toString();
export const keyFromUInt64 = (decimal: string): string => BigInt(decimal).toString(16).padStart(16, "0");
