-- A version has MD5 and SHA-256 if its bytes were read, and CRC32C if a store composed them.
ALTER TABLE table_version ALTER COLUMN md5 DROP NOT NULL;
ALTER TABLE table_version ALTER COLUMN sha256 DROP NOT NULL;
ALTER TABLE table_version ADD COLUMN crc32c VARCHAR;
