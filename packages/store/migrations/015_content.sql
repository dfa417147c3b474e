-- Prompts, answers and what tools were given: taken out of the attributes of spans, of their events and
-- of log records when they arrive, so that a trace is small to read and conversations, which repeat
-- themselves with every turn, compress as a whole. Each value keeps the place where it was; the views
-- put it back there, byte by byte and in order.

-- One row for each span or log record that has any. The key is the raw table's, with the conversation
-- before the trace, because turns are often traces of their own, and the version behind it, because a
-- raw row is put together with the content of that very version.
CREATE TABLE IF NOT EXISTS genai_content
(
    OrgId LowCardinality(String) CODEC(ZSTD(1)),
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    -- As the fact says it; empty where the record does not tell.
    Conversation String CODEC(ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    EventId String CODEC(ZSTD(1)),
    Version UInt64 CODEC(ZSTD(1)),
    -- 0 is the record itself, then its events from 1 on; the place is counted from 0 among their pairs.
    `Content.Event` Array(UInt32) CODEC(ZSTD(1)),
    `Content.Position` Array(UInt32) CODEC(ZSTD(1)),
    `Content.Key` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    -- The size as received; a value that is shorter was cut off.
    `Content.Bytes` Array(UInt32) CODEC(ZSTD(1)),
    -- A window as wide as the block finds what an earlier turn said; level 3 is a tenth smaller, and a
    -- fifth dearer to insert.
    `Content.Value` Array(String) CODEC(ZSTD(1, 24))
        SETTINGS (min_compress_block_size = 8388608, max_compress_block_size = 8388608),
    -- Of a log record, where the body is content.
    Body String CODEC(ZSTD(1, 24))
        SETTINGS (min_compress_block_size = 8388608, max_compress_block_size = 8388608),
    BodyBytes UInt32 CODEC(ZSTD(1)),
    Hour DateTime MATERIALIZED toStartOfHour(Timestamp, 'UTC') CODEC(Delta(4), ZSTD(1)),
    IngestedAt DateTime64(9) DEFAULT now64(9) CODEC(Delta(8), ZSTD(1)),
    INDEX trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(Hour)
ORDER BY (OrgId, Hour, ServiceName, Conversation, TraceId, SpanId, EventId, Version)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 1000;

CREATE OR REPLACE VIEW spans_with_content DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH
    (moved, event) -> arrayFilter(pair -> pair.1 = event, moved) AS of_event,
    (kept, back) -> CAST(
        arrayMap(
            pair -> (pair.1, pair.2),
            arraySort(
                (pair, place) -> place,
                arrayConcat(
                    arrayMap(pair -> (pair.3, pair.4), back),
                    arrayZip(mapKeys(kept), mapValues(kept))),
                arrayConcat(
                    arrayMap(pair -> pair.2, back),
                    arrayFilter(
                        place -> NOT has(back.2, place),
                        range(toUInt32(length(kept) + length(back))))))),
        'Map(LowCardinality(String), String)') AS put_back
SELECT
    raw.OrgId AS OrgId,
    raw.Timestamp AS Timestamp,
    raw.TraceId AS TraceId,
    raw.SpanId AS SpanId,
    raw.ParentSpanId AS ParentSpanId,
    raw.TraceState AS TraceState,
    raw.SpanName AS SpanName,
    raw.SpanKind AS SpanKind,
    raw.ServiceName AS ServiceName,
    raw.ResourceAttributes AS ResourceAttributes,
    raw.ScopeName AS ScopeName,
    raw.ScopeVersion AS ScopeVersion,
    if(empty(moved), raw.SpanAttributes, put_back(raw.SpanAttributes, of_event(moved, 0)))
        AS SpanAttributes,
    raw.Duration AS Duration,
    raw.StatusCode AS StatusCode,
    raw.StatusMessage AS StatusMessage,
    raw.`Events.Timestamp` AS `Events.Timestamp`,
    raw.`Events.Name` AS `Events.Name`,
    if(empty(moved), raw.`Events.Attributes`,
        arrayMap(
            (kept, event) -> put_back(kept, of_event(moved, event)),
            raw.`Events.Attributes`,
            arrayEnumerate(raw.`Events.Attributes`))) AS `Events.Attributes`,
    raw.`Links.TraceId` AS `Links.TraceId`,
    raw.`Links.SpanId` AS `Links.SpanId`,
    raw.`Links.TraceState` AS `Links.TraceState`,
    raw.`Links.Attributes` AS `Links.Attributes`,
    raw.Hour AS Hour
FROM otel_traces AS raw FINAL
LEFT ANY JOIN
(
    SELECT OrgId, Hour, ServiceName, TraceId, SpanId, Version,
        arrayZip(`Content.Event`, `Content.Position`, `Content.Key`, `Content.Value`) AS moved
    FROM genai_content
    WHERE EventId = ''
) AS content
ON raw.OrgId = content.OrgId AND raw.Hour = content.Hour
    AND raw.ServiceName = content.ServiceName AND raw.TraceId = content.TraceId
    AND raw.SpanId = content.SpanId AND raw.Version = content.Version;

CREATE OR REPLACE VIEW logs_with_content DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH
    (kept, back) -> CAST(
        arrayMap(
            pair -> (pair.1, pair.2),
            arraySort(
                (pair, place) -> place,
                arrayConcat(
                    arrayMap(pair -> (pair.2, pair.3), back),
                    arrayZip(mapKeys(kept), mapValues(kept))),
                arrayConcat(
                    arrayMap(pair -> pair.1, back),
                    arrayFilter(
                        place -> NOT has(back.1, place),
                        range(toUInt32(length(kept) + length(back))))))),
        'Map(LowCardinality(String), String)') AS put_back
SELECT
    raw.OrgId AS OrgId,
    raw.Timestamp AS Timestamp,
    raw.TraceId AS TraceId,
    raw.SpanId AS SpanId,
    raw.TraceFlags AS TraceFlags,
    raw.SeverityText AS SeverityText,
    raw.SeverityNumber AS SeverityNumber,
    raw.ServiceName AS ServiceName,
    if(content.BodyBytes > 0, content.Body, raw.Body) AS Body,
    raw.ResourceSchemaUrl AS ResourceSchemaUrl,
    raw.ResourceAttributes AS ResourceAttributes,
    raw.ScopeSchemaUrl AS ScopeSchemaUrl,
    raw.ScopeName AS ScopeName,
    raw.ScopeVersion AS ScopeVersion,
    raw.ScopeAttributes AS ScopeAttributes,
    if(empty(moved), raw.LogAttributes, put_back(raw.LogAttributes, moved)) AS LogAttributes,
    raw.EventName AS EventName,
    raw.EventId AS EventId,
    raw.Hour AS Hour
FROM otel_logs AS raw FINAL
LEFT ANY JOIN
(
    SELECT OrgId, Hour, ServiceName, TraceId, SpanId, EventId, Version, Body, BodyBytes,
        arrayZip(`Content.Position`, `Content.Key`, `Content.Value`) AS moved
    FROM genai_content
    WHERE EventId != ''
) AS content
ON raw.OrgId = content.OrgId AND raw.Hour = content.Hour
    AND raw.ServiceName = content.ServiceName AND raw.TraceId = content.TraceId
    AND raw.SpanId = content.SpanId AND raw.EventId = content.EventId
    AND raw.Version = content.Version;

-- A trace panel that is given the view above as its table asks this one for the time of a trace.
CREATE OR REPLACE VIEW spans_with_content_trace_id_ts
DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT OrgId, TraceId, Start, End FROM otel_traces_trace_id_ts;
