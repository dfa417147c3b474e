-- The sums of each month: what is there now, what was frozen of it, what was booked of it later, and
-- what was booked in it of months before.
SELECT formatDateTime(u.month, '%Y-%m') AS month, u.part AS part, $bill
FROM (
    SELECT toStartOfMonth(time, 'UTC') AS month, 'now' AS part, $signed FROM usage_by_day
    WHERE org_id = {org:String}
    UNION ALL
    SELECT toStartOfMonth(time, 'UTC') AS month, 'frozen' AS part, $signed FROM frozen_usage
    WHERE org_id = {org:String} AND (toStartOfMonth(time, 'UTC'), frozen_at) IN (
        SELECT month, frozen_at FROM frozen_months WHERE org_id = {org:String})
    UNION ALL
    SELECT toStartOfMonth(time, 'UTC') AS month, 'adjusted' AS part, $signed FROM period_adjustments FINAL
    WHERE org_id = {org:String}
    UNION ALL
    SELECT toStartOfMonth(booked_on) AS month, 'booked' AS part, $signed FROM period_adjustments FINAL
    WHERE org_id = {org:String}
) AS u
GROUP BY ALL
HAVING $changed
ORDER BY month, part
