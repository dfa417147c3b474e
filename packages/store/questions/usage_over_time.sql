-- What was used in each step of a period, by any of the dimensions.
SELECT toUnixTimestamp(toStartOfInterval(u.time, toIntervalSecond({step_s:UInt32}), 'UTC')) AS time_s,
    $group $measures
FROM $table AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY ALL
HAVING calls + tool_calls + runs + call_errors > 0
ORDER BY time_s, $order
LIMIT {limit:UInt32}
