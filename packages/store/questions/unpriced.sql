-- The models of a period whose calls have usage and no cost, why, and what those calls used.
SELECT provider, model, service_tier, cost_reason, price_id,
    count() AS calls,
    sum(ifNull(input_uncached, 0) + ifNull(cache_read, 0) + ifNull(cache_write_5m, 0)
        + ifNull(cache_write_1h, 0) + ifNull(audio_in, 0) + ifNull(image_in, 0)) AS input,
    sum(ifNull(output, 0) + ifNull(reasoning, 0) + ifNull(audio_out, 0) + ifNull(image_out, 0)) AS output,
    toUnixTimestamp64Nano(max(start_time)) AS last_ns,
    argMax(trace_id, (start_time, trace_id)) AS last_trace_id
FROM calls
WHERE org_id = {org:String}
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    AND cost_reason NOT IN ('', 'no_usage', 'partial_usage')
GROUP BY provider, model, service_tier, cost_reason, price_id
ORDER BY calls DESC, provider, model, service_tier, cost_reason, price_id
LIMIT {limit:UInt32}
