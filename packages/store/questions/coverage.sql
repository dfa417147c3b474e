-- How many of the calls of a period have usage and a price, and why the others have not.
SELECT
    sum(u.calls) AS calls,
    sum(u.calls_with_usage) AS with_usage,
    sum(u.calls_priced) AS priced,
    sumMap(u.reasons) AS reasons
FROM $table AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
