-- Which tools runs used together, what such runs cost and how they went, the dearest first. A run's tools are
-- those of its trace, and its cost is of all calls there; records that have no trace tell no run.
WITH
    used AS (
        SELECT trace_id, arraySort(groupUniqArray(tool_name)) AS tools, count() AS tool_calls,
            countIf(status = 'error') AS tool_errors
        FROM tools
        WHERE org_id = {org:String} AND tool_name != '' AND trace_id != ''
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        GROUP BY trace_id
    ),
    called AS (
        SELECT u.trace_id AS trace_id, count() AS calls, countIf(isNotNull(u.cost_usd)) AS calls_priced,
            $token_sums,
            sum(u.cost_usd) AS cost
        FROM calls AS u
        WHERE u.org_id = {org:String}
            AND u.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC') - INTERVAL 1 HOUR
            AND u.hour <= toDateTime({to_s:UInt32}, 'UTC') + INTERVAL 1 HOUR
            AND u.trace_id IN (SELECT trace_id FROM used)
        GROUP BY trace_id
    )
SELECT arraySlice(t.tools, 1, 20) AS combination,
    count() AS traces,
    sum(t.tool_calls) AS tool_calls_made,
    sum(t.tool_errors) AS tool_errors_made,
    sum(c.calls) AS calls_made,
    sum(c.calls_priced) AS priced,
    sum(c.tokens) AS tokens_used,
    sum(c.cost) AS cost_usd
FROM used AS t
LEFT JOIN called AS c ON c.trace_id = t.trace_id
GROUP BY combination
ORDER BY cost_usd DESC NULLS LAST, tokens_used DESC NULLS LAST, traces DESC, combination
LIMIT {limit:UInt32}
