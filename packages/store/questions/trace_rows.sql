-- The ledger rows of a trace, counted or not, each with its role and rule.
SELECT $columns FROM ledger FINAL
WHERE org_id = {org:String} AND trace_id = {trace:String}
    AND hour >= (SELECT min(first_time) FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String})
    AND hour <= (SELECT max(last_time) FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String})
ORDER BY start_time, span_id, event_id
