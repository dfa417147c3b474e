-- Where an execution is, by its id: the latest of them, where a program used an id again.
SELECT trace_id, span_id, toUnixTimestamp64Nano(start_time) AS start_ns
FROM (
    SELECT trace_id, span_id, start_time FROM runs
    WHERE org_id = {org:String} AND execution_id = {execution:String}
    UNION ALL
    SELECT trace_id, span_id, start_time FROM run_events
    WHERE org_id = {org:String} AND execution_id = {execution:String} AND event = 'start'
)
ORDER BY start_time DESC, trace_id, span_id
LIMIT 1
