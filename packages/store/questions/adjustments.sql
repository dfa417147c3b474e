-- What was booked in a period because frozen months changed, by month, day of booking and any of the
-- dimensions. A booking counts at the first instant of its day.
SELECT formatDateTime(toStartOfMonth(u.time, 'UTC'), '%Y-%m') AS month, toString(u.booked_on) AS booked_on,
    $group $bill
FROM period_adjustments AS u FINAL
WHERE u.org_id = {org:String}
    AND toDateTime(u.booked_on, 'UTC') >= toDateTime({from_s:UInt32}, 'UTC')
    AND toDateTime(u.booked_on, 'UTC') < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY ALL
HAVING $changed
ORDER BY booked_on, month, $order
LIMIT {limit:UInt32}
