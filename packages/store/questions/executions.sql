-- The executions that started in a period, those that still run or died included, the latest first.
$executions
SELECT trace_id, span_id, execution_id, parent_execution_id, parent_span_id, over, depth, sequence,
    toUnixTimestamp64Nano(start_time) AS start_ns, duration_ms, service_name, environment,
    agent_name, conversation_id, user_id, status, stage, error_type, error_message,
    CAST(attributes, 'Map(String, String)') AS attributes,
    toUnixTimestamp64Nano(last_seen) AS last_seen_ns,
    calls, calls_with_usage, calls_priced, tool_calls, input_total, output_total, cost_usd
FROM joined
WHERE start_time >= from_time AND start_time < to_time
    AND (empty({statuses:Array(String)}) OR status IN {statuses:Array(String)})
    AND ({agent:String} = '' OR agent_name = {agent:String})
    AND ({service:String} = '' OR service_name = {service:String})
    AND ({conversation:String} = '' OR conversation_id = {conversation:String})
    AND ({user:String} = '' OR user_id = {user:String})
    AND ({step:String} = '' OR attributes['spanledger.execution.step'] = {step:String})
    AND ({action:String} = '' OR attributes['spanledger.action_type'] = {action:String})
    AND ({report:String} = '' OR attributes['spanledger.link.report_id'] = {report:String})
    AND ({platform:String} = ''
        OR attributes['spanledger.link.external_platform'] = {platform:String})
    AND ({slower_ms:Float64} = 0 OR duration_ms >= {slower_ms:Float64})
    AND ({before_ns:Int64} = 0 OR (toUnixTimestamp64Nano(start_time), trace_id, span_id)
        < ({before_ns:Int64}, {before_trace:String}, {before_span:String}))
ORDER BY if({slower_ms:Float64} = 0, 0, duration_ms) DESC, start_time DESC, trace_id DESC, span_id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
