-- The model calls of a period, the latest first, each with its set of definitions, the tools that its
-- answer asked for, and the bytes of earlier results that it was sent with.
$tool_calls,
    results AS (
        SELECT t.service_name AS service_name, t.agent_name AS agent_name,
            if(t.conversation_id != '', t.conversation_id, concat(t.trace_id, t.agent_span_id)) AS talk,
            groupArray((addNanoseconds(t.start_time, t.duration_ns), s.tool_result_bytes)) AS ended
        FROM tools AS t
        LEFT ANY JOIN (
            SELECT trace_id, span_id, event_id, tool_result_bytes
            FROM genai_facts FINAL
            WHERE org_id = {org:String} AND kind = 'tool'
                AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
                AND hour <= toDateTime({to_s:UInt32}, 'UTC')
        ) AS s
        ON s.trace_id = t.trace_id AND s.span_id = t.span_id AND s.event_id = t.event_id
        WHERE t.org_id = {org:String}
            AND t.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND t.start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND t.start_time < toDateTime({to_s:UInt32}, 'UTC')
        GROUP BY service_name, agent_name, talk
        HAVING talk != ''
    )
SELECT c.trace_id AS trace_id, c.span_id AS span_id,
    toUnixTimestamp64Nano(c.start_time) AS start_ns, c.duration_ns AS duration_ns,
    c.agent_name AS agent_name, c.action AS action, c.provider AS provider, c.model AS model,
    c.status AS status, c.error_type AS error_type, c.has_tools AS has_tools, c.called AS called,
    c.tool_set AS tool_set, c.names AS names, c.sizes AS sizes,
    c.definitions AS definitions, c.definition_bytes AS definition_bytes,
    c.input_total AS input_total,
    c.trace_id AS kept_trace, c.span_id AS kept_span, toUnixTimestamp(c.hour) AS kept_hour_s,
    c.is_kept AS kept,
    arrayFilter(
        one -> one.1 <= c.start_time
            AND (isNull(c.input_total) OR 4 * ifNull(c.input_total, 0) >= ifNull(one.2, 0)),
        r.ended) AS sent,
    length(sent) AS results_sent,
    arrayCount(one -> isNull(one.2), sent) AS results_without_size,
    arraySum(one -> ifNull(one.2, 0), sent) AS result_bytes
FROM tool_calls AS c
LEFT JOIN results AS r ON r.service_name = c.service_name AND r.agent_name = c.agent_name
    AND r.talk = if(c.conversation_id != '', c.conversation_id, concat(c.trace_id, c.agent_span_id))
WHERE {agent:String} = '' OR c.agent_name = {agent:String}
ORDER BY c.start_time DESC, c.trace_id, c.span_id
LIMIT {limit:UInt32}
