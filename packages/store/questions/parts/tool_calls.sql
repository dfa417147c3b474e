-- Model calls of a period with what they say of tools: how many definitions and bytes they were sent
-- with, which set of definitions it was, and what the program did.
WITH
    offered AS (
        SELECT trace_id, span_id, event_id, tool_definitions, tool_definitions_bytes
        FROM genai_facts FINAL
        WHERE org_id = {org:String}
            AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND hour <= toDateTime({to_s:UInt32}, 'UTC')
            AND kind = 'llm'
            AND (ifNull(tool_definitions, 0) > 0 OR ifNull(tool_definitions_bytes, 0) > 2)
    ),
    said AS (
        SELECT TraceId AS trace_id, SpanId AS span_id,
            SpanAttributes['spanledger.tools.hash'] AS set_hash,
            SpanAttributes['spanledger.tools.names'] AS names,
            SpanAttributes['spanledger.tools.sizes'] AS sizes,
            SpanAttributes['spanledger.tool_calls.names'] AS called,
            SpanAttributes['spanledger.action_type'] AS action
        FROM otel_traces FINAL
        WHERE OrgId = {org:String}
            AND Hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND Hour <= toDateTime({to_s:UInt32}, 'UTC')
            AND (mapContains(SpanAttributes, 'spanledger.tools.hash')
                OR mapContains(SpanAttributes, 'spanledger.tool_calls.names')
                OR mapContains(SpanAttributes, 'spanledger.action_type'))
    ),
    kept AS (
        SELECT DISTINCT TraceId AS trace_id, SpanId AS span_id, true AS is_kept
        FROM genai_content
        WHERE OrgId = {org:String} AND EventId = ''
            AND Hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND Hour <= toDateTime({to_s:UInt32}, 'UTC')
            AND has(Content.Key, 'gen_ai.tool.definitions')
    ),
    tool_calls AS (
        SELECT c.trace_id AS trace_id, c.span_id AS span_id, c.event_id AS event_id,
            c.start_time AS start_time, c.hour AS hour, c.duration_ns AS duration_ns,
            c.agent_name AS agent_name, c.provider AS provider, c.model AS model,
            c.service_tier AS service_tier, c.status AS status, c.error_type AS error_type,
            c.conversation_id AS conversation_id, c.agent_span_id AS agent_span_id,
            c.service_name AS service_name,
            s.action AS action, s.called AS called, s.names AS names, s.sizes AS sizes, k.is_kept AS is_kept,
            o.tool_definitions AS definitions, o.tool_definitions_bytes AS definition_bytes,
            o.trace_id != '' AS has_tools,
            multiIf(s.set_hash != '', s.set_hash,
                has_tools, concat(c.service_name, '/', c.agent_name, '/',
                    toString(ifNull(definitions, 0)), '/', toString(ifNull(definition_bytes, 0))),
                '') AS tool_set,
            arrayFilter(n -> isNotNull(n), [c.input_uncached, c.cache_read, c.cache_write_5m,
                c.cache_write_1h, c.audio_in, c.image_in]) AS known_in,
            if(empty(known_in), NULL, arraySum(arrayMap(n -> assumeNotNull(n), known_in)))
                AS input_total,
            c.cache_read AS cache_read, c.cost_usd AS cost_usd
        FROM calls AS c
        -- A span that was sent again under another service or of another hour is still one call.
        LEFT ANY JOIN offered AS o
        ON o.trace_id = c.trace_id AND o.span_id = c.span_id AND o.event_id = c.event_id
        LEFT ANY JOIN said AS s ON s.trace_id = c.trace_id AND s.span_id = c.span_id
        LEFT ANY JOIN kept AS k ON k.trace_id = c.trace_id AND k.span_id = c.span_id
        WHERE c.org_id = {org:String} AND c.kind = 'llm'
            AND c.hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
            AND c.start_time >= toDateTime({from_s:UInt32}, 'UTC')
            AND c.start_time < toDateTime({to_s:UInt32}, 'UTC')
    )
