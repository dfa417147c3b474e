-- A call that has no place may keep a sum of its service from billing, in whatever trace it lies: so
-- settling a call finds the sums beside it. The same in code: isSum of the ledger.
ALTER TABLE genai_facts ADD COLUMN IF NOT EXISTS is_sum Bool MATERIALIZED
    NOT has(marks, 'cumulative')
        AND (has(marks, 'aggregate') OR NOT (kind IN ('llm', 'embedding', 'rerank')
            OR (kind = 'evaluation' AND ifNull(input_tokens, output_tokens) IS NOT NULL)))
        AND (ifNull(input_tokens, 0) > 0 OR ifNull(output_tokens, 0) > 0
            OR ifNull(cache_read_tokens, 0) > 0 OR ifNull(cache_write_tokens, 0) > 0
            OR ifNull(cache_write_5m_tokens, 0) > 0 OR ifNull(cache_write_1h_tokens, 0) > 0
            OR ifNull(reasoning_tokens, 0) > 0);

ALTER TABLE genai_facts ADD INDEX IF NOT EXISTS is_sum is_sum TYPE minmax GRANULARITY 1;
