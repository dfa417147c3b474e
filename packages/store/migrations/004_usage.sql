-- Sums over the ledger by minute, hour and day, replaced as a whole and never added to. A key that
-- no longer occurs gets a row of nothing. A sum is of what is known, and NULL where nothing is; the
-- counts of calls with usage and with a price say of how much. durations counts by bucket
-- floor(4 * log2(nanoseconds)); reasons counts, among the calls, why usage or cost is not known.

CREATE TABLE IF NOT EXISTS usage_minute
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    time DateTime CODEC(Delta(4), ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    provider LowCardinality(String) CODEC(ZSTD(1)),
    model LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    tool_name LowCardinality(String) CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    calls UInt64 CODEC(T64, ZSTD(1)),
    calls_with_usage UInt64 CODEC(T64, ZSTD(1)),
    calls_priced UInt64 CODEC(T64, ZSTD(1)),
    call_errors UInt64 CODEC(T64, ZSTD(1)),
    tool_errors UInt64 CODEC(T64, ZSTD(1)),
    run_errors UInt64 CODEC(T64, ZSTD(1)),
    tool_calls UInt64 CODEC(T64, ZSTD(1)),
    runs UInt64 CODEC(T64, ZSTD(1)),
    input_uncached Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cache_read Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cache_write_5m Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cache_write_1h Nullable(UInt64) CODEC(T64, ZSTD(1)),
    audio_in Nullable(UInt64) CODEC(T64, ZSTD(1)),
    image_in Nullable(UInt64) CODEC(T64, ZSTD(1)),
    output Nullable(UInt64) CODEC(T64, ZSTD(1)),
    reasoning Nullable(UInt64) CODEC(T64, ZSTD(1)),
    audio_out Nullable(UInt64) CODEC(T64, ZSTD(1)),
    image_out Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cost_usd Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    duration_ns UInt64 CODEC(ZSTD(1)),
    durations Map(UInt8, UInt32) CODEC(ZSTD(1)),
    reasons Map(LowCardinality(String), UInt32) CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    INDEX version version TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(time)
ORDER BY (org_id, time, service_name, agent_name, model, provider, operation, tool_name, status, environment, kind);

-- The same columns at every level; minutes and hours are kept by day, days by month.
CREATE TABLE IF NOT EXISTS usage_hour AS usage_minute;

CREATE TABLE IF NOT EXISTS usage_day AS usage_minute
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(time)
ORDER BY (org_id, time, service_name, agent_name, model, provider, operation, tool_name, status, environment, kind);

-- How far each level has been derived: a sweep starts from here.
CREATE TABLE IF NOT EXISTS watermarks
(
    level LowCardinality(String),
    watermark UInt64,
    set_at DateTime64(9) DEFAULT now64(9)
)
ENGINE = ReplacingMergeTree(set_at)
ORDER BY level;
