-- A call that lacks a place may keep a sum of its service from billing. Once its parent came it does so
-- no more, and the row as it was stored before is what tells that it did.
ALTER TABLE ledger ADD COLUMN IF NOT EXISTS lacks_place Bool
    DEFAULT kind IN ('llm', 'embedding', 'rerank', 'evaluation') AFTER parent_span_id;
