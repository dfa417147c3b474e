-- What was asked for and what was made, where it is kept: on the first and the last event of a
-- generation, and on its span.
SELECT CAST(mapFilter((name, value) -> name IN {names:Array(String)}, attributes), 'Map(String, String)')
    AS content
FROM (
    SELECT LogAttributes AS attributes, Timestamp AS time
    FROM logs_with_content
    WHERE OrgId = {org:String} AND TraceId = {trace:String} AND SpanId = {span:String}
        AND Hour IN arrayMap(hour_s -> toDateTime(hour_s, 'UTC'), {hours:Array(UInt32)})
        AND EventName IN ('spanledger.execution.start', 'spanledger.execution.end')
    UNION ALL
    SELECT SpanAttributes, Timestamp
    FROM spans_with_content
    WHERE OrgId = {org:String} AND TraceId = {trace:String} AND SpanId = {span:String}
        AND Hour IN arrayMap(hour_s -> toDateTime(hour_s, 'UTC'), {hours:Array(UInt32)})
)
WHERE notEmpty(content)
ORDER BY time
LIMIT {limit:UInt32}
