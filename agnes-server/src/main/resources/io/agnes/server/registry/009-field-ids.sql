-- The ids of the columns and nested fields of a table. A row stays as long as the table is registered, so that an id is
-- never given twice.
CREATE TABLE table_field_id (
    table_id VARCHAR NOT NULL,
    path     VARCHAR NOT NULL,
    field_id INTEGER NOT NULL,
    PRIMARY KEY (table_id, path),
    UNIQUE (table_id, field_id)
);
