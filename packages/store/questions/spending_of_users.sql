-- What some users used in a period, from the ledger's calls, because roll-ups do not know users.
SELECT u.user_id AS subject,
    count() AS calls,
    countIf(u.role = 'owner') AS calls_with_usage,
    countIf(isNotNull(u.cost_usd)) AS calls_priced,
    $token_sums,
    sum(u.cost_usd) AS cost_usd
FROM calls AS u
WHERE u.org_id = {org:String}
    AND u.minute >= toDateTime({from_s:UInt32}, 'UTC') AND u.minute < toDateTime({to_s:UInt32}, 'UTC')
    AND u.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND has({subjects:Array(String)}, u.user_id)
GROUP BY subject
ORDER BY subject
