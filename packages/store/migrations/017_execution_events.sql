-- What runs tell while they go on: starts, stages, status, log lines, routes and skips, as small log
-- records. They are facts like all log records, which tell no usage; here they lie by execution.

-- The key tells the same event in whatever block it comes. An execution without an id of its own has
-- its span's, as in executions.
CREATE TABLE IF NOT EXISTS execution_events
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    execution_id String CODEC(ZSTD(1)),
    start_time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    conversation_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    event LowCardinality(String) CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    stage LowCardinality(String) CODEC(ZSTD(1)),
    message String CODEC(ZSTD(1)),
    error_type LowCardinality(String) CODEC(ZSTD(1)),
    duration_ms Nullable(Float64) CODEC(ZSTD(1)),
    attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    hour DateTime MATERIALIZED toStartOfHour(start_time, 'UTC') CODEC(Delta(4), ZSTD(1)),
    INDEX trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(hour)
ORDER BY (org_id, hour, execution_id, start_time, event_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS execution_events_from_logs TO execution_events AS
SELECT
    OrgId AS org_id,
    if(LogAttributes['spanledger.execution.id'] != '', LogAttributes['spanledger.execution.id'],
        concat(TraceId, ':', SpanId)) AS execution_id,
    Timestamp AS start_time,
    EventId AS event_id,
    TraceId AS trace_id,
    SpanId AS span_id,
    LogAttributes['spanledger.parent.span_id'] AS parent_span_id,
    ServiceName AS service_name,
    if(ResourceAttributes['deployment.environment.name'] != '',
        ResourceAttributes['deployment.environment.name'],
        ResourceAttributes['deployment.environment']) AS environment,
    LogAttributes['gen_ai.agent.name'] AS agent_name,
    LogAttributes['gen_ai.conversation.id'] AS conversation_id,
    LogAttributes['user.id'] AS user_id,
    substring(EventName, length('spanledger.execution.') + 1) AS event,
    LogAttributes['spanledger.status'] AS status,
    LogAttributes['spanledger.stage'] AS stage,
    Body AS message,
    LogAttributes['error.type'] AS error_type,
    toFloat64OrNull(LogAttributes['spanledger.duration_ms']) AS duration_ms,
    CAST(mapFilter((name, value) -> startsWith(name, 'spanledger.'), LogAttributes),
        'Map(LowCardinality(String), String)') AS attributes,
    Version AS version
FROM otel_logs
WHERE startsWith(EventName, 'spanledger.execution.');

-- Nothing of what was deleted, before and after its rows are removed.
CREATE OR REPLACE VIEW run_events DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH (
    SELECT groupArray((toString(org_id), from_time, to_time)) FROM deletions FINAL
    WHERE kind IN ('organisation', 'range') AND state != 'listing'
) AS deleted_times
SELECT org_id, execution_id, start_time, hour, trace_id, span_id, parent_span_id, service_name,
    environment, agent_name, conversation_id, user_id, event, status, stage, message, error_type,
    duration_ms, attributes
FROM (SELECT *, hour FROM execution_events FINAL)
WHERE NOT arrayExists(
        gone -> gone.1 = org_id AND gone.2 <= start_time AND gone.3 > start_time, deleted_times)
    AND (org_id, trace_id) NOT IN (
        SELECT org_id, trace_id FROM tombstones
        WHERE trace_id != '' AND span_id = '' AND event_id = '')
    AND (org_id, trace_id, span_id) NOT IN (
        SELECT org_id, trace_id, span_id FROM tombstones WHERE span_id != '' AND event_id = '')
    AND (org_id, trace_id, span_id, event_id) NOT IN (
        SELECT org_id, trace_id, span_id, event_id FROM tombstones WHERE event_id != '');
