-- What the span of a run of ours tells beside its figures, status, step, action, links, lies with the
-- run's events as event `span`: programs with an OpenTelemetry SDK of their own may send no events.

CREATE MATERIALIZED VIEW IF NOT EXISTS execution_events_from_spans TO execution_events AS
SELECT
    OrgId AS org_id,
    if(SpanAttributes['spanledger.execution.id'] != '', SpanAttributes['spanledger.execution.id'],
        concat(TraceId, ':', SpanId)) AS execution_id,
    Timestamp AS start_time,
    '' AS event_id,
    TraceId AS trace_id,
    SpanId AS span_id,
    ParentSpanId AS parent_span_id,
    ServiceName AS service_name,
    if(ResourceAttributes['deployment.environment.name'] != '',
        ResourceAttributes['deployment.environment.name'],
        ResourceAttributes['deployment.environment']) AS environment,
    SpanAttributes['gen_ai.agent.name'] AS agent_name,
    SpanAttributes['gen_ai.conversation.id'] AS conversation_id,
    SpanAttributes['user.id'] AS user_id,
    'span' AS event,
    SpanAttributes['spanledger.status'] AS status,
    SpanAttributes['spanledger.stage'] AS stage,
    StatusMessage AS message,
    SpanAttributes['error.type'] AS error_type,
    Duration / 1000000 AS duration_ms,
    CAST(mapFilter((name, value) -> startsWith(name, 'spanledger.'), SpanAttributes),
        'Map(LowCardinality(String), String)') AS attributes,
    Version AS version
FROM otel_traces
WHERE startsWith(SpanName, 'invoke_agent')
    AND arrayExists(name -> startsWith(name, 'spanledger.'), mapKeys(SpanAttributes));

-- An execution is also looked for by its id alone.
ALTER TABLE executions
    ADD INDEX IF NOT EXISTS execution_id execution_id TYPE bloom_filter(0.001) GRANULARITY 1;

ALTER TABLE execution_events
    ADD INDEX IF NOT EXISTS execution_id execution_id TYPE bloom_filter(0.001) GRANULARITY 1;

-- Model calls as people log them: those that count, and those that failed and so count nothing.
CREATE OR REPLACE VIEW model_calls DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT (fingerprint, settled_at, is_deleted, written_at), hour, minute,
    if(response_model != '', response_model, request_model) AS model
FROM ledger FINAL
WHERE counted OR (role = 'attempt' AND owner_span_id = '');
