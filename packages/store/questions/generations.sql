-- The generations that began in a period, the latest first; without a sign of life for too long they
-- count as abandoned.
SELECT generation_id, execution_id, trace_id, span_id,
    toUnixTimestamp64Nano(start_time) AS start_ns, toUnixTimestamp64Nano(end_time) AS end_ns,
    toUnixTimestamp64Nano(last_seen) AS last_seen_ns,
    service_name, agent_name, conversation_id, user_id, existing_agent_id, is_update, model,
    if(g.status = 'running' AND last_seen < now64(9) - toIntervalMillisecond({abandoned_ms:UInt64}),
        'abandoned', g.status) AS status,
    error_type, error_message, generation_time_ms, retry_count, validation_error_count,
    calls, calls_with_usage, calls_priced, input_uncached, cache_read, cache_write_5m,
    cache_write_1h, audio_in, image_in, g.output AS output, reasoning, audio_out, image_out, cost_usd
FROM generations AS g
WHERE org_id = {org:String}
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    AND ({generation:String} = '' OR generation_id = {generation:String})
    AND ({user:String} = '' OR user_id = {user:String})
    AND ({before_ns:Int64} = 0
        OR (start_ns, trace_id, span_id) < ({before_ns:Int64}, {before_trace:String}, {before_span:String}))
ORDER BY start_time DESC, trace_id DESC, span_id DESC
LIMIT {limit:UInt32}
