-- rehydra_export_chunks: the same bytes, whatever the session does between two chunks, and what the log says of it.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
\ir helpers.psql
SELECT plan(52);

CREATE ROLE test_tenant IN ROLE rehydra_exporter;
CREATE ROLE test_operator IN ROLE rehydra_operator;
CREATE ROLE test_nobody;
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My Schema', '{"model": "all"}') \gset
SELECT pg_temp.fill('My Schema');
GRANT USAGE ON SCHEMA "My Schema" TO test_tenant, test_operator, test_nobody;
GRANT SELECT ON ALL TABLES IN SCHEMA "My Schema" TO test_tenant, test_operator, test_nobody;
-- A json document of some MiB, most of it behind the accounts.
INSERT INTO kpis (upload_id, account_id, kpi_parameter, data) SELECT 1, 1, 'parameter ' || n, repeat(md5(n::text), 10) FROM generate_series(1, 6000) AS n;

CREATE FUNCTION pg_temp.open_chunks(arguments text, name text DEFAULT 'c') RETURNS void LANGUAGE plpgsql AS $$
DECLARE chunks refcursor := name;
BEGIN
  OPEN chunks FOR EXECUTE format('SELECT rehydra_export_chunks(%s)', arguments);
END
$$;
CREATE FUNCTION pg_temp.next_chunk(name text DEFAULT 'c') RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE chunks refcursor := name; chunk bytea;
BEGIN
  FETCH chunks INTO chunk;
  RETURN chunk;
END
$$;
CREATE FUNCTION pg_temp.all_chunks(name text DEFAULT 'c') RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE whole bytea := ''; chunk bytea;
BEGIN
  LOOP
    chunk := pg_temp.next_chunk(name);
    EXIT WHEN chunk IS NULL;
    whole := whole || chunk;
  END LOOP;
  EXECUTE format('CLOSE %I', name);
  RETURN whole;
END
$$;
CREATE FUNCTION pg_temp.cancelled() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN length(pg_temp.next_chunk());
EXCEPTION WHEN query_canceled THEN
  RETURN SQLERRM;
END
$$;
CREATE FUNCTION pg_temp.joined(arguments text) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_temp.open_chunks(arguments, 'joined');
  RETURN pg_temp.all_chunks('joined');
END
$$;
CREATE FUNCTION pg_temp.document(file bytea) RETURNS jsonb LANGUAGE sql AS $$ SELECT convert_from(file, 'UTF8')::jsonb $$;
CREATE FUNCTION pg_temp.last_log() RETURNS rehydra.activity_log LANGUAGE sql AS $$
  SELECT * FROM rehydra.activity_log ORDER BY at DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.changes(file bytea) RETURNS bigint LANGUAGE sql AS $$
  SELECT sum(to_insert + to_update + to_delete + rejected)::bigint FROM rehydra_preview(file, 'replace', '1')
$$;

-- The same file.
SELECT pg_temp.joined($$1, 'json'$$) AS file \gset
SELECT cmp_ok(length(:'file'::bytea), '>', 2 << 20, 'the document takes several chunks');
SELECT is(pg_temp.document(:'file') -> 'datasets', pg_temp.document(rehydra_export(1, 'json')) -> 'datasets', 'the chunks joined are the document that rehydra_export gives');
SELECT is(pg_temp.changes(:'file'), 0::bigint, 'which imports as unchanged');
SELECT is(pg_temp.changes(pg_temp.joined('1')), 0::bigint, 'so does a workbook');
SELECT is(pg_temp.changes(pg_temp.joined($$1, 'csv'$$)), 0::bigint, 'and a csv bundle');
SELECT is((SELECT array_agg(DISTINCT length(chunk)) FROM (SELECT rehydra_export_chunks(1, 'json') AS chunk) AS c WHERE length(chunk) = 1 << 20), ARRAY[1 << 20], 'a chunk is 1 MiB');
SELECT is((SELECT sum(length(chunk)) FROM rehydra_export_chunks(1, 'json') AS chunk), length(:'file'::bytea)::bigint, 'also in FROM');
SELECT is((SELECT jsonb_object_agg(key, value -> 'rows') FROM jsonb_each((pg_temp.last_log()).datasets)),
  (SELECT jsonb_object_agg(key, value -> 'rows') FROM jsonb_each((SELECT datasets FROM rehydra.activity_log WHERE outcome = 'applied' AND options ->> 'format' = 'json' ORDER BY at LIMIT 1))), 'the log counts the same rows');
SELECT is(pg_temp.document(pg_temp.joined($$1, 'json', datasets => '{accounts}'$$)) -> 'datasets',
  pg_temp.document(rehydra_export(1, 'json', datasets => '{accounts}')) -> 'datasets', 'data sets can be named');
SELECT is(pg_temp.document(pg_temp.joined($$1, 'json', selection => '{"accounts": [1]}'$$)) -> 'datasets',
  pg_temp.document(rehydra_export(1, 'json', selection => '{"accounts": [1]}')) -> 'datasets', 'rows can be picked, those below them come along');
SELECT is(pg_temp.changes(pg_temp.joined($$1, selection => '{"accounts": [1]}'$$)), 0::bigint, 'a workbook of picked rows imports as unchanged');
SELECT is(pg_temp.document(pg_temp.joined($$1, 'json', changed_since => '2020-01-01', period => '[2020-01-01,)'$$)) -> 'datasets',
  pg_temp.document(rehydra_export(1, 'json', changed_since => '2020-01-01', period => '[2020-01-01,)')) -> 'datasets', 'a time can be given');

-- What the log says.
SELECT pg_temp.open_chunks($$1, 'json'$$);
SELECT length(pg_temp.next_chunk()) AS first \gset
SELECT is((pg_temp.last_log()).outcome, 'streaming', 'while it is read, the log has a row that says so');
SELECT is((pg_temp.last_log()).effective_role::text, 'rehydra_worker', 'and who reads as whom');
CLOSE c;
SELECT is((pg_temp.last_log()).outcome, 'stopped', 'a reader who wants no more has stopped it');
SELECT is((pg_temp.last_log()).file_bytes, :first::bigint, 'with so many bytes given');
SELECT is((pg_temp.last_log()).file_sha256, NULL, 'of which there is no digest: it would be that of the whole');
SELECT is(pg_temp.joined($$1, 'json'$$) IS NULL, false, 'the next one is another one');
SELECT is((pg_temp.last_log()).outcome, 'applied', 'read to its end it is applied');
SELECT is((SELECT count(*) FROM (SELECT rehydra_export_chunks(1, 'json') LIMIT 2) AS c), 2::bigint, 'LIMIT stops it too');
SELECT is((pg_temp.last_log()).outcome || (pg_temp.last_log()).file_bytes, 'stopped' || (2 << 20), 'as the log says');
SELECT pg_temp.joined($$1, 'json'$$) AS file \gset
SELECT is((pg_temp.last_log()).file_sha256, encode(sha256(:'file'), 'hex'), 'a file that was read has its SHA-256 in the log');
SELECT is((pg_temp.last_log()).file_bytes, length(:'file'::bytea)::bigint, 'and its size');
SELECT is((SELECT count(*) FROM rehydra.progress), 0::bigint, 'no operation is shown any more');
PREPARE change_end AS UPDATE rehydra.activity_end SET outcome = 'applied';
SELECT throws_ok('change_end', '42501', NULL, 'how an operation ended is not rewritten');

-- What the session does in between.
SELECT pg_temp.open_chunks($$1, 'json'$$);
SELECT pg_temp.next_chunk() AS first \gset
SELECT is(current_setting('rehydra.tenant') || current_user || current_setting('search_path'), session_user || '"My Schema", public', 'between two chunks the session is as it was');
SELECT is((SELECT count(*) FROM rehydra.progress WHERE kind = 'export' AND bytes_done = 1 << 20), 1::bigint, 'and the export is shown to be under way');
INSERT INTO kpis (upload_id, account_id, data) SELECT 1, 1, 'new' FROM generate_series(1, 10);
UPDATE kpis SET data = 'changed' WHERE kpi_id % 2 = 0;
DELETE FROM kpis WHERE kpi_id % 3 = 0;
INSERT INTO support_tickets (account_id, customer_id, external_ticket_id, opened_at) VALUES (1, 1, 'T-1', '2026-01-01');
SET LOCAL rehydra.tenant = '2';
SET LOCAL ROLE test_nobody;
SET LOCAL search_path = pg_temp, public;
SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT is(pg_temp.document(:'first'::bytea || pg_temp.all_chunks()) -> 'datasets', pg_temp.document(:'file') -> 'datasets', 'rows changed, another tenant, another role, another path and zone: the file is of the moment of its first chunk');
SELECT is(current_user || current_setting('rehydra.tenant') || current_setting('TimeZone'), 'test_nobody2Asia/Tokyo', 'and the session keeps what it set');
RESET ROLE;
SET LOCAL rehydra.tenant = '';
SET LOCAL search_path = "My Schema", public;
SET LOCAL TimeZone = 'UTC';

INSERT INTO kpis (upload_id, account_id, data) SELECT 1, 1, repeat(md5(n::text), 10) FROM generate_series(1, 6000) AS n;

-- A cancel in between.
SELECT pg_temp.open_chunks($$1, 'json'$$);
SELECT length(pg_temp.next_chunk()) IS NOT NULL AS some \gset
SELECT ok(rehydra_cancel(operation_id), 'it can be asked to end between two chunks') FROM rehydra.progress;
SELECT is((SELECT count(*) FROM generate_series(1, 100000)), 100000::bigint, 'other statements of its session do not feel that');
SELECT is(pg_temp.cancelled(), 'canceled by rehydra_cancel', 'the next chunk does');
CLOSE c;

-- Two at a time.
SELECT pg_temp.joined($$1, 'json'$$) AS one, pg_temp.joined($$2, 'json'$$) AS two \gset
SELECT pg_temp.open_chunks($$1, 'json'$$, 'a'), pg_temp.open_chunks($$2, 'json'$$, 'b');
SELECT pg_temp.next_chunk('a') AS a1, pg_temp.next_chunk('b') AS b1, pg_temp.next_chunk('a') AS a2 \gset
SELECT is(pg_temp.document(:'b1'::bytea || pg_temp.all_chunks('b')) -> 'datasets', pg_temp.document(:'two') -> 'datasets', 'two exports take turns');
SELECT is(pg_temp.document(:'a1'::bytea || :'a2'::bytea || pg_temp.all_chunks('a')) -> 'datasets', pg_temp.document(:'one') -> 'datasets', 'without mixing');

-- Savepoints.
SELECT pg_temp.open_chunks($$1, selection => '{"accounts": [1]}', format => 'json'$$);
SAVEPOINT before;
SELECT pg_temp.next_chunk() AS a1 \gset
ROLLBACK TO before;
SELECT is((pg_temp.last_log()).outcome, 'applied', 'a savepoint rolled back takes the row with it that says streaming');
SELECT pg_temp.next_chunk() AS a2 \gset
SELECT is(pg_temp.document(:'a1'::bytea || :'a2'::bytea || pg_temp.all_chunks()) #> '{datasets,kpis}', pg_temp.document(:'one') #> '{datasets,kpis}', 'but not the export, which goes on');
SELECT is((pg_temp.last_log()).outcome || ((pg_temp.last_log()).file_bytes > 2 << 20), 'appliedtrue', 'and has its row at the end');
SAVEPOINT before;
SELECT pg_temp.open_chunks($$1, 'json'$$);
SELECT pg_temp.next_chunk() IS NULL AS nothing \gset
ROLLBACK TO before;
SELECT throws_ok('SELECT pg_temp.next_chunk()', '34000', NULL, 'a cursor of that savepoint is gone');
SELECT is((SELECT count(*) FROM rehydra.progress), 0::bigint, 'with all that was its');
DO $$
DECLARE chunk bytea; seen int := 0;
BEGIN
  FOR chunk IN SELECT rehydra_export_chunks(1, 'json') LOOP
    seen := seen + 1;
    BEGIN
      PERFORM 1 / 0;
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
  END LOOP;
  ASSERT seen > 2;
END
$$;
SELECT is((pg_temp.last_log()).outcome, 'applied', 'errors that the reader deals with do not reach it');

-- Tables altered in between.
SELECT pg_temp.open_chunks($$1, 'csv'$$);
SELECT length(pg_temp.next_chunk()) IS NOT NULL AS some \gset
SELECT pg_temp.open_chunks($$1, 'json'$$, 'd');
SELECT length(pg_temp.next_chunk('d')) IS NOT NULL AS some \gset
CLOSE c;
ALTER TABLE support_tickets ADD COLUMN later text;
SELECT lives_ok($$SELECT length(pg_temp.all_chunks('d'))$$, 'a table may get columns before its turn');
SELECT pg_temp.open_chunks($$1, 'json'$$, 'd');
SELECT length(pg_temp.next_chunk('d')) IS NOT NULL AS some \gset
ALTER TABLE support_tickets ALTER COLUMN subject TYPE varchar(20);
SELECT throws_ok($$SELECT length(pg_temp.all_chunks('d'))$$, '40001', NULL, 'where one gets another type, the export ends');
SELECT is((pg_temp.last_log()).outcome, 'streaming', 'and the log has no end of it');

-- Who may.
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT sum(length(c)) > 1000 FROM (SELECT rehydra_export_chunks() AS c) s'), 'true', 'a tenant''s session reads its own customer');
SELECT is((pg_temp.last_log()).effective_role::text, 'test_tenant', 'as itself');
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT rehydra_export_chunks(2)'), 'error 42501', 'and no other');
SELECT is(pg_temp.as_role('test_tenant', '', 'SELECT rehydra_export_chunks(1)'), 'error 42501', 'without a tenant none');
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT rehydra_export_chunks()'), 'error 42501', 'without the right to export neither');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT count(*) > 0 FROM (SELECT rehydra_export_chunks(2::bigint)) s'), 'true', 'an operator names a customer');
SELECT throws_ok($$SELECT rehydra_export_chunks('6b1b36cb-1a3c-4b4e-8b5e-0d5ff0f2a001'::uuid)$$, '22P02', NULL, 'an id of the wrong type is none');
SELECT throws_ok($$SELECT rehydra_export_chunks(1, 'pdf')$$, '22023', NULL, 'nor is any format');
SELECT throws_ok($$SELECT rehydra_export_chunks(3)$$, '42704', NULL, 'nor a customer that is not there');

SELECT * FROM finish();
ROLLBACK;
