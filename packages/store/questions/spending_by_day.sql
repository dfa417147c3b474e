-- What was used on each day of UTC, of what `spending` is about; days without any have no row.
SELECT toUnixTimestamp(toStartOfDay(u.time, 'UTC')) AS time_s,
    toString($subject) AS subject,
    sum(u.calls) AS calls,
    sum(u.calls_with_usage) AS calls_with_usage,
    sum(u.calls_priced) AS calls_priced,
    $token_sums,
    sum(u.cost_usd) AS cost_usd
FROM $table AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
    AND has({subjects:Array(String)}, toString($subject))
GROUP BY time_s, subject
ORDER BY time_s, subject
