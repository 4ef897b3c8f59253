-- Which process works on a run. Every run so far was of the one process that owns this file.
ALTER TABLE sync_run ADD COLUMN owner VARCHAR DEFAULT 'server';
