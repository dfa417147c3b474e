-- What each user asked to be made in a period, what came of it, and what it used.
SELECT user_id, count() AS generations,
    countIf(status = 'completed') AS successful,
    countIf(status = 'failed') AS failed,
    countIf(status = 'running' AND last_seen >= alive_after) AS running,
    countIf(status = 'abandoned' OR status = 'running' AND last_seen < alive_after) AS abandoned,
    sum(g.calls) AS calls, sum(g.calls_with_usage) AS calls_with_usage,
    sum(g.calls_priced) AS calls_priced,
    sum(ifNull(input_uncached, 0) + ifNull(cache_read, 0) + ifNull(cache_write_5m, 0)
        + ifNull(cache_write_1h, 0) + ifNull(audio_in, 0) + ifNull(image_in, 0)) AS input_sum,
    sum(ifNull(g.output, 0) + ifNull(reasoning, 0) + ifNull(audio_out, 0) + ifNull(image_out, 0))
        AS output_sum,
    if(calls_with_usage = 0, NULL, input_sum) AS input_total,
    if(calls_with_usage = 0, NULL, output_sum) AS output_total,
    sum(g.cost_usd) AS cost_usd
FROM (
    SELECT *, now64(9) - toIntervalMillisecond({abandoned_ms:UInt64}) AS alive_after FROM generations
) AS g
WHERE org_id = {org:String}
    AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    AND ({user:String} = '' OR user_id = {user:String})
GROUP BY user_id
ORDER BY generations DESC, user_id
LIMIT {limit:UInt32}
