-- Since when a version's file is known to be damaged, and nothing serves it.
ALTER TABLE table_version ADD COLUMN quarantined_at TIMESTAMPTZ;
