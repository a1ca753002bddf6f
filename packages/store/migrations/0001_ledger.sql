-- Sightings, and the derived rows of calls that several sightings saw. The key is the identity of a sighting,
-- so that a row written twice is one row; the version decides which content stays, never the order of arrival.
-- The key holds the 15 minutes of the rollup, so that a row which is replaced never leaves its bucket: a repeat with
-- another time is a row of its own there, and settled by the call_key that both share.
CREATE TABLE IF NOT EXISTS inferledger.ledger (
  tenant LowCardinality(String),
  ts DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  call_key UInt64 CODEC(NONE),
  sight UInt32 CODEC(NONE),
  version UInt128 CODEC(ZSTD(1)),
  kind Enum8('sighting' = 0, 'call' = 1, 'correction' = 2),
  winner_sight UInt32 CODEC(ZSTD(1)),
  billed UInt8,
  billed_by UInt64 CODEC(ZSTD(1)),
  other_keys Array(UInt64) CODEC(ZSTD(1)),
  may_twin Enum8('none' = 0, 'keyed' = 1, 'unkeyed' = 2),
  precedence UInt8,
  evidence Enum8('exact' = 1, 'upper_bound' = 2, 'estimated' = 3, 'missing' = 4),
  period UInt32 CODEC(T64, ZSTD(1)),
  reported_model LowCardinality(String) CODEC(ZSTD(1)),
  operation LowCardinality(String) CODEC(ZSTD(1)),
  service_tier LowCardinality(String) CODEC(ZSTD(1)),
  region LowCardinality(String) CODEC(ZSTD(1)),
  signal LowCardinality(String) CODEC(ZSTD(1)),
  dialect LowCardinality(String) CODEC(ZSTD(1)),
  scope LowCardinality(String) CODEC(ZSTD(1)),
  instance LowCardinality(String) CODEC(ZSTD(1)),
  team LowCardinality(String) CODEC(ZSTD(1)),
  project LowCardinality(String) CODEC(ZSTD(1)),
  application LowCardinality(String) CODEC(ZSTD(1)),
  environment LowCardinality(String) CODEC(ZSTD(1)),
  feature LowCardinality(String) CODEC(ZSTD(1)),
  user LowCardinality(String) CODEC(ZSTD(1)),
  customer LowCardinality(String) CODEC(ZSTD(1)),
  cost_center LowCardinality(String) CODEC(ZSTD(1)),
  model LowCardinality(String) CODEC(ZSTD(1)),
  provider LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  duration_ms UInt32 CODEC(T64, ZSTD(1)),
  ttft_ms UInt32 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  input_uncached Int64 CODEC(T64, ZSTD(1)),
  input_cache_read Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_5m Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_30m Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_1h Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_12h Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_unspecified Int64 CODEC(T64, ZSTD(1)),
  input_audio Int64 CODEC(T64, ZSTD(1)),
  input_audio_cache_read Int64 CODEC(T64, ZSTD(1)),
  input_image Int64 CODEC(T64, ZSTD(1)),
  input_image_cache_read Int64 CODEC(T64, ZSTD(1)),
  input_video Int64 CODEC(T64, ZSTD(1)),
  output_text Int64 CODEC(T64, ZSTD(1)),
  output_reasoning Int64 CODEC(T64, ZSTD(1)),
  output_audio Int64 CODEC(T64, ZSTD(1)),
  output_image Int64 CODEC(T64, ZSTD(1)),
  output_video Int64 CODEC(T64, ZSTD(1)),
  raw Map(LowCardinality(String), UInt64) CODEC(ZSTD(3)),
  price_version UInt32 CODEC(ZSTD(1)),
  priced_by Enum8('book' = 0, 'pool' = 1),
  amount Decimal(18, 12) CODEC(T64, ZSTD(1)),
  reported_cost Nullable(Decimal(18, 12)) CODEC(ZSTD(1)),
  unpriced_reason LowCardinality(String) CODEC(ZSTD(1)),
  INDEX by_call call_key TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(ts)
PRIMARY KEY (tenant, toStartOfFifteenMinutes(ts), call_key)
ORDER BY (tenant, toStartOfFifteenMinutes(ts), call_key, sight)
SETTINGS non_replicated_deduplication_window = 0, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- Every arrival of a sighting: where in the log, when, and the ids as they were sent.
CREATE TABLE IF NOT EXISTS inferledger.proof (
  tenant LowCardinality(String),
  ts DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  call_key UInt64 CODEC(NONE),
  sight UInt32 CODEC(NONE),
  topic_partition LowCardinality(String),
  log_offset UInt64 CODEC(Delta, ZSTD(1)),
  line UInt32 CODEC(ZSTD(1)),
  arrived DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  response_id String CODEC(ZSTD(3)),
  trace_id String CODEC(ZSTD(3)),
  span_id String CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(arrived)
ORDER BY (tenant, toStartOfFifteenMinutes(ts), call_key, sight, topic_partition, log_offset, line)
TTL toDateTime(arrived) + INTERVAL 45 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

CREATE TABLE IF NOT EXISTS inferledger.receipt (
  tenant LowCardinality(String),
  topic_partition LowCardinality(String),
  log_offset UInt64,
  arrived DateTime64(3, 'UTC'),
  accepted UInt64,
  rejected Map(LowCardinality(String), UInt64),
  ignored UInt64
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(arrived)
ORDER BY (tenant, topic_partition, log_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- The balance of arrival days whose proof is about to expire.
CREATE TABLE IF NOT EXISTS inferledger.balance_day (
  tenant LowCardinality(String), day Date,
  accepted UInt64, priced UInt64, unpriced UInt64, rejected UInt64, duplicate UInt64, ignored UInt64
) ENGINE = ReplacingMergeTree ORDER BY (tenant, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

CREATE TABLE IF NOT EXISTS inferledger.link (
  tenant LowCardinality(String),
  trace_id String CODEC(ZSTD(3)),
  span_id String CODEC(ZSTD(3)),
  parent_id String CODEC(ZSTD(3)),
  service LowCardinality(String),
  instance LowCardinality(String),
  start DateTime64(3, 'UTC'),
  end DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (tenant, trace_id, span_id)
TTL toDateTime(start) + INTERVAL 35 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- Utilization in millionths of 1. Copies of one reading (time-sharing) are one row.
CREATE TABLE IF NOT EXISTS inferledger.gpu_sample (
  tenant LowCardinality(String),
  gpu LowCardinality(String),
  time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  utilization UInt32 CODEC(T64, ZSTD(1)),
  host LowCardinality(String),
  model LowCardinality(String),
  source LowCardinality(String)
) ENGINE = ReplacingMergeTree(utilization)
PARTITION BY toYYYYMM(time)
ORDER BY (tenant, gpu, time)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- A bucket is clean when done has reached dirty for every writer.
CREATE TABLE IF NOT EXISTS inferledger.dirty (
  tenant LowCardinality(String), bucket DateTime('UTC'), writer LowCardinality(String), seq UInt64
) ENGINE = ReplacingMergeTree(seq) ORDER BY (tenant, bucket, writer) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

CREATE TABLE IF NOT EXISTS inferledger.done (
  tenant LowCardinality(String), bucket DateTime('UTC'), writer LowCardinality(String), seq UInt64
) ENGINE = ReplacingMergeTree(seq) ORDER BY (tenant, bucket, writer) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- The ledger by 15 minutes: a pure function of it, recomputed bucket by bucket.
CREATE TABLE IF NOT EXISTS inferledger.spend_15m (
  tenant LowCardinality(String),
  bucket DateTime('UTC'),
  period UInt32,
  team LowCardinality(String) CODEC(ZSTD(1)),
  project LowCardinality(String) CODEC(ZSTD(1)),
  application LowCardinality(String) CODEC(ZSTD(1)),
  environment LowCardinality(String) CODEC(ZSTD(1)),
  feature LowCardinality(String) CODEC(ZSTD(1)),
  user LowCardinality(String) CODEC(ZSTD(1)),
  customer LowCardinality(String) CODEC(ZSTD(1)),
  cost_center LowCardinality(String) CODEC(ZSTD(1)),
  model LowCardinality(String) CODEC(ZSTD(1)),
  provider LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  version UInt64,
  gone UInt8,
  requests Int64,
  unpriced_requests Int64,
  input_uncached Int64 CODEC(T64, ZSTD(1)),
  input_cache_read Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_5m Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_30m Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_1h Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_12h Int64 CODEC(T64, ZSTD(1)),
  input_cache_write_unspecified Int64 CODEC(T64, ZSTD(1)),
  input_audio Int64 CODEC(T64, ZSTD(1)),
  input_audio_cache_read Int64 CODEC(T64, ZSTD(1)),
  input_image Int64 CODEC(T64, ZSTD(1)),
  input_image_cache_read Int64 CODEC(T64, ZSTD(1)),
  input_video Int64 CODEC(T64, ZSTD(1)),
  output_text Int64 CODEC(T64, ZSTD(1)),
  output_reasoning Int64 CODEC(T64, ZSTD(1)),
  output_audio Int64 CODEC(T64, ZSTD(1)),
  output_image Int64 CODEC(T64, ZSTD(1)),
  output_video Int64 CODEC(T64, ZSTD(1)),
  amount Decimal(38, 12)
) ENGINE = ReplacingMergeTree(version, gone)
PARTITION BY toYYYYMM(bucket)
PRIMARY KEY (tenant, bucket)
ORDER BY (tenant, bucket, period, team, project, application, environment, feature, user, customer, cost_center, model, provider, service)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- Shares of divided costs over [start, end): GPU hours (busy, idle, unknown) and capex days.
CREATE TABLE IF NOT EXISTS inferledger.allocation (
  tenant LowCardinality(String),
  source LowCardinality(String),
  start DateTime('UTC'),
  end DateTime('UTC'),
  kind Enum8('gpu' = 1, 'idle' = 2, 'gpu_unknown' = 3, 'capex' = 4),
  team LowCardinality(String) CODEC(ZSTD(1)),
  project LowCardinality(String) CODEC(ZSTD(1)),
  application LowCardinality(String) CODEC(ZSTD(1)),
  environment LowCardinality(String) CODEC(ZSTD(1)),
  feature LowCardinality(String) CODEC(ZSTD(1)),
  user LowCardinality(String) CODEC(ZSTD(1)),
  customer LowCardinality(String) CODEC(ZSTD(1)),
  cost_center LowCardinality(String) CODEC(ZSTD(1)),
  model LowCardinality(String) CODEC(ZSTD(1)),
  provider LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  version UInt64,
  gone UInt8,
  amount Decimal(38, 12)
) ENGINE = ReplacingMergeTree(version, gone)
PARTITION BY toYear(start)
PRIMARY KEY (tenant, source, start)
ORDER BY (tenant, source, start, kind, team, project, application, environment, feature, user, customer, cost_center, model, provider, service)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- What people declare: assets, pools, budgets, rules. Revisions are appended, never changed.
CREATE TABLE IF NOT EXISTS inferledger.control (
  kind LowCardinality(String),
  tenant String,
  id String,
  revision UInt32,
  known_from DateTime64(3, 'UTC'),
  deleted UInt8,
  json String
) ENGINE = ReplacingMergeTree ORDER BY (kind, tenant, id, revision) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

CREATE VIEW IF NOT EXISTS inferledger.dirty_buckets AS
SELECT DISTINCT d.tenant AS tenant, d.bucket AS bucket
FROM (SELECT tenant, bucket, writer, max(seq) AS seq FROM inferledger.dirty GROUP BY tenant, bucket, writer) AS d
LEFT JOIN (SELECT tenant, bucket, writer, max(seq) AS seq FROM inferledger.done GROUP BY tenant, bucket, writer) AS o
USING (tenant, bucket, writer)
WHERE d.seq > o.seq;

-- Rows that bill: every sighting of its own and every derived call, once.
CREATE VIEW IF NOT EXISTS inferledger.calls AS
SELECT * FROM inferledger.ledger FINAL WHERE billed = 1
SETTINGS do_not_merge_across_partitions_select_final = 1;

-- All spend: one row per bucket and attribution. Buckets that changed are read from the ledger until they are recomputed.
CREATE VIEW IF NOT EXISTS inferledger.spend AS
SELECT tenant, bucket AS time, team, project, application, environment, feature, user, customer, cost_center, model, provider, service, requests, unpriced_requests, input_uncached, input_cache_read, input_cache_write_5m, input_cache_write_30m, input_cache_write_1h, input_cache_write_12h, input_cache_write_unspecified, input_audio, input_audio_cache_read, input_image, input_image_cache_read, input_video, output_text, output_reasoning, output_audio, output_image, output_video,
  amount AS opex_api, toDecimal128(0, 12) AS opex_gpu, toDecimal128(0, 12) AS idle, toDecimal128(0, 12) AS gpu_unknown, toDecimal128(0, 12) AS capex_amortized
FROM inferledger.spend_15m FINAL
WHERE (tenant, bucket) NOT IN (SELECT tenant, bucket FROM inferledger.dirty_buckets)
UNION ALL
SELECT tenant, toDateTime(toStartOfInterval(ts, INTERVAL 15 MINUTE), 'UTC') AS time, team, project, application, environment, feature, user, customer, cost_center, model, provider, service, requests, if(unpriced_reason = '', 0, requests) AS unpriced_requests, input_uncached, input_cache_read, input_cache_write_5m, input_cache_write_30m, input_cache_write_1h, input_cache_write_12h, input_cache_write_unspecified, input_audio, input_audio_cache_read, input_image, input_image_cache_read, input_video, output_text, output_reasoning, output_audio, output_image, output_video,
  toDecimal128(amount, 12) AS opex_api, toDecimal128(0, 12) AS opex_gpu, toDecimal128(0, 12) AS idle, toDecimal128(0, 12) AS gpu_unknown, toDecimal128(0, 12) AS capex_amortized
FROM inferledger.ledger FINAL
WHERE billed = 1 AND (tenant, toDateTime(toStartOfInterval(ts, INTERVAL 15 MINUTE), 'UTC')) IN (SELECT tenant, bucket FROM inferledger.dirty_buckets)
UNION ALL
SELECT tenant, start AS time, team, project, application, environment, feature, user, customer, cost_center, model, provider, service, toInt64(0) AS requests, toInt64(0) AS unpriced_requests, toInt64(0) AS input_uncached, toInt64(0) AS input_cache_read, toInt64(0) AS input_cache_write_5m, toInt64(0) AS input_cache_write_30m, toInt64(0) AS input_cache_write_1h, toInt64(0) AS input_cache_write_12h, toInt64(0) AS input_cache_write_unspecified, toInt64(0) AS input_audio, toInt64(0) AS input_audio_cache_read, toInt64(0) AS input_image, toInt64(0) AS input_image_cache_read, toInt64(0) AS input_video, toInt64(0) AS output_text, toInt64(0) AS output_reasoning, toInt64(0) AS output_audio, toInt64(0) AS output_image, toInt64(0) AS output_video,
  toDecimal128(0, 12) AS opex_api, if(kind = 'gpu', amount, toDecimal128(0, 12)) AS opex_gpu, if(kind = 'idle', amount, toDecimal128(0, 12)) AS idle,
  if(kind = 'gpu_unknown', amount, toDecimal128(0, 12)) AS gpu_unknown, if(kind = 'capex', amount, toDecimal128(0, 12)) AS capex_amortized
FROM inferledger.allocation FINAL;
