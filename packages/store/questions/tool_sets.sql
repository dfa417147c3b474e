-- What model calls of a period were sent with, by agent, action, model and set of definitions. Of sets
-- without end the rarest are told together, as one that nothing is known of, so that every call is in a row.
$tool_calls,
    sets AS (
        SELECT agent_name, action, provider, model, service_tier, tool_set AS own_set,
            any(t.names) AS own_names, any(t.sizes) AS own_sizes,
            max(t.definitions) AS own_definitions, max(t.definition_bytes) AS own_bytes,
            count() AS asked, countIf(has_tools) AS asked_with_tools,
            countIf(has_tools AND isNotNull(t.input_total)) AS billed_with_tools,
            countIf(status = 'error') AS failed,
            sumMap(JSONExtract(called, 'Array(String)') AS asked_for,
                arrayMap(n -> toUInt64(1), asked_for)) AS wanted,
            sum(t.input_total) AS input_sum, sum(t.cache_read) AS cached_sum,
            countIf(isNotNull(t.input_total)) AS asked_with_usage,
            sum(t.cost_usd) AS cost_sum, sum(t.duration_ns) AS duration_sum,
            argMax(t.trace_id, t.is_kept) AS in_trace, argMax(t.span_id, t.is_kept) AS in_span,
            argMax(t.hour, t.is_kept) AS in_hour, max(t.is_kept) AS has_kept,
            row_number() OVER (ORDER BY asked DESC, agent_name, action, provider, model, service_tier,
                own_set) <= {sets_max:UInt32} AS is_own
        FROM tool_calls AS t
        GROUP BY agent_name, action, provider, model, service_tier, tool_set
    )
SELECT agent_name, action, provider, model, service_tier, if(is_own, own_set, '') AS tool_set,
    anyIf(own_names, is_own) AS names, anyIf(own_sizes, is_own) AS sizes,
    maxIf(own_definitions, is_own) AS definitions, maxIf(own_bytes, is_own) AS definition_bytes,
    sum(asked) AS requests, sum(asked_with_tools) AS requests_with_tools,
    sum(billed_with_tools) AS tool_requests_with_usage, sum(failed) AS errors,
    CAST(sumMap(wanted.1, wanted.2), 'Map(String, UInt64)') AS requested,
    sum(input_sum) AS input_total, sum(cached_sum) AS cache_read,
    sum(asked_with_usage) AS requests_with_usage,
    sum(cost_sum) AS cost_usd, toUInt64(sum(duration_sum)) AS duration_ns,
    argMax(in_trace, has_kept) AS kept_trace, argMax(in_span, has_kept) AS kept_span,
    toUnixTimestamp(argMax(in_hour, has_kept)) AS kept_hour_s, max(has_kept AND is_own) AS kept
FROM sets
GROUP BY agent_name, action, provider, model, service_tier, tool_set, is_own
ORDER BY requests DESC, agent_name, action, provider, model, service_tier, tool_set
LIMIT {limit:UInt32}
