-- What was deleted, and what keeps it deleted when it is sent again. Settling leaves out what is named
-- here; a batch removes it from the tables later.

-- One row per deletion. Of a time range and of an organisation the row itself says what is deleted:
-- every record that began from from_time until to_time; such a row is kept for ever. The others name
-- a record each in tombstones, and hold until keep_until.
CREATE TABLE IF NOT EXISTS deletions
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    deletion_id String CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    subject String CODEC(ZSTD(1)),
    from_time DateTime64(9) CODEC(ZSTD(1)),
    to_time DateTime64(9) CODEC(ZSTD(1)),
    asked_at DateTime64(9) CODEC(ZSTD(1)),
    keep_until DateTime64(9) CODEC(ZSTD(1)),
    state LowCardinality(String) CODEC(ZSTD(1)),
    traces UInt64 CODEC(ZSTD(1)),
    records UInt64 CODEC(ZSTD(1)),
    settled UInt64 CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (org_id, deletion_id)
TTL toDateTime(keep_until, 'UTC') DELETE WHERE kind NOT IN ('organisation', 'range');

-- A span with all that happened on it; an event; or, without span and event, a whole trace. Records
-- without a trace have an event id alone.
CREATE TABLE IF NOT EXISTS tombstones
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    deletion_id String CODEC(ZSTD(1)),
    keep_until DateTime64(9) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(keep_until)
ORDER BY (org_id, trace_id, span_id, event_id)
TTL toDateTime(keep_until, 'UTC')
SETTINGS index_granularity = 1024;

-- The traces whose rows a deletion changes, also those that only lie around what was deleted: written
-- before the deletion holds, so that one that broke off is finished after the next start.
CREATE TABLE IF NOT EXISTS deletion_traces
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    deletion_id String CODEC(ZSTD(1)),
    first_time DateTime64(9) CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    last_time DateTime64(9) CODEC(ZSTD(1)),
    keep_until DateTime64(9) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (org_id, deletion_id, first_time, trace_id, last_time)
TTL toDateTime(keep_until, 'UTC');

-- As before, and nothing of a deleted time: a point whose growth lies in one, or reaches into one from
-- the point before it, tells nothing that could be counted.
CREATE OR REPLACE VIEW metric_usage DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH (
    SELECT groupArray((toString(org_id), from_time, to_time)) FROM deletions FINAL
    WHERE kind IN ('organisation', 'range') AND state != 'listing'
) AS deleted_times
SELECT org_id, toStartOfMinute(time, 'UTC') AS time, service_name, environment, scope_name, dialect,
    provider, request_model, response_model, quantity, cache_convention, reasoning_convention,
    temporality, 'metric_only' AS usage_reason,
    if(quantity = 'cost', NULL, sum(grown)) AS tokens,
    if(quantity = 'cost', toDecimal128(sum(grown), 12) / 1000000000000, NULL) AS reported_cost_usd
FROM (
    SELECT *,
        lagInFrame(value, 1, 0) OVER run AS before,
        lagInFrame(time, 1, start_time) OVER run AS since,
        if(temporality = 'cumulative' AND value >= before, toUInt64(value - before), value) AS grown
    FROM genai_metric_points FINAL
    WINDOW run AS (
        PARTITION BY org_id, service_name, series, start_time ORDER BY time
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
) AS points
WHERE (org_id, service_name, toDate(points.time, 'UTC')) NOT IN (
    SELECT org_id, service_name, arrayJoin([day - 1, day, day + 1]) FROM services_with_usage
) AND NOT arrayExists(
    gone -> gone.1 = org_id AND gone.2 <= points.time
        AND gone.3 > if(temporality = 'cumulative', since, points.time),
    deleted_times
)
GROUP BY ALL;
