-- Points of metrics that tell tokens or cost, and which services told usage otherwise: metrics are a
-- last resort, shown apart and never added to what spans and logs say.

CREATE TABLE IF NOT EXISTS genai_metric_points
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    scope_name LowCardinality(String) CODEC(ZSTD(1)),
    dialect LowCardinality(String) CODEC(ZSTD(1)),
    metric LowCardinality(String) CODEC(ZSTD(1)),
    provider LowCardinality(String) CODEC(ZSTD(1)),
    request_model LowCardinality(String) CODEC(ZSTD(1)),
    response_model LowCardinality(String) CODEC(ZSTD(1)),
    quantity LowCardinality(String) CODEC(ZSTD(1)),
    cache_convention LowCardinality(String) CODEC(ZSTD(1)),
    reasoning_convention LowCardinality(String) CODEC(ZSTD(1)),
    temporality LowCardinality(String) CODEC(ZSTD(1)),
    series String CODEC(ZSTD(1)),
    start_time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    value UInt64 CODEC(T64, ZSTD(1)),
    ingested_at DateTime64(9) DEFAULT now64(9) CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(value)
PARTITION BY toYYYYMM(time)
ORDER BY (org_id, service_name, series, start_time, time)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS services_with_usage
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    day Date CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (org_id, service_name, day);

CREATE MATERIALIZED VIEW IF NOT EXISTS services_with_usage_from_facts TO services_with_usage AS
SELECT org_id, service_name, toDate(start_time, 'UTC') AS day
FROM genai_facts
WHERE greatest(ifNull(input_tokens, 0), ifNull(output_tokens, 0), ifNull(total_tokens, 0)) > 0
GROUP BY org_id, service_name, day;

-- Facts that came before this migration; those that come while it runs are in the view's hands.
INSERT INTO services_with_usage
SELECT org_id, service_name, toDate(start_time, 'UTC') AS day
FROM genai_facts
WHERE greatest(ifNull(input_tokens, 0), ifNull(output_tokens, 0), ifNull(total_tokens, 0)) > 0
GROUP BY org_id, service_name, day;

-- What each series grew by, by the minute of its export: a cumulative one from nothing at a new start
-- and where it fell, a delta one by each point. Only of services that told no usage in spans or logs
-- on the same UTC day, the day before or the day after. Each scope tells the same calls once more,
-- so sums of different scopes must not be added.
CREATE OR REPLACE VIEW metric_usage DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT org_id, toStartOfMinute(time, 'UTC') AS time, service_name, environment, scope_name, dialect,
    provider, request_model, response_model, quantity, cache_convention, reasoning_convention,
    temporality, 'metric_only' AS usage_reason,
    if(quantity = 'cost', NULL, sum(grown)) AS tokens,
    if(quantity = 'cost', toDecimal128(sum(grown), 12) / 1000000000000, NULL) AS reported_cost_usd
FROM (
    SELECT *,
        lagInFrame(value, 1, 0) OVER run AS before,
        if(temporality = 'cumulative' AND value >= before, toUInt64(value - before), value) AS grown
    FROM genai_metric_points FINAL
    WINDOW run AS (
        PARTITION BY org_id, service_name, series, start_time ORDER BY time
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
WHERE (org_id, service_name, toDate(time, 'UTC')) NOT IN (
    SELECT org_id, service_name, arrayJoin([day - 1, day, day + 1]) FROM services_with_usage
)
GROUP BY ALL;
