-- The first event of a run with all that it said, content included.
SELECT ServiceName AS service_name,
    if(ResourceAttributes['deployment.environment.name'] != '',
        ResourceAttributes['deployment.environment.name'],
        ResourceAttributes['deployment.environment']) AS environment,
    LogAttributes AS attributes
FROM logs_with_content
WHERE OrgId = {org:String}
    AND Hour = toStartOfHour(fromUnixTimestamp64Nano({start_ns:Int64}, 'UTC'), 'UTC')
    AND TraceId = {trace:String} AND SpanId = {span:String}
    AND EventName = 'spanledger.execution.start'
LIMIT 1
