-- The answers of a period that are not valid or score below a threshold, the poorest and latest first.
SELECT trace_id, span_id, event_id, toUnixTimestamp64Nano(start_time) AS start_ns, agent_name,
    execution_id, conversation_id, model, source, score, valid, errors, warnings, words, cost_usd
FROM quality
WHERE org_id = {org:String}
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
    AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    AND score IS NOT NULL AND (score < {threshold:Float64} OR NOT valid)
ORDER BY score, start_time DESC, trace_id, span_id, event_id
LIMIT {limit:UInt32}
