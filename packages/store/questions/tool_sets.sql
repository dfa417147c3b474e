-- What model calls of a period were sent with, by agent, action, model and set of definitions.
$tool_calls
SELECT agent_name, action, provider, model, service_tier, tool_set,
    any(names) AS names, any(sizes) AS sizes,
    max(definitions) AS definitions, max(definition_bytes) AS definition_bytes,
    count() AS requests, countIf(has_tools) AS requests_with_tools,
    countIf(status = 'error') AS errors,
    CAST(sumMap(JSONExtract(called, 'Array(String)') AS asked_for, arrayMap(n -> toUInt64(1), asked_for)),
        'Map(String, UInt64)') AS requested,
    sum(t.input_total) AS input_total, sum(t.cache_read) AS cache_read,
    countIf(isNotNull(t.input_total)) AS requests_with_usage,
    sum(t.cost_usd) AS cost_usd, toUInt64(sum(t.duration_ns)) AS duration_ns,
    argMax(trace_id, is_kept) AS kept_trace, argMax(span_id, is_kept) AS kept_span,
    toUnixTimestamp(argMax(hour, is_kept)) AS kept_hour_s, max(is_kept) AS kept
FROM tool_calls AS t
GROUP BY agent_name, action, provider, model, service_tier, tool_set
ORDER BY requests DESC, agent_name, action, provider, model, service_tier, tool_set
LIMIT {limit:UInt32}
