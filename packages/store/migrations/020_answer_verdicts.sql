-- What was found of the text of answers, one row for each call whose answer was looked at: derived from
-- the content that is stored, or told by the agent. It holds no text.

CREATE TABLE IF NOT EXISTS answer_verdicts
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    start_time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    source LowCardinality(String) CODEC(ZSTD(1)),
    -- Why there is no verdict though something is stored.
    reason LowCardinality(String) CODEC(ZSTD(1)),
    -- Of a million; NULL without a verdict.
    score_ppm Nullable(UInt32) CODEC(T64, ZSTD(1)),
    valid Nullable(Bool) CODEC(ZSTD(1)),
    errors Array(LowCardinality(String)) CODEC(ZSTD(1)),
    warnings Array(LowCardinality(String)) CODEC(ZSTD(1)),
    words Nullable(UInt32) CODEC(T64, ZSTD(1)),
    -- Of what the model was given, where it is stored: equal for equal requests; '' where not.
    request_hash String CODEC(ZSTD(1)),
    judged_at UInt64 CODEC(Delta(8), ZSTD(1)),
    hour DateTime MATERIALIZED toStartOfHour(start_time, 'UTC') CODEC(Delta(4), ZSTD(1)),
    INDEX judged_at judged_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(judged_at)
PARTITION BY toYYYYMMDD(hour)
ORDER BY (org_id, hour, trace_id, span_id, event_id);

-- The calls that were looked at, as they are counted, with the verdict on their answers: a call that is
-- not counted any more has none.
CREATE OR REPLACE VIEW quality DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT c.org_id AS org_id, c.trace_id AS trace_id, c.span_id AS span_id, c.event_id AS event_id,
    c.start_time AS start_time, c.hour AS hour, c.service_name AS service_name,
    c.environment AS environment, c.agent_name AS agent_name, c.execution_id AS execution_id,
    c.conversation_id AS conversation_id, c.user_id AS user_id, c.provider AS provider,
    c.model AS model, c.finish_reasons AS finish_reasons, c.cost_usd AS cost_usd,
    v.source AS source, v.reason AS reason, v.score_ppm / 1000000 AS score, v.valid AS valid,
    v.errors AS errors, v.warnings AS warnings, v.words AS words, v.request_hash AS request_hash
FROM calls AS c
INNER JOIN (SELECT *, hour FROM answer_verdicts FINAL) AS v
ON c.org_id = v.org_id AND c.hour = v.hour AND c.trace_id = v.trace_id AND c.span_id = v.span_id
    AND c.event_id = v.event_id;
