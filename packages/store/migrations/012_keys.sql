-- Keys that may call the service, by the SHA-256 of the key: the key itself is nowhere. A row is written
-- when a key is made and once more when it is revoked, and the second wins whatever the order. Rows stay:
-- the older one must not outlive the newer, or a revoked key would be back.

CREATE TABLE IF NOT EXISTS keys
(
    hash String CODEC(ZSTD(1)),
    org_id LowCardinality(String) CODEC(ZSTD(1)),
    role LowCardinality(String) CODEC(ZSTD(1)),
    name String CODEC(ZSTD(1)),
    spans Bool,
    created_by String CODEC(ZSTD(1)),
    created_at DateTime,
    expires_at Nullable(DateTime),
    revoked_at Nullable(DateTime),
    revision UInt8
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY hash;

-- The day a key was last used, written about once a day for each key and replica.
CREATE TABLE IF NOT EXISTS key_uses
(
    key_id String CODEC(ZSTD(1)),
    day Date
)
ENGINE = ReplacingMergeTree(day)
ORDER BY key_id;
