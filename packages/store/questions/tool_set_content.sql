-- The definitions of a set as they were sent with one call, where they are kept.
SELECT TraceId AS trace_id, SpanId AS span_id,
    SpanAttributes['gen_ai.tool.definitions'] AS definitions
FROM spans_with_content
WHERE OrgId = {org:String} AND TraceId IN {traces:Array(String)} AND SpanId IN {spans:Array(String)}
    AND Hour IN arrayMap(hour_s -> toDateTime(hour_s, 'UTC'), {hours:Array(UInt32)})
    AND definitions != ''
LIMIT {limit:UInt32}
