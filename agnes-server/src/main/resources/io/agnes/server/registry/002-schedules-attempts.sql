ALTER TABLE table_registry ADD COLUMN folder VARCHAR DEFAULT '';
ALTER TABLE table_registry ADD COLUMN schedule VARCHAR;
ALTER TABLE table_registry ADD COLUMN column_types VARCHAR;
ALTER TABLE table_registry ADD COLUMN primary_key VARCHAR[] DEFAULT [];
ALTER TABLE table_registry ADD COLUMN profile BOOLEAN DEFAULT false;
ALTER TABLE table_registry ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE table_registry ADD COLUMN revision BIGINT DEFAULT 1;
UPDATE table_registry SET updated_at = registered_at;

-- The last attempt at each table, whoever asked for it; what the scheduler goes by.
CREATE TABLE sync_attempt (
    table_id   VARCHAR PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ,
    failures   INTEGER NOT NULL,
    permanent  BOOLEAN NOT NULL,
    error      VARCHAR
);

-- What a version holds, column by column.
CREATE TABLE table_profile (
    table_id     VARCHAR NOT NULL,
    sequence     BIGINT NOT NULL,
    profile_json VARCHAR NOT NULL,
    PRIMARY KEY (table_id, sequence)
);

CREATE TABLE bq_metadata_cache (
    table_id       VARCHAR PRIMARY KEY,
    refreshed_at   TIMESTAMPTZ,
    row_count      BIGINT,
    size_bytes     BIGINT,
    partition_by   VARCHAR,
    clustered_by   VARCHAR[],
    entity_type    VARCHAR,
    known_columns  VARCHAR,
    error_at       TIMESTAMPTZ,
    error_msg      VARCHAR
);
