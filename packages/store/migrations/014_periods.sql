-- Frozen months: what was billed stays as it was, and what changes in it later is booked as an
-- adjustment on the day that it is seen. The ledger and the roll-ups know nothing of this.

-- A month is frozen when it has a row here, which is written after its snapshot. Where two froze it at
-- once, the first row counts; the other's snapshot is one that nothing refers to.
CREATE TABLE IF NOT EXISTS periods
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    month Date CODEC(ZSTD(1)),
    frozen_at UInt64 CODEC(ZSTD(1)),
    frozen_by LowCardinality(String) CODEC(ZSTD(1)),
    committed_at DateTime64(9) DEFAULT now64(9) CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (org_id, month);

CREATE OR REPLACE VIEW frozen_months AS
SELECT p.org_id AS org_id, p.month AS month,
    argMin(p.frozen_at, (p.committed_at, p.frozen_at)) AS frozen_at,
    argMin(p.frozen_by, (p.committed_at, p.frozen_at)) AS frozen_by,
    toUInt64(toUnixTimestamp64Nano(min(p.committed_at))) AS committed_at
FROM periods AS p
GROUP BY p.org_id, p.month;

-- The days of a month as they were when it was frozen: what usage_day held of calls, tokens and cost.
CREATE TABLE IF NOT EXISTS frozen_usage
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    frozen_at UInt64 CODEC(Delta(8), ZSTD(1)),
    time DateTime CODEC(Delta(4), ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    provider LowCardinality(String) CODEC(ZSTD(1)),
    model LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    tool_name LowCardinality(String) CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    calls UInt64 CODEC(T64, ZSTD(1)),
    calls_with_usage UInt64 CODEC(T64, ZSTD(1)),
    calls_priced UInt64 CODEC(T64, ZSTD(1)),
    call_errors UInt64 CODEC(T64, ZSTD(1)),
    tool_errors UInt64 CODEC(T64, ZSTD(1)),
    run_errors UInt64 CODEC(T64, ZSTD(1)),
    tool_calls UInt64 CODEC(T64, ZSTD(1)),
    runs UInt64 CODEC(T64, ZSTD(1)),
    input_uncached Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cache_read Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cache_write_5m Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cache_write_1h Nullable(UInt64) CODEC(T64, ZSTD(1)),
    audio_in Nullable(UInt64) CODEC(T64, ZSTD(1)),
    image_in Nullable(UInt64) CODEC(T64, ZSTD(1)),
    output Nullable(UInt64) CODEC(T64, ZSTD(1)),
    reasoning Nullable(UInt64) CODEC(T64, ZSTD(1)),
    audio_out Nullable(UInt64) CODEC(T64, ZSTD(1)),
    image_out Nullable(UInt64) CODEC(T64, ZSTD(1)),
    cost_usd Nullable(Decimal(38, 12)) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (org_id, time, frozen_at, service_name, agent_name, model, provider, operation, tool_name, status, environment, kind);

-- What a day of a frozen month has more or less than what was frozen and booked before, by the day on
-- which that was seen. Replaced within that day, and final after it.
CREATE TABLE IF NOT EXISTS period_adjustments
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    booked_on Date CODEC(Delta(2), ZSTD(1)),
    time DateTime CODEC(Delta(4), ZSTD(1)),
    service_name LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    agent_name LowCardinality(String) CODEC(ZSTD(1)),
    provider LowCardinality(String) CODEC(ZSTD(1)),
    model LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    tool_name LowCardinality(String) CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    status LowCardinality(String) CODEC(ZSTD(1)),
    calls Int64 CODEC(T64, ZSTD(1)),
    calls_with_usage Int64 CODEC(T64, ZSTD(1)),
    calls_priced Int64 CODEC(T64, ZSTD(1)),
    call_errors Int64 CODEC(T64, ZSTD(1)),
    tool_errors Int64 CODEC(T64, ZSTD(1)),
    run_errors Int64 CODEC(T64, ZSTD(1)),
    tool_calls Int64 CODEC(T64, ZSTD(1)),
    runs Int64 CODEC(T64, ZSTD(1)),
    input_uncached Nullable(Int64) CODEC(T64, ZSTD(1)),
    cache_read Nullable(Int64) CODEC(T64, ZSTD(1)),
    cache_write_5m Nullable(Int64) CODEC(T64, ZSTD(1)),
    cache_write_1h Nullable(Int64) CODEC(T64, ZSTD(1)),
    audio_in Nullable(Int64) CODEC(T64, ZSTD(1)),
    image_in Nullable(Int64) CODEC(T64, ZSTD(1)),
    output Nullable(Int64) CODEC(T64, ZSTD(1)),
    reasoning Nullable(Int64) CODEC(T64, ZSTD(1)),
    audio_out Nullable(Int64) CODEC(T64, ZSTD(1)),
    image_out Nullable(Int64) CODEC(T64, ZSTD(1)),
    cost_usd Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(booked_on)
ORDER BY (org_id, booked_on, time, service_name, agent_name, model, provider, operation, tool_name, status, environment, kind);
