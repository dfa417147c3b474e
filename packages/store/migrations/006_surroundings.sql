-- Settling looks around a trace for records that may tell of its calls without an id of them. The
-- emitters that write such records are few: a column says of each record whether it is one, and its
-- index passes over all places that hold none. The same in code: seeksOthers of the ledger.
ALTER TABLE genai_facts ADD COLUMN IF NOT EXISTS seeks_others Bool MATERIALIZED
    kind IN ('llm', 'embedding', 'rerank', 'evaluation') AND if(signal = 'span',
        has(marks, 'not_current') OR has(marks, 'written_after')
            OR (parent_span_id = '' AND (has(marks, 'stream_end') OR (response_id = ''
                AND ifNull(input_tokens, 0) = 0 AND ifNull(output_tokens, 0) = 0))),
        signal = 'log' AND trace_id = '');

ALTER TABLE genai_facts ADD INDEX IF NOT EXISTS seeks_others seeks_others TYPE minmax GRANULARITY 1;

-- Log records without a trace settle minute by minute; 0 for all others.
ALTER TABLE settlements ADD COLUMN IF NOT EXISTS minute_s UInt32 DEFAULT 0 CODEC(ZSTD(1));
