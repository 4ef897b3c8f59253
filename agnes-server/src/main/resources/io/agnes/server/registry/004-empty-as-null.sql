ALTER TABLE table_registry ADD COLUMN empty_as_null VARCHAR;
