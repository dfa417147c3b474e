-- The agent runs that started in a period, the latest first.
SELECT $columns FROM runs
WHERE org_id = {org:String}
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')
ORDER BY start_time DESC, execution_id
LIMIT {limit:UInt32}
