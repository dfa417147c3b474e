-- How large the results of some tools were, from their own history: half of them are no larger than the
-- median, nine of ten no larger than the other.
SELECT tool_name, count() AS observations,
    toUInt64(quantileExact(0.5)(assumeNotNull(tool_result_bytes))) AS median_bytes,
    toUInt64(quantileExact(0.9)(assumeNotNull(tool_result_bytes))) AS p90_bytes
FROM genai_facts FINAL
WHERE org_id = {org:String} AND kind = 'tool' AND tool_name IN {tools:Array(String)}
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND hour <= toDateTime({to_s:UInt32}, 'UTC')
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    AND isNotNull(tool_result_bytes)
    AND (trace_id, span_id, event_id) IN (
        SELECT trace_id, span_id, event_id FROM tools
        WHERE org_id = {org:String} AND status != 'error' AND tool_name IN {tools:Array(String)}
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC'))
GROUP BY tool_name
ORDER BY tool_name
LIMIT {limit:UInt32}
