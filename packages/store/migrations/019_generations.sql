-- Requests to make an agent: runs with a record of what was asked and what came of it. They lie with
-- the events of all runs, and a column of their own finds the few among the many.

ALTER TABLE execution_events
    ADD COLUMN IF NOT EXISTS generation_id String
        MATERIALIZED attributes['spanledger.generation.id'] CODEC(ZSTD(1));

ALTER TABLE execution_events
    ADD INDEX IF NOT EXISTS generation_id generation_id TYPE minmax GRANULARITY 1;

-- One row each, from its first event on. What has no end is running, or its process died: last_seen says
-- since when nothing was heard of it. Tokens and cost are those of the calls within: all of its trace
-- where the generation began it, else those of its own run and of the runs beneath.
CREATE OR REPLACE VIEW generations DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH RECURSIVE
    told AS (
        SELECT org_id, trace_id, span_id,
            anyIf(attributes['spanledger.generation.id'],
                attributes['spanledger.generation.id'] != '') AS generation_id,
            any(execution_id) AS own_id,
            min(time) AS start_time,
            max(addNanoseconds(time, if(event = 'span', toInt64(ifNull(duration_ms, 0) * 1e6), 0)))
                AS last_event,
            max(event IN ('end', 'span')) AS over,
            max(attributes['spanledger.unfinished'] = 'true') AS unfinished,
            maxIf(parent_span_id, parent_span_id != '') AS parent_id,
            any(service_name) AS of_service_name,
            any(agent_name) AS of_agent_name,
            any(conversation_id) AS of_conversation_id,
            any(user_id) AS of_user_id,
            maxIf(attributes['spanledger.generation.is_update'],
                attributes['spanledger.generation.is_update'] != '') AS is_update,
            maxIf(attributes['spanledger.generation.existing_agent_id'],
                attributes['spanledger.generation.existing_agent_id'] != '') AS existing_agent_id,
            maxIf(attributes['spanledger.generation.model'],
                attributes['spanledger.generation.model'] != '') AS model,
            max(toUInt32OrNull(attributes['spanledger.generation.retry_count'])) AS retry_count,
            max(toUInt32OrNull(attributes['spanledger.generation.validation_error_count']))
                AS validation_error_count,
            argMaxIf(status, time, event IN ('end', 'span')) AS last_status,
            maxIf(error_type, event IN ('end', 'span')) AS error_word,
            maxIf(attributes['spanledger.error.message'], event IN ('end', 'span')) AS error_message,
            maxIf(duration_ms, event IN ('end', 'span')) AS took_ms
        FROM (SELECT * EXCEPT start_time, start_time AS time FROM run_events)
        WHERE (org_id, trace_id, span_id) IN (
            SELECT org_id, trace_id, span_id FROM execution_events WHERE generation_id != '')
        GROUP BY org_id, trace_id, span_id
    ),
    beneath AS (
        SELECT org_id, trace_id, span_id, own_id AS execution_id, toUInt16(0) AS steps FROM told
        UNION ALL
        SELECT b.org_id, b.trace_id, b.span_id, r.execution_id, toUInt16(b.steps + 1)
        FROM beneath AS b
        INNER JOIN (
            SELECT org_id, trace_id, execution_id, parent_execution_id FROM executions FINAL
            WHERE (org_id, trace_id) IN (SELECT org_id, trace_id FROM told)
        ) AS r
        ON r.org_id = b.org_id AND r.trace_id = b.trace_id AND r.parent_execution_id = b.execution_id
        WHERE b.steps < 64
    ),
    used AS (
        SELECT t.org_id AS org_id, t.trace_id AS trace_id, t.span_id AS span_id,
            count() AS calls,
            countIf(c.role = 'owner') AS calls_with_usage,
            countIf(isNotNull(c.cost_usd)) AS calls_priced,
            sum(c.input_uncached) AS input_uncached, sum(c.cache_read) AS cache_read,
            sum(c.cache_write_5m) AS cache_write_5m, sum(c.cache_write_1h) AS cache_write_1h,
            sum(c.audio_in) AS audio_in, sum(c.image_in) AS image_in, sum(c.output) AS output,
            sum(c.reasoning) AS reasoning, sum(c.audio_out) AS audio_out,
            sum(c.image_out) AS image_out, sum(c.cost_usd) AS cost_usd,
            max(addNanoseconds(c.start_time, c.duration_ns)) AS last_call
        FROM told AS t
        INNER JOIN (
            SELECT * FROM calls
            WHERE (org_id, hour) IN (
                SELECT org_id, arrayJoin(arrayMap(
                    n -> toStartOfHour(start_time, 'UTC') + n * 3600,
                    range(toUInt32(least(dateDiff('hour', start_time, last_event) + 2, 745)))))
                FROM told
            ) AND (org_id, trace_id) IN (SELECT org_id, trace_id FROM told)
        ) AS c
        ON c.org_id = t.org_id AND c.trace_id = t.trace_id
        WHERE t.parent_id = '' OR (t.org_id, t.trace_id, t.span_id, c.execution_id) IN (
            SELECT org_id, trace_id, span_id, execution_id FROM beneath)
        GROUP BY t.org_id, t.trace_id, t.span_id
    )
SELECT t.org_id AS org_id, t.generation_id AS generation_id, t.own_id AS execution_id,
    t.trace_id AS trace_id, t.span_id AS span_id, t.start_time AS start_time,
    if(t.over, t.last_event, NULL) AS end_time,
    greatest(t.last_event, u.last_call) AS last_seen,
    t.of_service_name AS service_name, t.of_agent_name AS agent_name,
    t.of_conversation_id AS conversation_id, t.of_user_id AS user_id,
    t.existing_agent_id AS existing_agent_id,
    CAST(if(t.is_update = '', NULL, t.is_update = 'true'), 'Nullable(Bool)') AS is_update,
    t.model AS model,
    multiIf(t.over AND t.unfinished, 'abandoned', NOT t.over, 'running',
        t.error_word != '' OR t.last_status IN ('failed', 'timeout', 'cancelled'), 'failed',
        'completed') AS status,
    t.error_word AS error_type, t.error_message AS error_message,
    if(t.over, t.took_ms, NULL) AS generation_time_ms,
    t.retry_count AS retry_count, t.validation_error_count AS validation_error_count,
    u.calls AS calls, u.calls_with_usage AS calls_with_usage, u.calls_priced AS calls_priced,
    u.input_uncached AS input_uncached, u.cache_read AS cache_read,
    u.cache_write_5m AS cache_write_5m, u.cache_write_1h AS cache_write_1h,
    u.audio_in AS audio_in, u.image_in AS image_in, u.output AS output, u.reasoning AS reasoning,
    u.audio_out AS audio_out, u.image_out AS image_out, u.cost_usd AS cost_usd
FROM told AS t
LEFT JOIN used AS u
ON u.org_id = t.org_id AND u.trace_id = t.trace_id AND u.span_id = t.span_id;
