-- What was used in a period, by any of the dimensions.
SELECT $group $measures
FROM $table AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY ALL
HAVING calls + tool_calls + runs + call_errors > 0
ORDER BY cost_usd DESC, calls DESC, tool_calls DESC, runs DESC, $order
LIMIT {limit:UInt32}
