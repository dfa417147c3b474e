-- The traces with the latest starts in a period, the latest first.
SELECT trace_id, count() AS facts,
    toUnixTimestamp64Nano(min(start_time)) AS first_ns,
    max(toUnixTimestamp64Nano(start_time) + toInt64(duration_ns)) AS last_ns
FROM genai_facts FINAL
WHERE org_id = {org:String} AND trace_id != ''
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND hour <= toDateTime({to_s:UInt32}, 'UTC')
GROUP BY trace_id
ORDER BY last_ns DESC, trace_id
LIMIT {limit:UInt32}
