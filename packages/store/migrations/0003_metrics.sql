-- Points of metrics that count tokens or calls, as they arrived. `facts` is JSON: instance, scope, provider, model, attribution.
CREATE TABLE IF NOT EXISTS inferledger.metric_point (
  tenant LowCardinality(String),
  service LowCardinality(String),
  family LowCardinality(String),
  figure LowCardinality(String),
  stream UInt64 CODEC(NONE),
  temporality Enum8('delta' = 1, 'cumulative' = 2),
  start DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  time DateTime64(3, 'UTC') CODEC(T64, ZSTD(1)),
  value UInt64 CODEC(T64, ZSTD(1)),
  facts String CODEC(ZSTD(3)),
  arrived DateTime DEFAULT now()
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (tenant, toDate(time), service, stream, start, time)
TTL arrived + INTERVAL 400 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, old_parts_lifetime = 480;
