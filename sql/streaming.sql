-- A session whose files go in pieces, as docs/streaming.md has it: cursors, commits, an upload. What it makes it drops.
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
SELECT count(*) > 0 AS installed FROM rehydra_install_preset('customer_success', 'pieces');
INSERT INTO pieces.customers (customer_id, customer_name) VALUES (1, 'Acme'), (2, 'Umbrella');
INSERT INTO pieces.accounts (account_id, customer_id, account_name) SELECT n, 1, md5(n::text) FROM generate_series(1, 40000) AS n;
CREATE VIEW pieces.last AS SELECT outcome, file_bytes > 0 AS bytes, datasets #>> '{accounts,rows}' = '40000' AS all_rows, file_sha256 IS NOT NULL AS sha256 FROM rehydra.activity_log ORDER BY at DESC LIMIT 1;
CREATE TABLE pieces.saved (chunk bytea, number int GENERATED ALWAYS AS IDENTITY);

-- Out, by a cursor; other statements come in between.
BEGIN;
DECLARE workbook CURSOR FOR SELECT substr(c, 1, 4) AS zip, length(c) > 500000 AS large FROM (SELECT rehydra_export_chunks('1') AS c) s;
FETCH 1 FROM workbook;
SELECT * FROM pieces.last;
DELETE FROM pieces.accounts WHERE account_id > 39900;
MOVE ALL IN workbook;
SELECT * FROM pieces.last;
CLOSE workbook;
ROLLBACK;
SELECT count(*) FROM rehydra.activity_log;

-- A reader who wants no more; one who commits before the end.
BEGIN;
DECLARE workbook CURSOR FOR SELECT length(rehydra_export_chunks('1', 'json'));
FETCH 1 FROM workbook;
CLOSE workbook;
SELECT * FROM pieces.last;
DECLARE workbook CURSOR FOR SELECT length(rehydra_export_chunks('1', 'json'));
FETCH 2 FROM workbook;
COMMIT;
SELECT * FROM pieces.last;

-- What a cursor holds over the commit is the whole file.
BEGIN;
DECLARE workbook CURSOR WITH HOLD FOR SELECT rehydra_export_chunks('1', 'json') AS chunk;
MOVE 1 IN workbook;
DELETE FROM pieces.accounts WHERE account_id > 39900;
COMMIT;
SELECT * FROM pieces.last;
MOVE ALL IN workbook;
CLOSE workbook;

-- An error between two chunks takes everything back.
BEGIN;
DECLARE workbook CURSOR FOR SELECT length(rehydra_export_chunks('1', selection => '{"accounts": [1]}'));
MOVE 1 IN workbook;
DECLARE document CURSOR FOR SELECT length(rehydra_export_chunks('1', 'json'));
FETCH 1 FROM document;
SELECT 1 / 0;
ROLLBACK;
SELECT count(*) FROM rehydra.progress;

-- In, piece by piece.
INSERT INTO pieces.saved SELECT rehydra_export_chunks('1');
SELECT rehydra_import_begin('1') AS upload \gset
SELECT sum(rehydra_import_add(:'upload', chunk)) > 0 AS added FROM (SELECT chunk FROM pieces.saved ORDER BY number) s;
SELECT dataset, in_file, unchanged FROM rehydra_import_preview(:'upload') WHERE in_file > 0;
UPDATE pieces.accounts SET account_name = 'edited' WHERE account_id = 7;
SELECT dataset, row_key, action, old_value FROM rehydra_import_diff(:'upload') WHERE column_name = 'account_name';
SELECT rehydra_import_run(:'upload', mode => 'merge') ->> 'status' AS status;
SELECT count(*) FROM rehydra.uploads;
SELECT rehydra_import_abort(:'upload');

DROP SCHEMA pieces CASCADE;
DROP EXTENSION rehydra CASCADE;
