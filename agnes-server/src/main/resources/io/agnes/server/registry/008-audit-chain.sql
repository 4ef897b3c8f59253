-- The audit log becomes a chain: each record carries the hash of the one before. Records of older programs get
-- theirs before the first one follows them.
ALTER TABLE audit_log ADD COLUMN sequence BIGINT;
ALTER TABLE audit_log ADD COLUMN process VARCHAR DEFAULT '';
ALTER TABLE audit_log ADD COLUMN token_id VARCHAR DEFAULT '';
ALTER TABLE audit_log ADD COLUMN address VARCHAR DEFAULT '';
ALTER TABLE audit_log ADD COLUMN request_id VARCHAR DEFAULT '';
ALTER TABLE audit_log ADD COLUMN result VARCHAR DEFAULT 'ok';
ALTER TABLE audit_log ADD COLUMN code VARCHAR DEFAULT '';
ALTER TABLE audit_log ADD COLUMN events BIGINT DEFAULT 1;
ALTER TABLE audit_log ADD COLUMN previous_hash VARCHAR;
ALTER TABLE audit_log ADD COLUMN hash VARCHAR;
UPDATE audit_log SET sequence = rowid + 1;

-- The end of the chain, in one row. Without a hash, the records of older programs are not chained yet.
CREATE TABLE audit_head (
    sequence BIGINT NOT NULL,
    hash     VARCHAR
);
INSERT INTO audit_head
    SELECT count(*), CASE WHEN count(*) = 0 THEN repeat('0', 64) END FROM audit_log;

-- How often each user got each table on a day.
CREATE TABLE download_count (
    day       DATE NOT NULL,
    user_id   VARCHAR NOT NULL,
    table_id  VARCHAR NOT NULL,
    downloads BIGINT NOT NULL,
    checks    BIGINT NOT NULL,
    PRIMARY KEY (day, user_id, table_id)
);

-- When each token was last used, and from where.
CREATE TABLE token_use (
    token_id VARCHAR PRIMARY KEY,
    used_on  DATE NOT NULL,
    address  VARCHAR NOT NULL
);
