-- What BigQuery said of each table, and why the last attempt failed. Nothing was ever written into the table before.
DROP TABLE bq_metadata_cache;
CREATE TABLE bq_metadata_cache (
    table_id      VARCHAR PRIMARY KEY,
    refreshed_at  TIMESTAMPTZ,
    bigquery_name VARCHAR,
    entity_type   VARCHAR,
    row_count     BIGINT,
    size_bytes    BIGINT,
    partition_by  VARCHAR,
    clustered_by  VARCHAR,
    columns_json  VARCHAR,
    buffered_rows BIGINT,
    buffered_bytes BIGINT,
    buffered_from TIMESTAMPTZ,
    etag          VARCHAR,
    last_modified TIMESTAMPTZ,
    location      VARCHAR,
    description   VARCHAR,
    error_code    VARCHAR,
    error_msg     VARCHAR,
    error_at      TIMESTAMPTZ
);
