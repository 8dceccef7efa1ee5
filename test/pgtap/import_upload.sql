-- rehydra_import_begin, _add, _run, _preview, _diff, _abort: whose uploads are whose, pieces that come twice, and the same import in the end.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
\ir helpers.psql
SELECT plan(71);

CREATE ROLE test_importer IN ROLE rehydra_importer, rehydra_exporter;
CREATE ROLE test_other IN ROLE rehydra_importer;
CREATE ROLE test_operator IN ROLE rehydra_operator;
CREATE ROLE test_nobody;
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My Schema', '{"model": "all"}') \gset
SELECT pg_temp.fill('My Schema');
INSERT INTO accounts (account_id, customer_id, account_name) SELECT 100 + n, 1, md5(n::text) FROM generate_series(1, 50000) AS n;
GRANT USAGE ON SCHEMA "My Schema" TO test_importer, test_other, test_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "My Schema" TO test_importer, test_other, test_operator;

CREATE TEMP TABLE file AS SELECT rehydra_export(1) AS whole;
GRANT SELECT ON file TO PUBLIC;
SELECT cmp_ok((SELECT length(whole) FROM file), '>', 1200000, 'the file is larger than a stored piece');
CREATE FUNCTION pg_temp.piece(from_byte int, size int) RETURNS bytea LANGUAGE sql AS $$ SELECT substr(whole, from_byte + 1, size) FROM file $$;
CREATE FUNCTION pg_temp.size() RETURNS bigint LANGUAGE sql AS $$ SELECT length(whole)::bigint FROM file $$;
-- A call of a role that acts for a tenant; its upload's id is in :upload.
CREATE FUNCTION pg_temp.run(who name, tenant text, upload text, call text) RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.as_role(who, tenant, 'SELECT ' || replace(call, '$', quote_literal(upload) || '::uuid'))
$$;

-- In pieces, as the tenant's session.
SELECT pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin()') AS upload \gset
SELECT matches(:'upload'::text, '^[0-9a-f-]{36}$', 'an upload has an id');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(0, 700000), 0)'), '700000', 'a piece is taken');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(0, 700000), 0)'), '700000', 'once, when it comes twice');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(650000, 100000), 650000)'), '750000', 'also cut in another way: its new bytes');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(650001, 100000), 650000)'), 'error 22023', 'other bytes than those that are there are refused');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(750001, 100000), 750001)'), 'error 22023', 'and a gap');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, ''x'', -1)'), 'error 22023', 'and a place before the first byte');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, NULL)'), 'error 22023', 'and nothing');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, '''')'), '750000', 'an empty piece changes nothing');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_run($) ->> ''status'''), 'rejected', 'half a file is none');
SELECT is(pg_temp.run('test_importer', '1', :'upload', '(SELECT bytes FROM rehydra.uploads WHERE upload_id = $)'), '750000', 'and stays, so that it can be gone on with');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(750000, 100000000))'), pg_temp.size()::text, 'without a place it comes behind the last');
SELECT is((SELECT max(length(data)) FROM rehydra.upload_piece), 1 << 20, 'a large piece is kept in smaller ones');
SELECT is(pg_temp.run('test_importer', '1', :'upload', '(SELECT sum(to_insert + to_update + to_delete) FROM rehydra_import_preview($))'), '0', 'the preview of the upload has nothing to do');
SELECT is(pg_temp.run('test_importer', '1', :'upload', '(SELECT sum(unchanged) > 50000 FROM rehydra_import_preview($, mode => ''merge''))'), 'true', 'with its arguments');
UPDATE accounts SET account_name = 'edited' WHERE account_id = 1;
INSERT INTO accounts (account_id, customer_id, account_name) VALUES (99, 1, 'more');
SELECT is(pg_temp.run('test_importer', '1', :'upload', '(SELECT string_agg(concat_ws(''|'', dataset, action, column_name, new_value), '','' ORDER BY action) FROM rehydra_import_diff($) WHERE column_name IS DISTINCT FROM ''updated_at'')'),
  'accounts|delete,accounts|update|account_name|A', 'its diff has every change');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_run($, dry_run => true) ->> ''status'''), 'previewed', 'a dry run keeps the upload');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_run($) ->> ''status'''), 'confirmation_required', 'so does a question');

-- Nobody else's.
SELECT is(pg_temp.run('test_other', '1', :'upload', 'rehydra_import_add($, ''x'')'), 'error 42501', 'another role of the customer adds nothing to it');
SELECT is(pg_temp.run('test_other', '1', :'upload', 'rehydra_import_run($)'), 'error 42501', 'nor runs it');
SELECT is(pg_temp.run('test_other', '1', :'upload', '(SELECT count(*) FROM rehydra_import_preview($))'), 'error 42501', 'nor looks at it');
SELECT is(pg_temp.run('test_other', '1', :'upload', '(SELECT count(*) FROM rehydra_import_diff($))'), 'error 42501', 'nor at its rows');
SELECT is(pg_temp.run('test_other', '1', :'upload', 'rehydra_import_abort($)'), 'false', 'nor ends it');
SELECT is(pg_temp.run('test_other', '1', :'upload', '(SELECT count(*) FROM rehydra.uploads)'), '0', 'nor knows of it');
SELECT is(pg_temp.run('test_importer', '2', :'upload', 'rehydra_import_add($, ''x'')'), 'error 42501', 'neither does the same role for another customer');
SELECT is(pg_temp.run('test_importer', '2', :'upload', 'rehydra_import_run($)'), 'error 42501', 'nor runs it');
SELECT is(pg_temp.run('test_importer', '', :'upload', 'rehydra_import_run($)'), 'error 42501', 'nor for none');
SELECT is(pg_temp.run('test_importer', '2', :'upload', 'rehydra_import_abort($)'), 'false', 'nor ends it');
SELECT is(pg_temp.run('test_importer', '2', :'upload', '(SELECT count(*) FROM rehydra.uploads)'), '0', 'nor knows of it');
SELECT is(pg_temp.run('test_operator', '', :'upload', 'rehydra_import_run($)'), 'error 42501', 'nor does an operator');
SELECT is(pg_temp.run('test_operator', '', :'upload', '(SELECT count(*) FROM rehydra.uploads)'), '1', 'who knows of it');
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT rehydra_import_begin()'), 'error 42501', 'who may not import may not begin');
SELECT is(pg_temp.as_role('test_importer', '1', 'SELECT count(*) FROM rehydra.upload_piece'), 'error 42501', 'the pieces are the extension''s alone');
SELECT is(pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_run(gen_random_uuid())'), 'error 42501', 'an upload that never was is like another''s');
SELECT is(pg_temp.run('test_importer', ' 01', :'upload', 'rehydra_import_add($, '''')'), pg_temp.size()::text, 'the customer may be spelled in other ways');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_run($, customer_id => ''2'')'), 'error 22023', 'an upload is of one customer');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_run($, options => ''{"model": "x"}'')'), 'error 22023', 'and of one model');

SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_run($, confirm => ''DELETE'') ->> ''status'''), 'applied', 'confirmed, it is applied');
SELECT is((SELECT account_name FROM accounts WHERE account_id = 1), 'A', 'as the file says');
SELECT is((SELECT file_sha256 FROM rehydra.activity WHERE outcome = 'applied' AND kind = 'import'), (SELECT encode(sha256(whole), 'hex') FROM file), 'and logged as the file that it is');
SELECT is((SELECT count(*) FROM rehydra.upload) + (SELECT count(*) FROM rehydra.upload_piece), 0::bigint, 'then it is gone');

-- Bounds.
SET LOCAL rehydra.max_input_bytes = '1MB';
SELECT pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin()') AS upload \gset
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, pg_temp.piece(0, 1048576))'), '1048576', 'an upload may be as large as a file');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, ''x'')'), 'error 54000', 'and no larger');
RESET rehydra.max_input_bytes;
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_abort($)'), 'true', 'it is aborted');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_abort($)'), 'false', 'once');
SELECT pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin()') AS upload \gset
UPDATE rehydra.upload SET pieces = 99999;
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, ''x'')'), '1', 'an upload takes many pieces');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_add($, ''x'')'), 'error 54000', 'but not any number of small ones');
SELECT is(pg_temp.run('test_importer', '1', :'upload', 'rehydra_import_abort($)'), 'true', 'and goes like others');
SET LOCAL rehydra.max_uploads = 1;
SELECT pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin()') AS upload \gset
SELECT is(pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin()'), 'error 54000', 'a customer has not more uploads than it may');
SELECT isnt(pg_temp.as_role('test_importer', '2', 'SELECT rehydra_import_begin()'), 'error 54000', 'which says nothing of others');
UPDATE rehydra.upload SET last_at = now() - interval '25 hours' WHERE customer_id = '1';
SELECT isnt(pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin()'), 'error 54000', 'what nobody went on with is dropped');
SELECT is((SELECT count(*) FROM rehydra.upload WHERE upload_id = :'upload'), 0::bigint, 'when the next one begins');
RESET rehydra.max_uploads;

-- Large objects.
SELECT lo_from_bytea(0, whole) AS object FROM file \gset
SELECT is(pg_temp.as_role('test_importer', '1', format('SELECT rehydra_import_run(rehydra_import_begin(large_object => %s))', :'object')), 'error 42501', 'a large object that the caller may not read is not read');
GRANT SELECT ON LARGE OBJECT :object TO test_importer;
SELECT is(pg_temp.as_role('test_importer', '1', format('SELECT rehydra_import_run(rehydra_import_begin(large_object => %s)) ->> ''status''', :'object')), 'unchanged', 'one that it may is imported');
SELECT is(pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_run(rehydra_import_begin(large_object => 1))'), 'error 42704', 'one that is not there is none');
SELECT is(pg_temp.as_role('test_importer', '1', format('SELECT rehydra_import_add(rehydra_import_begin(large_object => %s), ''x'')', :'object')), 'error 22023', 'nor takes pieces');

-- Files on the server.
SELECT is(pg_temp.as_role('test_importer', '1', 'SELECT rehydra_import_begin(server_file => ''x.xlsx'')'), 'error 42501', 'files on the server are operators''');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT rehydra_import_begin(''1'', server_file => ''x.xlsx'')'), 'error 42501', 'and nobody''s where no folder is named');
SELECT is(pg_temp.as_role('test_operator', '', 'SET rehydra.server_folder = ''/tmp''; SELECT 1'), 'error 42501', 'which only superusers do');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT rehydra_import_begin(''1'', large_object => 1, server_file => ''x.xlsx'')'), 'error 22023', 'one source is enough');

SELECT current_setting('data_directory') || '/rehydra_files' AS folder \gset
SELECT format('mkdir -p %1$s/inner && cd %1$s && ln -s inner link && ln -s inner/x.xlsx link.xlsx && mkfifo pipe', :'folder') AS command \gset
COPY (SELECT 1) TO PROGRAM :'command';
SELECT lo_export(:object, :'folder' || '/inner/x.xlsx') AS exported \gset
SELECT set_config('rehydra.server_folder', :'folder', true) AS folder \gset
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT rehydra_import_run(rehydra_import_begin(''1'', server_file => ''inner/x.xlsx'')) ->> ''status'''), 'unchanged', 'a file below the folder is imported');
SELECT is(pg_temp.as_role('test_operator', '', format('SELECT rehydra_import_begin(''1'', server_file => %L)', name)), 'error 22023', 'not ' || name)
FROM unnest(ARRAY['link/x.xlsx', 'link.xlsx', '../postgresql.conf', 'inner/../inner/x.xlsx', '/etc/passwd', 'inner', 'pipe', 'missing', '']) AS n (name);
SELECT 'rm -rf ' || :'folder' AS command \gset
COPY (SELECT 1) TO PROGRAM :'command';

SELECT * FROM finish();
ROLLBACK;
