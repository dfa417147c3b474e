-- How the executions that started in a period ended, and how long they took, by status and agent.
$executions
SELECT status, agent_name, toUInt64(count()) AS executions,
    toUInt64(countIf(isNotNull(duration_ms))) AS timed,
    sum(duration_ms) AS duration_sum_ms,
    if(timed = 0, NULL, min(duration_ms)) AS duration_min_ms,
    if(timed = 0, NULL, max(duration_ms)) AS duration_max_ms
FROM joined
WHERE start_time >= from_time AND start_time < to_time
    AND ({agent:String} = '' OR agent_name = {agent:String})
    AND ({service:String} = '' OR service_name = {service:String})
GROUP BY status, agent_name
ORDER BY executions DESC, status, agent_name
LIMIT {limit:UInt32}
