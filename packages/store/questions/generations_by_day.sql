-- How generations went, day by day of UTC: of the average time only those that ended are a part, of the
-- rate of success those that ended or were abandoned.
SELECT toString(toDate(start_time, 'UTC')) AS day, count() AS requests,
    countIf(status = 'completed') AS successful,
    countIf(status = 'failed') AS failed,
    countIf(status = 'running' AND last_seen >= alive_after) AS running,
    requests - successful - failed - running AS abandoned,
    avg(generation_time_ms) AS average_time_ms,
    avg(retry_count) AS average_retries,
    if(requests = running, NULL, successful / (requests - running)) AS success_rate
FROM (
    SELECT *, now64(9) - toIntervalMillisecond({abandoned_ms:UInt64}) AS alive_after FROM generations
)
WHERE org_id = {org:String}
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    AND ({user:String} = '' OR user_id = {user:String})
GROUP BY day
ORDER BY day DESC
LIMIT {limit:UInt32}
