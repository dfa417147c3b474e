-- Searches that a provider runs within a call and bills apart from its tokens.

ALTER TABLE genai_facts ADD COLUMN IF NOT EXISTS web_searches Nullable(UInt32) CODEC(T64, ZSTD(1)) AFTER image_output_tokens;

ALTER TABLE ledger ADD COLUMN IF NOT EXISTS web_searches Nullable(UInt32) CODEC(T64, ZSTD(1)) AFTER image_out;

-- The view says * and keeps the columns that there were when it was made.
CREATE OR REPLACE VIEW calls DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * EXCEPT (fingerprint, settled_at, is_deleted, written_at, counted), hour, minute,
    if(response_model != '', response_model, request_model) AS model
FROM ledger FINAL
WHERE counted;
