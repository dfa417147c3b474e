-- What a period is billed with before adjustments, by any of the dimensions: of frozen months what was
-- frozen, which counts at the first instant of its day, and of others what is there now.
SELECT $group $bill
FROM (
    SELECT org_id, time, $sums FROM $table
    WHERE toStartOfMonth(time, 'UTC') NOT IN (SELECT month FROM frozen_months WHERE org_id = {org:String})
    UNION ALL
    SELECT org_id, time, $sums FROM frozen_usage
    WHERE org_id = {org:String} AND (toStartOfMonth(time, 'UTC'), frozen_at) IN (
        SELECT month, frozen_at FROM frozen_months WHERE org_id = {org:String})
) AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY ALL
HAVING calls + tool_calls + runs + call_errors > 0
ORDER BY cost_usd DESC, calls DESC, tool_calls DESC, runs DESC, $order
LIMIT {limit:UInt32}
