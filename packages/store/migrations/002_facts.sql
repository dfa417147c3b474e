-- What each span or log event says, before any judgement; and when each trace was, because
-- everything else is looked up with its time.

CREATE TABLE IF NOT EXISTS genai_facts
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    signal LowCardinality(String) CODEC(ZSTD(1)),
    start_time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    scope_name LowCardinality(String) CODEC(ZSTD(1)),
    name LowCardinality(String) CODEC(ZSTD(1)),
    span_kind LowCardinality(String) CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    error_type LowCardinality(String) CODEC(ZSTD(1)),
    http_status Nullable(UInt16) CODEC(T64, ZSTD(1)),
    dialect LowCardinality(String) CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    marks Array(LowCardinality(String)) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    provider LowCardinality(String) CODEC(ZSTD(1)),
    framework LowCardinality(String) CODEC(ZSTD(1)),
    request_model LowCardinality(String) CODEC(ZSTD(1)),
    response_model LowCardinality(String) CODEC(ZSTD(1)),
    response_id String CODEC(ZSTD(1)),
    emitter_event_id String CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    agent_id String CODEC(ZSTD(1)),
    workflow_name LowCardinality(String) CODEC(ZSTD(1)),
    execution_id String CODEC(ZSTD(1)),
    conversation_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    tool_name LowCardinality(String) CODEC(ZSTD(1)),
    tool_call_id String CODEC(ZSTD(1)),
    streaming Nullable(Bool) CODEC(ZSTD(1)),
    attempts Nullable(UInt32) CODEC(T64, ZSTD(1)),
    chunks Nullable(UInt32) CODEC(T64, ZSTD(1)),
    time_to_first_chunk_ns Nullable(UInt64) CODEC(T64, ZSTD(1)),
    finish_reasons Array(LowCardinality(String)) CODEC(ZSTD(1)),
    service_tier LowCardinality(String) CODEC(ZSTD(1)),
    input_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    output_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    total_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_read_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_write_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_write_5m_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_write_1h_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    reasoning_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    audio_input_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    audio_output_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    image_input_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    image_output_tokens Nullable(UInt32) CODEC(T64, ZSTD(1)),
    cache_convention LowCardinality(String) CODEC(ZSTD(1)),
    reasoning_convention LowCardinality(String) CODEC(ZSTD(1)),
    reported_cost_usd Nullable(Decimal(18, 12)) CODEC(T64, ZSTD(1)),
    tool_arguments_bytes Nullable(UInt32) CODEC(T64, ZSTD(1)),
    tool_result_bytes Nullable(UInt32) CODEC(T64, ZSTD(1)),
    tool_definitions Nullable(UInt32) CODEC(T64, ZSTD(1)),
    tool_definitions_bytes Nullable(UInt32) CODEC(T64, ZSTD(1)),
    doubts Array(LowCardinality(String)) CODEC(ZSTD(1)),
    hour DateTime MATERIALIZED toStartOfHour(start_time, 'UTC') CODEC(Delta(4), ZSTD(1)),
    ingested_at DateTime64(9) DEFAULT now64(9) CODEC(Delta(8), ZSTD(1)),
    INDEX ingested_at ingested_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(hour)
ORDER BY (org_id, hour, trace_id, span_id, event_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS traces
(
    org_id LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    first_time SimpleAggregateFunction(min, DateTime) CODEC(ZSTD(1)),
    last_time SimpleAggregateFunction(max, DateTime) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (org_id, trace_id)
SETTINGS index_granularity = 512;

-- A view and not the settling keeps it: a trace is known as soon as its facts are, also when the
-- process dies in between. Least and greatest stay right however often a block is sent.
CREATE MATERIALIZED VIEW IF NOT EXISTS traces_from_facts TO traces AS
SELECT
    org_id,
    trace_id,
    min(toStartOfHour(start_time, 'UTC')) AS first_time,
    max(toStartOfHour(start_time, 'UTC')) AS last_time
FROM genai_facts
WHERE trace_id != ''
GROUP BY org_id, trace_id;
