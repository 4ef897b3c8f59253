CREATE TABLE table_registry (
    id            VARCHAR PRIMARY KEY,
    id_folded     VARCHAR NOT NULL UNIQUE,
    name          VARCHAR NOT NULL UNIQUE,
    description   VARCHAR NOT NULL,
    source_type   VARCHAR NOT NULL,
    bucket        VARCHAR NOT NULL,
    source_table  VARCHAR NOT NULL,
    source_query  VARCHAR,
    query_mode    VARCHAR NOT NULL,
    allow_empty   BOOLEAN NOT NULL,
    registered_by VARCHAR NOT NULL,
    registered_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE table_version (
    table_id     VARCHAR NOT NULL,
    sequence     BIGINT NOT NULL,
    path         VARCHAR NOT NULL,
    size_bytes   BIGINT NOT NULL,
    md5          VARCHAR NOT NULL,
    sha256       VARCHAR NOT NULL,
    row_count    BIGINT NOT NULL,
    columns_json VARCHAR NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (table_id, sequence)
);

-- Which version of a table is current, and the state of the source that it is known to show.
CREATE TABLE sync_state (
    table_id VARCHAR PRIMARY KEY,
    sequence BIGINT NOT NULL,
    marker   VARCHAR
);

CREATE TABLE sync_run (
    id          VARCHAR PRIMARY KEY,
    started_by  VARCHAR NOT NULL,
    started_at  TIMESTAMPTZ NOT NULL,
    targets     VARCHAR[] NOT NULL,
    status      VARCHAR NOT NULL,
    finished_at TIMESTAMPTZ
);

CREATE TABLE sync_run_table (
    run_id       VARCHAR NOT NULL,
    table_id     VARCHAR NOT NULL,
    outcome      VARCHAR NOT NULL,
    outcome_json VARCHAR NOT NULL,
    finished_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, table_id)
);

CREATE TABLE app_user (
    id         VARCHAR PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE user_group (
    id         VARCHAR PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE group_member (
    group_id VARCHAR NOT NULL,
    user_id  VARCHAR NOT NULL,
    PRIMARY KEY (group_id, user_id)
);

CREATE TABLE table_grant (
    group_id   VARCHAR NOT NULL,
    table_id   VARCHAR NOT NULL,
    granted_by VARCHAR NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (group_id, table_id)
);

-- The token itself is shown once and kept nowhere.
CREATE TABLE access_token (
    id         VARCHAR PRIMARY KEY,
    user_id    VARCHAR NOT NULL,
    sha256     VARCHAR NOT NULL UNIQUE,
    scopes     VARCHAR[] NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);

CREATE TABLE audit_log (
    logged_at TIMESTAMPTZ NOT NULL,
    actor     VARCHAR NOT NULL,
    action    VARCHAR NOT NULL,
    subject   VARCHAR NOT NULL
);
