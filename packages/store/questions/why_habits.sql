-- Where an agent ran in other conversations of a time, and where a router could have chosen it: by service,
-- the first agent of the trace and whoever called it. Of the latest runs, as many as are bounded.
WITH mine AS (
    SELECT trace_id, parent_execution_id, service_name, start_time FROM runs
    WHERE org_id = {org:String} AND agent_name = {agent:String}
        AND conversation_id != {conversation:String}
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND start_time >= toDateTime({from_s:UInt32}, 'UTC')
        AND start_time < toDateTime({to_s:UInt32}, 'UTC')
    ORDER BY start_time DESC
    LIMIT {runs_max:UInt32}
), beside AS (
    SELECT trace_id, execution_id, agent_name, depth, start_time FROM runs
    WHERE org_id = {org:String} AND trace_id IN (SELECT trace_id FROM mine)
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND hour <= toDateTime({to_s:UInt32}, 'UTC')
)
SELECT * FROM (
    SELECT 'ran' AS how, toString(m.service_name) AS service_name,
        toString(e.entry) AS entry_agent, toString(p.agent_name) AS parent_agent,
        count() AS times, toUnixTimestamp64Nano(max(m.start_time)) AS last_ns
    FROM mine AS m
    LEFT ANY JOIN (
        SELECT trace_id, argMin(agent_name, (depth, start_time)) AS entry FROM beside GROUP BY trace_id
    ) AS e ON m.trace_id = e.trace_id
    LEFT ANY JOIN beside AS p
    ON m.trace_id = p.trace_id AND m.parent_execution_id = p.execution_id
    GROUP BY service_name, entry_agent, parent_agent
    UNION ALL
    SELECT 'declared' AS how, toString(service_name) AS service_name, '' AS entry_agent,
        toString(agent_name) AS parent_agent, count() AS times,
        toUnixTimestamp64Nano(max(start_time)) AS last_ns
    FROM run_events
    WHERE org_id = {org:String} AND event = 'route' AND conversation_id != {conversation:String}
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND start_time < toDateTime({to_s:UInt32}, 'UTC')
        AND has(JSONExtract(attributes['spanledger.route.candidates'], 'Array(String)'),
            {agent:String})
    GROUP BY service_name, parent_agent
)
ORDER BY times DESC, how, service_name, entry_agent, parent_agent
LIMIT {limit:UInt32}
