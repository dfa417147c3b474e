-- Model calls of a period, failed ones included, the latest first: one row each, as the ledger has them.
SELECT trace_id, span_id, event_id, parent_span_id, agent_span_id, execution_id, agent_name,
    toUnixTimestamp64Nano(start_time) AS start_ns, duration_ns, service_name, name, kind, operation,
    provider, request_model, response_model, model, response_id, service_tier, status, error_type,
    streaming, attempts, time_to_first_chunk_ns, finish_reasons, counted, role, rule, doubts,
    usage_reason, cost_reason, conversation_id, user_id, price_id,
    input_uncached, cache_read, cache_write_5m, cache_write_1h, audio_in, image_in, c.output AS output,
    reasoning, audio_out, image_out, cost_usd, reported_cost_usd
FROM model_calls AS c
WHERE org_id = {org:String}
    AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
    AND start_time >= toDateTime64({from_s:UInt32}, 9, 'UTC')
    AND start_time < toDateTime64({to_s:UInt32}, 9, 'UTC')
    AND (empty({traces:Array(String)}) OR trace_id IN {traces:Array(String)})
    AND ({provider:String} = '' OR provider = {provider:String})
    AND ({model:String} = '' OR model = {model:String} OR request_model = {model:String})
    AND ({execution:String} = '' OR execution_id = {execution:String})
    AND ({kind:String} = '' OR kind = {kind:String})
    AND ({streaming:String} = '' OR ifNull(streaming, false) = ({streaming:String} = 'true'))
    AND ({status:String} = '' OR (status = 'error') = ({status:String} = 'failed'))
    AND ({report:String} = '' OR trace_id IN (
        SELECT trace_id FROM run_events
        WHERE org_id = {org:String} AND attributes['spanledger.link.report_id'] = {report:String}))
    AND ({before_ns:Int64} = 0 OR (toUnixTimestamp64Nano(start_time), trace_id, span_id, event_id)
        < ({before_ns:Int64}, {before_trace:String}, {before_span:String}, {before_event:String}))
ORDER BY start_time DESC, trace_id DESC, span_id DESC, event_id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
