-- Where a run lies, when it began, whether its end was told, and which entries have an id of their own.
SELECT trace_id, span_id, toUnixTimestamp64Nano(min(began)) AS start_ns, max(is_end) AS ended,
    groupUniqArrayIf(1000)(entry, entry != '') AS entries
FROM (
    SELECT trace_id, span_id, start_time AS began, event IN ('end', 'span') AS is_end,
        attributes['spanledger.entry.id'] AS entry
    FROM run_events
    WHERE org_id = {org:String} AND execution_id = {execution:String}
    UNION ALL
    SELECT trace_id, span_id, start_time, true, ''
    FROM runs
    WHERE org_id = {org:String} AND execution_id = {execution:String}
)
GROUP BY trace_id, span_id
ORDER BY start_ns, trace_id, span_id
LIMIT 1
