-- What settling derives: one row per counted thing, and one per agent run. A row is replaced by a
-- later settlement; a key that vanished gets a row with is_deleted = 1. minute ends the ledger's key
-- so that a row that moves to another minute leaves a deleted row in the old one.

CREATE TABLE IF NOT EXISTS ledger
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    signal LowCardinality(String) CODEC(ZSTD(1)),
    start_time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    scope_name LowCardinality(String) CODEC(ZSTD(1)),
    name LowCardinality(String) CODEC(ZSTD(1)),
    dialect LowCardinality(String) CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    role LowCardinality(String) CODEC(ZSTD(1)),
    counted Bool CODEC(ZSTD(1)),
    rule String CODEC(ZSTD(1)),
    doubts Array(LowCardinality(String)) CODEC(ZSTD(1)),
    owner_trace_id String CODEC(ZSTD(1)),
    owner_span_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    agent_span_id String CODEC(ZSTD(1)),
    execution_id String CODEC(ZSTD(1)),
    conversation_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    provider LowCardinality(String) CODEC(ZSTD(1)),
    request_model LowCardinality(String) CODEC(ZSTD(1)),
    response_model LowCardinality(String) CODEC(ZSTD(1)),
    response_id String CODEC(ZSTD(1)),
    service_tier LowCardinality(String) CODEC(ZSTD(1)),
    tool_name LowCardinality(String) CODEC(ZSTD(1)),
    tool_call_id String CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    error_type LowCardinality(String) CODEC(ZSTD(1)),
    streaming Nullable(Bool) CODEC(ZSTD(1)),
    attempts Nullable(UInt32) CODEC(T64, ZSTD(1)),
    time_to_first_chunk_ns Nullable(UInt64) CODEC(T64, ZSTD(1)),
    finish_reasons Array(LowCardinality(String)) CODEC(ZSTD(1)),
    usage_reason LowCardinality(String) CODEC(ZSTD(1)),
    input_uncached Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_read Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_write_5m Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_write_1h Nullable(UInt32) CODEC(T64, ZSTD(1)),
    audio_in Nullable(UInt32) CODEC(T64, ZSTD(1)),
    image_in Nullable(UInt32) CODEC(T64, ZSTD(1)),
    output Nullable(UInt32) CODEC(T64, ZSTD(1)),
    reasoning Nullable(UInt32) CODEC(T64, ZSTD(1)),
    audio_out Nullable(UInt32) CODEC(T64, ZSTD(1)),
    image_out Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cost_usd Nullable(Decimal(18, 12)) CODEC(T64, ZSTD(1)),
    cost_reason LowCardinality(String) CODEC(ZSTD(1)),
    price_id LowCardinality(String) CODEC(ZSTD(1)),
    price_book LowCardinality(String) CODEC(ZSTD(1)),
    reported_cost_usd Nullable(Decimal(18, 12)) CODEC(T64, ZSTD(1)),
    hint_input Nullable(UInt64) CODEC(T64, ZSTD(1)),
    hint_output Nullable(UInt64) CODEC(T64, ZSTD(1)),
    hour DateTime MATERIALIZED toStartOfHour(start_time, 'UTC') CODEC(Delta(4), ZSTD(1)),
    minute DateTime MATERIALIZED toStartOfMinute(start_time, 'UTC') CODEC(Delta(4), ZSTD(1)),
    fingerprint UInt64 CODEC(ZSTD(1)),
    settled_at UInt64 CODEC(Delta(8), ZSTD(1)),
    is_deleted UInt8 CODEC(ZSTD(1)),
    written_at DateTime64(9) DEFAULT now64(9) CODEC(Delta(8), ZSTD(1)),
    INDEX written_at written_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(settled_at, is_deleted)
PARTITION BY toYYYYMMDD(hour)
ORDER BY (org_id, hour, trace_id, span_id, event_id, minute);

CREATE TABLE IF NOT EXISTS executions
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    execution_id String CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    parent_execution_id String CODEC(ZSTD(1)),
    depth UInt16 CODEC(T64, ZSTD(1)),
    sequence UInt32 CODEC(T64, ZSTD(1)),
    start_time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    conversation_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    error_type LowCardinality(String) CODEC(ZSTD(1)),
    calls UInt32 CODEC(T64, ZSTD(1)),
    calls_with_usage UInt32 CODEC(T64, ZSTD(1)),
    calls_priced UInt32 CODEC(T64, ZSTD(1)),
    tool_calls UInt32 CODEC(T64, ZSTD(1)),
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
    cost_usd Nullable(Decimal(18, 12)) CODEC(T64, ZSTD(1)),
    hour DateTime MATERIALIZED toStartOfHour(start_time, 'UTC') CODEC(Delta(4), ZSTD(1)),
    fingerprint UInt64 CODEC(ZSTD(1)),
    settled_at UInt64 CODEC(Delta(8), ZSTD(1)),
    is_deleted UInt8 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(settled_at, is_deleted)
PARTITION BY toYYYYMMDD(hour)
ORDER BY (org_id, hour, execution_id, trace_id, span_id);

-- Which traces were settled with which version, whether or not that wrote anything: a settlement that
-- was overtaken by a later one learns of it here. It is asked for the last seconds only.
CREATE TABLE IF NOT EXISTS settlements
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    first_hour_s UInt32 CODEC(ZSTD(1)),
    settled_at UInt64 CODEC(Delta(8), ZSTD(1)),
    announced_at DateTime DEFAULT now() CODEC(Delta(4), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toStartOfHour(announced_at, 'UTC')
ORDER BY settled_at
TTL announced_at + INTERVAL 1 HOUR
SETTINGS ttl_only_drop_parts = 1;
