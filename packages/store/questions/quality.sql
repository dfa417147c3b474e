-- How good the answers of a period are, by any of the dimensions. Answers without a verdict are counted
-- and change no mean.
SELECT $group
    count() AS answers,
    countIf(score_ppm IS NOT NULL) AS judged,
    countIf(reason = 'tool_calls') AS tool_calls,
    countIf(reason = 'unreadable') AS unreadable,
    countIf(v.valid) AS valid,
    if(judged = 0, NULL, avg(score_ppm) / 1000000) AS score,
    sumMap(CAST((v.errors, arrayMap(_ -> 1, v.errors)), 'Map(String, UInt64)')) AS errors,
    sumMap(CAST((v.warnings, arrayMap(_ -> 1, v.warnings)), 'Map(String, UInt64)')) AS warnings,
    if(count(v.words) = 0, NULL, avg(v.words)) AS words
FROM calls AS u
LEFT ANY JOIN
(
    SELECT hour, trace_id, span_id, event_id, reason, score_ppm, valid, errors, warnings, words
    FROM answer_verdicts FINAL
    WHERE org_id = {org:String}
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND hour <= toDateTime({to_s:UInt32}, 'UTC')
) AS v
ON u.hour = v.hour AND u.trace_id = v.trace_id AND u.span_id = v.span_id
    AND u.event_id = v.event_id
WHERE u.org_id = {org:String} AND u.kind = 'llm' AND u.status != 'error'
    AND u.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND u.start_time >= toDateTime({from_s:UInt32}, 'UTC')
    AND u.start_time < toDateTime({to_s:UInt32}, 'UTC')
GROUP BY ALL
HAVING answers > 0
ORDER BY answers DESC, $order
LIMIT {limit:UInt32}
