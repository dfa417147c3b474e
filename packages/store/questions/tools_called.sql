-- Tools that ran in a period, by agent: how it went, how large their results were, and how many bytes of
-- them later calls of the same agent in the same conversation, or run, were sent with again. A call with
-- less input than the result is large was not sent with it. billed_bytes are those of calls that told
-- their input.
WITH
    later AS (
        SELECT service_name, agent_name,
            if(conversation_id != '', conversation_id, concat(trace_id, agent_span_id)) AS talk,
            groupArray((start_time, 4 * (ifNull(input_uncached, 0) + ifNull(cache_read, 0)
                + ifNull(cache_write_5m, 0) + ifNull(cache_write_1h, 0)), role = 'owner')) AS sent
        FROM calls
        WHERE org_id = {org:String} AND kind = 'llm'
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        GROUP BY service_name, agent_name, talk
        HAVING talk != ''
    ),
    sized AS (
        SELECT trace_id, span_id, event_id, tool_result_bytes
        FROM genai_facts FINAL
        WHERE org_id = {org:String} AND kind = 'tool'
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND hour <= toDateTime({to_s:UInt32}, 'UTC')
    ),
    served AS (
        SELECT TraceId AS trace_id, SpanId AS span_id,
            multiIf(
                SpanAttributes['spanledger.mcp.server'] != '', SpanAttributes['spanledger.mcp.server'],
                SpanAttributes['mcp_server'] != '', SpanAttributes['mcp_server'],
                SpanAttributes['mcp_server_name']) AS mcp_server,
            SpanAttributes['spanledger.action_type'] AS action
        FROM otel_traces FINAL
        WHERE OrgId = {org:String}
            AND Hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND Hour <= toDateTime({to_s:UInt32}, 'UTC')
            AND (mapContains(SpanAttributes, 'spanledger.mcp.server')
                OR mapContains(SpanAttributes, 'mcp_server')
                OR mapContains(SpanAttributes, 'mcp_server_name')
                OR mapContains(SpanAttributes, 'spanledger.action_type'))
    ),
    ran AS (
        SELECT t.tool_name AS tool_name, t.agent_name AS agent_name, v.mcp_server AS mcp_server,
            v.action AS action, t.status AS status, t.duration_ns AS duration_ns,
            s.tool_result_bytes AS bytes,
            arrayCount(
                one -> one.1 >= addNanoseconds(t.start_time, t.duration_ns)
                    AND (NOT one.3 OR one.2 >= ifNull(s.tool_result_bytes, 0)),
                l.sent) AS times,
            arrayCount(
                one -> one.1 >= addNanoseconds(t.start_time, t.duration_ns) AND one.3
                    AND one.2 >= ifNull(s.tool_result_bytes, 0),
                l.sent) AS billed_times
        FROM tools AS t
        LEFT ANY JOIN sized AS s
        ON s.trace_id = t.trace_id AND s.span_id = t.span_id AND s.event_id = t.event_id
        LEFT ANY JOIN served AS v ON v.trace_id = t.trace_id AND v.span_id = t.span_id
        LEFT JOIN later AS l ON l.service_name = t.service_name AND l.agent_name = t.agent_name
            AND l.talk = if(t.conversation_id != '', t.conversation_id,
                concat(t.trace_id, t.agent_span_id))
        WHERE t.org_id = {org:String}
            AND t.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND t.start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND t.start_time < toDateTime({to_s:UInt32}, 'UTC')
    )
SELECT tool_name, agent_name, action, mcp_server, count() AS runs, countIf(status = 'error') AS errors,
    toUInt64(sum(duration_ns)) AS duration_ns,
    countIf(isNotNull(bytes)) AS sized_runs,
    sum(bytes) AS result_bytes,
    sum(bytes * (times > 0)) AS first_bytes,
    sum(bytes * greatest(toInt64(times) - 1, 0)) AS again_bytes,
    sum(bytes * billed_times) AS billed_bytes
FROM ran
GROUP BY tool_name, agent_name, action, mcp_server
ORDER BY runs DESC, tool_name, agent_name, action, mcp_server
LIMIT {limit:UInt32}
