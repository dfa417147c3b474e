-- What is asked of executions: those that started in a period, those that still run or died included. A
-- run's figures are its row of runs; of one without a row they are those of the calls it has so far.
WITH
    toDateTime64({from_s:UInt32}, 9, 'UTC') AS from_time,
    toDateTime64({to_s:UInt32}, 9, 'UTC') AS to_time,
    ended AS (
        SELECT trace_id, span_id, execution_id, parent_execution_id, depth, sequence, start_time,
            duration_ns, service_name, environment, agent_name, conversation_id, user_id, status,
            error_type, calls, calls_with_usage, calls_priced, tool_calls,
            if(isNull(coalesce(input_uncached, cache_read, cache_write_5m, cache_write_1h, audio_in,
                image_in)), NULL, ifNull(input_uncached, 0) + ifNull(cache_read, 0)
                + ifNull(cache_write_5m, 0) + ifNull(cache_write_1h, 0) + ifNull(audio_in, 0)
                + ifNull(image_in, 0)) AS input_total,
            if(isNull(coalesce(r.output, reasoning, audio_out, image_out)), NULL,
                ifNull(r.output, 0) + ifNull(reasoning, 0) + ifNull(audio_out, 0)
                + ifNull(image_out, 0)) AS output_total,
            cost_usd
        FROM runs AS r
        WHERE org_id = {org:String} AND hour >= toStartOfHour(from_time, 'UTC')
            AND start_time >= from_time AND start_time < to_time
            AND ({trace:String} = '' OR trace_id = {trace:String})
            AND ({span:String} = '' OR span_id = {span:String})
    ),
    told AS (
        SELECT trace_id, span_id,
            any(v.execution_id) AS own_id,
            min(v.start_time) AS began,
            max(v.start_time) AS last_seen,
            max(v.event IN ('end', 'span')) AS over,
            max(v.attributes['spanledger.unfinished'] = 'true') AS unfinished,
            anyIf(v.parent_span_id, v.parent_span_id != '') AS parent_span_id,
            any(v.service_name) AS service_name,
            any(v.environment) AS environment,
            argMin(v.agent_name, v.start_time) AS agent_name,
            any(v.conversation_id) AS conversation_id,
            any(v.user_id) AS user_id,
            argMaxIf(v.status, (v.event = 'span', v.event = 'end', v.start_time), v.status != '') AS last_status,
            argMaxIf(v.stage, v.start_time, v.event = 'stage') AS last_stage,
            anyIf(v.error_type, v.error_type != '' AND v.event IN ('end', 'span')) AS error_type,
            anyIf(v.attributes['spanledger.error.message'],
                v.attributes['spanledger.error.message'] != '') AS error_message,
            anyIf(v.message, v.event = 'span') AS span_message,
            maxIf(v.duration_ms, v.event IN ('end', 'span')) AS duration_ms,
            anyIf(v.attributes, v.event IN ('start', 'span')) AS attributes
        FROM run_events AS v
        WHERE org_id = {org:String} AND hour >= toStartOfHour(from_time, 'UTC')
            AND trace_id IN (
                SELECT trace_id FROM run_events
                WHERE org_id = {org:String} AND hour >= toStartOfHour(from_time, 'UTC')
                    AND start_time >= from_time AND start_time < to_time AND event IN ('start', 'span')
                    AND ({trace:String} = '' OR trace_id = {trace:String})
            )
            AND ({span:String} = '' OR span_id = {span:String})
        GROUP BY trace_id, span_id
        HAVING countIf(v.event IN ('start', 'span')) > 0 AND began < to_time
    ),
    -- Of an unfinished run: what has no finished agent above it, by the run's own id or its agent.
    so_far AS (
        SELECT trace_id, if(c.execution_id != '', c.execution_id, concat(':', c.agent_name)) AS belongs_to,
            toUInt32(count()) AS calls,
            toUInt32(countIf(c.role = 'owner')) AS calls_with_usage,
            toUInt32(countIf(isNotNull(c.cost_usd))) AS calls_priced,
            sum(ifNull(c.input_uncached, 0) + ifNull(c.cache_read, 0) + ifNull(c.cache_write_5m, 0)
                + ifNull(c.cache_write_1h, 0) + ifNull(c.audio_in, 0) + ifNull(c.image_in, 0)) AS input_sum,
            sum(ifNull(c.output, 0) + ifNull(c.reasoning, 0) + ifNull(c.audio_out, 0)
                + ifNull(c.image_out, 0)) AS output_sum,
            sum(c.cost_usd) AS cost_usd,
            max(addNanoseconds(c.start_time, c.duration_ns)) AS last_call
        FROM calls AS c
        WHERE org_id = {org:String} AND c.agent_span_id = ''
            AND hour >= toStartOfHour(from_time, 'UTC')
            AND trace_id IN (SELECT trace_id FROM told WHERE NOT over)
        GROUP BY trace_id, belongs_to
    ),
    joined AS (
        SELECT
            if(e.span_id != '', e.trace_id, t.trace_id) AS trace_id,
            if(e.span_id != '', e.span_id, t.span_id) AS span_id,
            if(e.span_id != '', e.execution_id, t.own_id) AS execution_id,
            e.parent_execution_id AS parent_execution_id,
            t.parent_span_id AS parent_span_id,
            e.span_id != '' AS has_row,
            has_row OR t.over AS over,
            if(has_row, e.depth, NULL) AS depth,
            if(has_row, e.sequence, NULL) AS sequence,
            if(has_row, e.start_time, t.began) AS start_time,
            multiIf(has_row, e.duration_ns / 1e6, t.over, t.duration_ms, NULL) AS duration_ms,
            if(has_row, e.service_name, t.service_name) AS service_name,
            if(has_row, e.environment, t.environment) AS environment,
            if(e.agent_name != '', e.agent_name, t.agent_name) AS agent_name,
            if(e.conversation_id != '', e.conversation_id, t.conversation_id) AS conversation_id,
            if(e.user_id != '', e.user_id, t.user_id) AS user_id,
            greatest(t.last_seen, s.last_call) AS last_seen,
            if(t.last_status = 'completed', 'success', t.last_status) AS last_status,
            multiIf(
                over AND t.unfinished, 'abandoned',
                over AND last_status != '', last_status,
                over, if(e.status = 'error' OR t.error_type != '', 'failed', 'success'),
                last_seen < now64(9) - toIntervalMillisecond({abandoned_ms:UInt64}), 'abandoned',
                last_status != '', last_status,
                'running') AS status,
            t.last_stage AS stage,
            if(e.error_type != '', e.error_type, t.error_type) AS error_type,
            if(t.error_message != '', t.error_message, t.span_message) AS error_message,
            t.attributes AS attributes,
            if(has_row, e.calls, s.calls) AS calls,
            if(has_row, e.calls_with_usage, s.calls_with_usage) AS calls_with_usage,
            if(has_row, e.calls_priced, s.calls_priced) AS calls_priced,
            if(has_row, e.tool_calls, NULL) AS tool_calls,
            if(has_row, e.input_total, if(s.calls_with_usage > 0, s.input_sum, NULL)) AS input_total,
            if(has_row, e.output_total, if(s.calls_with_usage > 0, s.output_sum, NULL)) AS output_total,
            if(has_row, e.cost_usd, s.cost_usd) AS cost_usd
        FROM ended AS e
        FULL JOIN told AS t ON e.trace_id = t.trace_id AND e.span_id = t.span_id
        LEFT JOIN so_far AS s ON s.trace_id = t.trace_id
            AND s.belongs_to = if(t.attributes['spanledger.execution.id'] != '',
                t.attributes['spanledger.execution.id'], concat(':', t.agent_name))
    )
