-- How much of the journal beside this file is in it, and of which history both are. One row.
CREATE TABLE journal_position (
    lineage  VARCHAR NOT NULL,
    sequence BIGINT NOT NULL
);
INSERT INTO journal_position VALUES (CAST(uuid() AS VARCHAR), 0);
