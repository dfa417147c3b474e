-- How long a trace took from the end of its last span to the roll-up that holds it.
WITH
    (SELECT min(first_time) FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String}) AS first_hour,
    (SELECT max(last_time) FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String}) AS last_hour,
    (
        SELECT (
            max(toUnixTimestamp64Nano(start_time) + toInt64(duration_ns)),
            toUnixTimestamp64Nano(max(ingested_at))
        )
        FROM genai_facts
        WHERE org_id = {org:String} AND trace_id = {trace:String} AND hour >= first_hour AND hour <= last_hour
    ) AS received,
    (
        SELECT toInt64(max(settled_at)) FROM ledger
        WHERE org_id = {org:String} AND trace_id = {trace:String} AND hour >= first_hour AND hour <= last_hour
    ) AS settled,
    (
        SELECT toInt64(minIf(version, toInt64(version) >= settled)) FROM usage_minute
        WHERE org_id = {org:String} AND time >= first_hour AND time < last_hour + INTERVAL 1 HOUR
            AND time IN (
                SELECT minute FROM ledger
                WHERE org_id = {org:String} AND trace_id = {trace:String}
                    AND hour >= first_hour AND hour <= last_hour
            )
    ) AS rolled_up
SELECT
    nullIf(tupleElement(received, 1), 0) AS last_span_end_ns,
    nullIf(tupleElement(received, 2), 0) AS ingested_ns,
    nullIf(settled, 0) AS settled_ns,
    nullIf(rolled_up, 0) AS rolled_up_ns
