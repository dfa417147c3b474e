-- What is known of a conversation: its traces with what is missing of them, the runs in them and what those
-- told. A trace may hold other conversations as well; what names another is left out. The traces are
-- looked for once, as a constant.
WITH (
    SELECT groupArray(trace_id) FROM (SELECT DISTINCT trace_id FROM (
        SELECT trace_id FROM runs
        WHERE org_id = {org:String} AND conversation_id = {conversation:String}
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        UNION ALL
        SELECT trace_id FROM run_events
        WHERE org_id = {org:String} AND conversation_id = {conversation:String}
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        UNION ALL
        SELECT trace_id FROM calls
        WHERE org_id = {org:String} AND conversation_id = {conversation:String}
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    )
    WHERE trace_id != ''
    ORDER BY trace_id
    LIMIT {traces_max:UInt32})
) AS found
SELECT * FROM (
    SELECT 'trace' AS what, '' AS event, toUnixTimestamp64Nano(min(Timestamp)) AS time_ns,
        TraceId AS trace_id, '' AS span_id, '' AS execution_id, '' AS agent_name,
        toString(any(ServiceName)) AS service_name, '' AS status, '' AS error_type, '' AS stage,
        CAST(map(
            'spans', toString(uniqExact(SpanId)),
            'roots', toString(uniqExactIf(SpanId, ParentSpanId = '')),
            'orphans', toString(length(arrayFilter(
                parent -> parent != '' AND NOT has(groupUniqArray(10000)(SpanId), parent),
                groupUniqArray(10000)(ParentSpanId)))),
            -- A threshold of the sampler that is not 0: others of its kind were left out.
            'sampled', toString(countIf(
                trim(BOTH '0' FROM extract(TraceState, 'th:([0-9a-f]+)')) != ''))),
            'Map(String, String)') AS attributes
    FROM otel_traces
    WHERE OrgId = {org:String} AND TraceId IN (SELECT arrayJoin(found))
        AND Hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND Hour <= toDateTime({to_s:UInt32}, 'UTC')
    GROUP BY TraceId
    UNION ALL
    SELECT 'run' AS what, '' AS event, toUnixTimestamp64Nano(start_time) AS time_ns, trace_id, span_id,
        execution_id, toString(agent_name) AS agent_name, toString(service_name) AS service_name,
        toString(status) AS status, toString(error_type) AS error_type, '' AS stage,
        CAST(map(), 'Map(String, String)') AS attributes
    FROM runs
    WHERE org_id = {org:String} AND trace_id IN (SELECT arrayJoin(found))
        AND conversation_id IN ('', {conversation:String})
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
        AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    UNION ALL
    SELECT 'event' AS what, toString(event) AS event, toUnixTimestamp64Nano(start_time) AS time_ns,
        trace_id, span_id, execution_id, toString(agent_name) AS agent_name,
        toString(service_name) AS service_name, toString(status) AS status,
        toString(error_type) AS error_type, toString(stage) AS stage,
        CAST(attributes, 'Map(String, String)') AS attributes
    FROM run_events
    WHERE org_id = {org:String} AND trace_id IN (SELECT arrayJoin(found))
        AND conversation_id IN ('', {conversation:String})
        AND event IN ('start', 'end', 'span', 'skip', 'route', 'stage', 'stage_end', 'status',
            'budget_stopped')
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
        AND start_time < toDateTime({to_s:UInt32}, 'UTC')
)
ORDER BY what = 'trace' DESC, time_ns DESC, trace_id, span_id, event
LIMIT {limit:UInt32}
