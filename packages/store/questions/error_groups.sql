-- What went wrong in a period, by what it was and what it said, without ids, numbers and texts in quotes:
-- the most frequent first.
SELECT kind, error_type, fingerprint,
    toUInt64(count()) AS errors,
    toUInt64(uniqExact(trace_id)) AS traces,
    toUnixTimestamp64Nano(min(start_time)) AS first_ns,
    toUnixTimestamp64Nano(max(start_time)) AS last_ns,
    argMax(message, (start_time, span_id)) AS last_message,
    argMax(trace_id, (start_time, span_id)) AS last_trace_id,
    argMax(span_id, (start_time, span_id)) AS last_span_id,
    argMax(execution_id, (start_time, span_id)) AS last_execution_id,
    arraySort(groupUniqArray(10)(agent_name)) AS agents,
    arraySort(groupUniqArray(10)(subject)) AS subjects
FROM (
    SELECT kind, if(failed.error_type != '', failed.error_type, told.type) AS error_type, trace_id, span_id,
        start_time, agent_name, execution_id, subject, told.message AS message,
        substring(replaceRegexpAll(replaceRegexpAll(replaceRegexpAll(replaceRegexpAll(replaceRegexpAll(
            message,
            '"[^"]{0,200}"|''[^'']{0,200}''|`[^`]{0,200}`', '<text>'),
            'https?://[^\\s]+', '<url>'),
            '\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b', '<id>'),
            '\\b\\w*\\d\\w*[_-]?\\w*\\d\\w{4,}\\b|\\b[0-9a-fA-F]{12,}\\b', '<id>'),
            '\\d+(\\.\\d+)?', '<n>'), 1, 200) AS fingerprint
    FROM (
        SELECT kind, error_type, trace_id, span_id, start_time, hour, service_name, agent_name,
            execution_id, multiIf(kind = 'tool', tool_name, kind = 'agent', agent_name,
                request_model != '', request_model, response_model) AS subject
        FROM ledger FINAL
        WHERE org_id = {org:String} AND status = 'error'
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND start_time >= toDateTime64({from_s:UInt32}, 9, 'UTC')
            AND start_time < toDateTime64({to_s:UInt32}, 9, 'UTC')
            -- As the roll-ups count them: what only repeats a failed call, or is a try within one, is no other.
            AND ((kind = 'agent' AND event_id = '') OR (kind = 'tool' AND role = 'none')
                OR counted OR (role = 'attempt' AND owner_span_id = ''))
            AND ({agent:String} = '' OR agent_name = {agent:String})
    ) AS failed
    LEFT ANY JOIN (
        SELECT TraceId, SpanId,
            indexOf(Events.Name, 'exception') AS place,
            Events.Attributes[place]['exception.type'] AS type,
            multiIf(Events.Attributes[place]['exception.message'] != '',
                    Events.Attributes[place]['exception.message'],
                SpanAttributes['spanledger.error.message'] != '',
                    SpanAttributes['spanledger.error.message'],
                StatusMessage) AS message
        FROM otel_traces
        WHERE OrgId = {org:String} AND StatusCode = 'Error'
            AND Hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND Hour <= toDateTime({to_s:UInt32}, 'UTC')
    ) AS told ON told.TraceId = failed.trace_id AND told.SpanId = failed.span_id
)
GROUP BY kind, error_type, fingerprint
ORDER BY errors DESC, last_ns DESC, kind, error_type, fingerprint
LIMIT {limit:UInt32}
