-- What the spans of some traces say in words: their status, their last exception, their events, and what
-- the program said of them.
SELECT TraceId AS trace_id, SpanId AS span_id, SpanName AS name, StatusMessage AS status_message,
    arrayLastIndex(name -> name = 'exception', Events.Name) AS place,
    CAST(if(place = 0, map(), Events.Attributes[place]), 'Map(String, String)') AS exception,
    CAST(mapFilter((name, value) -> startsWith(name, 'spanledger.'), SpanAttributes),
        'Map(String, String)') AS attributes,
    arrayMap(time -> toString(toUnixTimestamp64Nano(time)), Events.Timestamp) AS event_times,
    CAST(Events.Name, 'Array(String)') AS event_names,
    CAST(Events.Attributes, 'Array(Map(String, String))') AS event_attributes
FROM otel_traces FINAL
WHERE OrgId = {org:String} AND TraceId IN {traces:Array(String)}
    AND Hour IN arrayMap(hour_s -> toDateTime(hour_s, 'UTC'), {hours:Array(UInt32)})
LIMIT {limit:UInt32}
