-- The public views: what panels, REST, the command line and people's SQL read. They hide versions
-- and FINAL, and run with the rights of their maker, so that a reader needs no right on the tables.

CREATE OR REPLACE VIEW calls DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT (fingerprint, settled_at, is_deleted, written_at, counted), hour, minute,
    if(response_model != '', response_model, request_model) AS model
FROM ledger FINAL
WHERE counted;

CREATE OR REPLACE VIEW tools DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT org_id, trace_id, span_id, event_id, parent_span_id, start_time, hour, minute, duration_ns,
    service_name, environment, agent_name, agent_span_id, execution_id, conversation_id, user_id,
    tool_name, tool_call_id, operation, status, error_type, dialect, rule, doubts
FROM ledger FINAL
WHERE kind = 'tool' AND role = 'none';

CREATE OR REPLACE VIEW runs DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT (fingerprint, settled_at, is_deleted), hour
FROM executions FINAL;

CREATE OR REPLACE VIEW usage DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT version FROM usage_minute FINAL;

-- The same over longer times: what is still open is read from the finer level.
CREATE OR REPLACE VIEW usage_by_hour DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT version FROM usage_hour FINAL WHERE time < toStartOfHour(now() - INTERVAL 1 HOUR, 'UTC')
UNION ALL
SELECT * EXCEPT version REPLACE (toStartOfHour(time, 'UTC') AS time) FROM (
    SELECT * FROM usage_minute FINAL WHERE time >= toStartOfHour(now() - INTERVAL 1 HOUR, 'UTC')
);

CREATE OR REPLACE VIEW usage_by_day DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT version FROM usage_day FINAL WHERE time < toStartOfDay(now() - INTERVAL 1 DAY, 'UTC')
UNION ALL
SELECT * EXCEPT version REPLACE (toDateTime(toStartOfDay(time, 'UTC')) AS time) FROM (
    SELECT * FROM usage_hour FINAL
    WHERE time >= toStartOfDay(now() - INTERVAL 1 DAY, 'UTC') AND time < toStartOfHour(now() - INTERVAL 1 HOUR, 'UTC')
)
UNION ALL
SELECT * EXCEPT version REPLACE (toDateTime(toStartOfDay(time, 'UTC')) AS time) FROM (
    SELECT * FROM usage_minute FINAL WHERE time >= toStartOfHour(now() - INTERVAL 1 HOUR, 'UTC')
);
