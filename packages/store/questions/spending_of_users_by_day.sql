-- The same of some users, from the ledger's calls, because roll-ups do not know users.
SELECT toUnixTimestamp(toStartOfDay(u.hour, 'UTC')) AS time_s,
    u.user_id AS subject,
    count() AS calls,
    countIf(u.role = 'owner') AS calls_with_usage,
    countIf(isNotNull(u.cost_usd)) AS calls_priced,
    $token_sums,
    sum(u.cost_usd) AS cost_usd
FROM calls AS u
WHERE u.org_id = {org:String}
    AND u.hour >= toDateTime({from_s:UInt32}, 'UTC') AND u.hour < toDateTime({to_s:UInt32}, 'UTC')
    AND has({subjects:Array(String)}, u.user_id)
GROUP BY time_s, subject
ORDER BY time_s, subject
