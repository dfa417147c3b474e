-- What was paid for nothing, or may have been: calls by the rule that found them, agent and model, with the
-- dearest as evidence. A call that several rules found is in each of them, and once in `any`.
WITH judged AS (
    SELECT hour, trace_id, span_id, event_id, errors, request_hash FROM answer_verdicts FINAL
    WHERE org_id = {org:String}
        AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND hour <= toDateTime({to_s:UInt32}, 'UTC')
), considered AS (
    SELECT c.trace_id AS trace_id, c.span_id AS span_id, c.event_id AS event_id,
        c.start_time AS start_time, c.agent_name AS agent_name, c.model AS model, c.status AS status,
        c.cost_usd AS cost_usd, c.finish_reasons AS finish_reasons, c.cache_read AS cache_read,
        c.conversation_id AS conversation_id, v.errors AS errors, v.request_hash AS request_hash,
        ifNull(c.input_uncached, 0) + ifNull(c.cache_write_5m, 0) + ifNull(c.cache_write_1h, 0) AS unread,
        row_number() OVER (
            PARTITION BY c.service_name, c.model, v.request_hash
            ORDER BY c.start_time, c.trace_id, c.span_id, c.event_id) AS same_before,
        lagInFrame((c.start_time, unread)) OVER (
            PARTITION BY c.conversation_id, c.agent_name, c.model
            ORDER BY c.start_time, c.trace_id, c.span_id, c.event_id
            ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS previous
    FROM calls AS c
    LEFT ANY JOIN judged AS v
    ON c.hour = v.hour AND c.trace_id = v.trace_id AND c.span_id = v.span_id
        AND c.event_id = v.event_id
    WHERE c.org_id = {org:String} AND c.kind = 'llm'
        AND c.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
        AND c.start_time >= toDateTime({from_s:UInt32}, 'UTC')
        AND c.start_time < toDateTime({to_s:UInt32}, 'UTC')
), found AS (
    SELECT *, arrayFilter(rule -> rule != '', [
            if(request_hash != '' AND same_before > 1, 'repeated', ''),
            if(status = 'error', 'failed', ''),
            if(has(errors, 'refusal'), 'refusal', ''),
            if(has(errors, 'empty'), 'empty', ''),
            if(has(errors, 'error_pattern'), 'error_pattern', ''),
            if(has(errors, 'invalid_json'), 'invalid_json', ''),
            if(has(finish_reasons, 'length'), 'truncated', ''),
            -- The same agent asked the same model within the life of a cache, both times with enough to
            -- be cached, and nothing was read from it.
            if(conversation_id != '' AND cache_read = 0 AND unread >= {cacheable_tokens:UInt32}
                AND previous.2 >= {cacheable_tokens:UInt32}
                AND previous.1 >= start_time - toIntervalSecond({cache_s:UInt32}), 'cache_miss', '')
        ]) AS rules
    FROM considered
)
SELECT place.1 AS rule, place.2 AS agent_name, place.3 AS model, count() AS calls,
    countIf(cost IS NULL) AS unpriced, sum(cost) AS cost_usd,
    arrayMap(one -> (one.2, one.3),
        groupArraySorted(3)((-ifNull(cost, 0), trace_id, span_id))) AS evidence
FROM (
    SELECT trace_id, span_id, f.cost_usd AS cost, arrayJoin(arrayConcat(
        arrayMap(rule -> (rule, toString(agent_name), toString(model)), rules), [('any', '', '')])) AS place
    FROM found AS f
    WHERE notEmpty(rules)
)
GROUP BY place
ORDER BY rule = 'any' DESC, cost_usd DESC NULLS LAST, calls DESC, rule, agent_name, model
LIMIT {limit:UInt32}
