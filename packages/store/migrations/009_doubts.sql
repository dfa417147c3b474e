-- What is doubted, by record and by code: calls, and also sums, tools and agent runs that are in no
-- call. One record has one row for each of its doubts; `counted` says whether it is a call.

CREATE OR REPLACE VIEW doubts DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT org_id, doubt, trace_id, span_id, event_id, start_time, hour, minute, service_name, environment,
    dialect, agent_name, provider, if(response_model != '', response_model, request_model) AS model,
    operation, tool_name, kind, status, role, counted, usage_reason, cost_reason
FROM (SELECT *, hour, minute FROM ledger FINAL)
ARRAY JOIN doubts AS doubt;
