-- What was said to the models and the runs of some traces, and what they answered, where it is kept.
SELECT TraceId AS trace_id, SpanId AS span_id,
    CAST(mapFilter((name, value) -> name IN {names:Array(String)}, SpanAttributes),
        'Map(String, String)') AS content
FROM spans_with_content
WHERE OrgId = {org:String} AND TraceId IN {traces:Array(String)}
    AND Hour IN arrayMap(hour_s -> toDateTime(hour_s, 'UTC'), {hours:Array(UInt32)})
    AND notEmpty(content)
LIMIT {limit:UInt32}
