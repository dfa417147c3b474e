-- What the runs of a trace told while they went on, in its order.
SELECT trace_id, span_id, parent_span_id, execution_id, agent_name, event, status, stage, message, error_type, duration_ms,
    toUnixTimestamp64Nano(start_time) AS time_ns, CAST(attributes, 'Map(String, String)') AS attributes
FROM run_events
WHERE org_id = {org:String} AND trace_id = {trace:String}
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
ORDER BY start_time, event = 'end', span_id
LIMIT {limit:UInt32}
