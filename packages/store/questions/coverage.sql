-- How many of the calls of a period have usage and a price, and why the others have not; how many
-- records or traces carry each doubt that takes something from the figures; and from which scopes
-- spans came that name GenAI and that no dialect claims, the most frequent first.
WITH (
    SELECT CAST(groupArray((doubt, places)) AS Map(String, UInt64)) FROM (
        SELECT doubt, has({doubts_of_traces:Array(String)}, doubt) AS of_trace,
            if(any(of_trace), uniqExactIf(trace_id, of_trace), count()) AS places
        FROM doubts
        WHERE org_id = {org:String} AND doubt IN {doubts:Array(String)}
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        GROUP BY doubt
        ORDER BY doubt
    )
) AS doubted, (
    SELECT CAST(groupArray((scope_name, spans)) AS Map(String, UInt64)) FROM (
        SELECT scope_name, uniqExact(trace_id, span_id) AS spans
        FROM genai_facts
        WHERE org_id = {org:String} AND dialect = 'unclaimed'
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        GROUP BY scope_name
        ORDER BY spans DESC, scope_name
        LIMIT 10
    )
) AS unclaimed
SELECT
    sum(u.calls) AS calls,
    sum(u.calls_with_usage) AS with_usage,
    sum(u.calls_priced) AS priced,
    sumMap(u.reasons) AS reasons,
    doubted AS doubts,
    unclaimed AS unclaimed_spans
FROM $table AS u
WHERE u.org_id = {org:String}
    AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
