-- What was used in a period of what budgets are about: of the organisation as a whole, where the subject is
-- '', or of each of some agents, models or tools.
SELECT toString($subject) AS subject,
    sum(u.calls) AS calls,
    sum(u.calls_with_usage) AS calls_with_usage,
    sum(u.calls_priced) AS calls_priced,
    $token_sums,
    sum(u.cost_usd) AS cost_usd
FROM $table AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
    AND has({subjects:Array(String)}, toString($subject))
GROUP BY subject
ORDER BY subject
