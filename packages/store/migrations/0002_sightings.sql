-- What a sighting is to its call, the rule that settled it, and an id that is too short to name a call alone.
ALTER TABLE inferledger.ledger
  ADD COLUMN IF NOT EXISTS role Enum8('call' = 0, 'aggregate' = 1, 'server' = 2) DEFAULT 'call',
  ADD COLUMN IF NOT EXISTS settled_by LowCardinality(String) CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS weak_key UInt64 CODEC(ZSTD(1));

-- Where spans and sightings lie in their traces; a span that is no sighting has call_key 0. It takes the place of `link`, which nothing read.
CREATE TABLE IF NOT EXISTS inferledger.place (
  tenant LowCardinality(String),
  trace_id String CODEC(ZSTD(3)),
  span_id String CODEC(ZSTD(3)),
  parent_id String CODEC(ZSTD(3)),
  start DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  end DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  call_key UInt64 CODEC(ZSTD(1)),
  sight UInt32 CODEC(ZSTD(1)),
  arrived DateTime DEFAULT now(),
  INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(start)
ORDER BY (tenant, toStartOfFifteenMinutes(start), trace_id, span_id, call_key, sight)
TTL arrived + INTERVAL 35 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

DROP TABLE IF EXISTS inferledger.link;

-- Keys that name one call beside each other, both ways.
CREATE TABLE IF NOT EXISTS inferledger.same_call (
  tenant LowCardinality(String),
  time DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  a UInt64 CODEC(NONE),
  b UInt64 CODEC(NONE),
  arrived DateTime DEFAULT now(),
  INDEX by_key a TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(time)
ORDER BY (tenant, toStartOfFifteenMinutes(time), a, b)
TTL arrived + INTERVAL 35 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;

-- A view keeps the columns that it was made with.
DROP VIEW IF EXISTS inferledger.calls;
CREATE VIEW IF NOT EXISTS inferledger.calls AS
SELECT * FROM inferledger.ledger FINAL WHERE billed = 1
SETTINGS do_not_merge_across_partitions_select_final = 1;
