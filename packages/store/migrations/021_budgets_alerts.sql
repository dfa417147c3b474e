-- Budgets, rules of alerts and what came of them, and who administered what. Each row is written anew
-- when it changes, and the newest wins; there are few.

-- What an organisation, or one agent, user, model or tool of it, may use in a day, week or month of a time
-- zone. One of the two limits is set. stops: whoever asks before its work is told to leave it.
CREATE TABLE IF NOT EXISTS budgets
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    name String CODEC(ZSTD(1)),
    scope LowCardinality(String) CODEC(ZSTD(1)),
    subject String CODEC(ZSTD(1)),
    period LowCardinality(String) CODEC(ZSTD(1)),
    time_zone LowCardinality(String) CODEC(ZSTD(1)),
    limit_usd Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    limit_tokens Nullable(UInt64) CODEC(ZSTD(1)),
    stops Bool CODEC(ZSTD(1)),
    set_by String CODEC(ZSTD(1)),
    set_at DateTime64(9) DEFAULT now64(9) CODEC(ZSTD(1)),
    is_removed Bool CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(set_at)
ORDER BY (org_id, name);

-- Rules that an organisation set itself: in the place of the standard rule of that name, or beside them.
-- Shares, factors and amounts of dollars alike are decimals, so that none passes through a float.
CREATE TABLE IF NOT EXISTS alert_rules
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    name String CODEC(ZSTD(1)),
    question LowCardinality(String) CODEC(ZSTD(1)),
    subject String CODEC(ZSTD(1)),
    threshold Decimal(38, 12) CODEC(ZSTD(1)),
    window_s UInt32 CODEC(ZSTD(1)),
    for_s UInt32 CODEC(ZSTD(1)),
    severity LowCardinality(String) CODEC(ZSTD(1)),
    enabled Bool CODEC(ZSTD(1)),
    set_by String CODEC(ZSTD(1)),
    set_at DateTime64(9) DEFAULT now64(9) CODEC(ZSTD(1)),
    is_removed Bool CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(set_at)
ORDER BY (org_id, name);

-- One row for each time that a rule held for something: from when, until when, and which of its two
-- messages were taken. Written before a message is sent and after it was answered, so that a service that
-- dies in between sends it again, under the same id.
CREATE TABLE IF NOT EXISTS alert_incidents
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    incident_id String CODEC(ZSTD(1)),
    rule String CODEC(ZSTD(1)),
    question LowCardinality(String) CODEC(ZSTD(1)),
    subject String CODEC(ZSTD(1)),
    severity LowCardinality(String) CODEC(ZSTD(1)),
    state LowCardinality(String) CODEC(ZSTD(1)),
    threshold Decimal(38, 12) CODEC(ZSTD(1)),
    value Nullable(Decimal(38, 12)) CODEC(ZSTD(1)),
    window_s UInt32 CODEC(ZSTD(1)),
    evidence String CODEC(ZSTD(1)),
    began_at DateTime CODEC(ZSTD(1)),
    resolved_at Nullable(DateTime) CODEC(ZSTD(1)),
    firing_message LowCardinality(String) CODEC(ZSTD(1)),
    resolved_message LowCardinality(String) CODEC(ZSTD(1)),
    attempts UInt32 CODEC(ZSTD(1)),
    next_attempt_at DateTime CODEC(ZSTD(1)),
    last_failure String CODEC(ZSTD(1)),
    changed_at DateTime64(9) DEFAULT now64(9) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY (org_id, incident_id)
TTL toDateTime(changed_at) + INTERVAL 400 DAY;

CREATE OR REPLACE VIEW alerts DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT org_id, incident_id, rule, question, subject, severity, state, threshold, value, window_s,
    evidence, began_at, resolved_at, firing_message, resolved_message, attempts, last_failure
FROM alert_incidents FINAL;

-- What was changed over the REST API with an admin's key: kept for 400 days, never changed.
CREATE TABLE IF NOT EXISTS administration
(
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    time DateTime64(3) DEFAULT now64(3) CODEC(ZSTD(1)),
    key_id String CODEC(ZSTD(1)),
    way String CODEC(ZSTD(1)),
    given String CODEC(ZSTD(1)),
    outcome LowCardinality(String) CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (org_id, time)
TTL toDateTime(time) + INTERVAL 400 DAY;
