-- What was read of a trace, before any judgement.
SELECT $columns FROM genai_facts FINAL
WHERE org_id = {org:String} AND trace_id = {trace:String}
    AND hour >= (SELECT min(first_time) FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String})
    AND hour <= (SELECT max(last_time) FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String})
ORDER BY start_time, span_id, event_id
