-- What metrics alone tell of a period: of services that told no usage in spans or logs.
SELECT org_id, service_name, scope_name, dialect, provider, request_model, response_model, quantity,
    cache_convention, reasoning_convention, temporality,
    sum(ifNull(tokens, toUInt64(ifNull(reported_cost_usd, 0) * 1000000000000))) AS value
FROM metric_usage
WHERE org_id = {org:String}
    AND time >= toDateTime({from_s:UInt32}, 'UTC') AND time < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY ALL
ORDER BY ALL
LIMIT {limit:UInt32}
