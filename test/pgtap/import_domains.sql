-- rehydra_import: values that run the application's code before they are values (domains with checks): as whom it runs, what it refuses, and
-- what it raises.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(25);

CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
CREATE TABLE seen (what text, who text);
GRANT SELECT, INSERT ON seen TO PUBLIC;

-- What the checks do, by the setting test.mood; all but watching is for cells alone, behind the customer's id.
CREATE FUNCTION look(what text) RETURNS boolean LANGUAGE plpgsql SET search_path = shop, pg_catalog AS $$
DECLARE
  mood text := current_setting('test.mood', true);
BEGIN
  IF mood = 'watch' THEN
    INSERT INTO seen VALUES (what, current_user);
  END IF;
  CASE (CASE WHEN what = 'label' THEN mood END)
    WHEN 'climb' THEN SET ROLE postgres;
    WHEN 'sleep' THEN PERFORM pg_sleep(10);
    WHEN 'lost' THEN RAISE EXCEPTION 'somebody was faster' USING ERRCODE = '40001';
    WHEN 'full' THEN RAISE EXCEPTION 'no room' USING ERRCODE = '53100';
    WHEN 'no' THEN RETURN false;
    ELSE NULL;
  END CASE;
  RETURN true;
END
$$;
-- Says how much memory the session has, and refuses with many words.
CREATE FUNCTION measure(value text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('test.mood', true) = 'measure' THEN
    RAISE EXCEPTION '%', (SELECT sum(used_bytes) FROM pg_backend_memory_contexts) USING DETAIL = repeat('x', 50000);
  END IF;
  RETURN true;
END
$$;
CREATE DOMAIN tenant AS int CHECK (shop.look('tenant'));
CREATE DOMAIN label AS text CHECK (shop.look('label') AND shop.measure(VALUE));
CREATE DOMAIN seal AS text CHECK (shop.look('seal'));
CREATE DOMAIN image AS bytea CHECK (octet_length(VALUE) < 100000);
CREATE TABLE customers (id tenant PRIMARY KEY, name text);
CREATE TABLE things (thing int PRIMARY KEY, customer tenant NOT NULL REFERENCES customers, label label, image image, seal seal);
INSERT INTO customers VALUES (1, 'One'), (2, 'Two');
INSERT INTO things SELECT n, 1, 'thing ' || n, CASE n WHEN 1 THEN '' WHEN 2 THEN '\x00ff5c78' ELSE decode(repeat('deadbeef', 10 * n), 'hex') END, 'seal ' || n
FROM generate_series(1, 200) AS n;

SELECT rehydra.add_model('shop', 'shop.tenant');
SELECT rehydra.add_dataset('shop', 'customers', 'own', tenant_column => 'id');
SELECT rehydra.add_dataset('shop', 'things', tenant_column => 'customer', secret_columns => '{seal}');
SELECT rehydra.add_sheet('shop', 'customers', 'Customer', '[{"header": "Name", "column": "name"}]');
SELECT rehydra.add_sheet('shop', 'things', 'Things', '[{"header": "Thing", "column": "thing"}, {"header": "Label", "column": "label"}, {"header": "Image", "column": "image"}]');
SELECT rehydra.protect('shop');
CREATE TEMP TABLE kept AS SELECT rehydra_export('1') AS file;
SELECT rehydra_snapshot('1') AS snapshot \gset
CREATE TEMP TABLE at_first AS SELECT thing, md5(t::text) AS row FROM things AS t;
CREATE TEMP TABLE attempts (mood text);

CREATE FUNCTION pg_temp.import(mood text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
BEGIN
  INSERT INTO attempts VALUES (mood);
  PERFORM set_config('test.mood', mood, true);
  report := rehydra_import((SELECT file FROM kept), customer_id => '1', confirm => 'DELETE', options => '{"model": "shop"}');
  PERFORM set_config('test.mood', '', true);
  RETURN report;
EXCEPTION WHEN query_canceled OR OTHERS THEN
  RETURN jsonb_build_object('error', SQLSTATE);
END
$$;

-- A superuser's import
DELETE FROM things WHERE thing <= 150;
SAVEPOINT harmed;
SELECT is(pg_temp.import('watch') ->> 'status', 'applied', 'a superuser imports values whose checks are functions');
SELECT set_eq('SELECT DISTINCT what, who FROM seen', $$VALUES ('tenant', 'rehydra_worker'), ('label', 'rehydra_worker'), ('seal', 'rehydra_worker')$$,
  'every check ran as the acting role: of the customer''s id, of the file''s values, of secrets from a snapshot');
SELECT set_eq('SELECT thing, md5(t::text) FROM things AS t', 'SELECT thing, row FROM at_first', 'every row is back, bytes of a domain too');
SELECT is(pg_temp.import('') ->> 'status', 'unchanged', 'and equal to the file''s');
ROLLBACK TO harmed;
SELECT is(r ->> 'status' || ' ' || (r #>> '{errors,0,sqlstate}'), 'rejected 42501', 'a check cannot become a superuser again') FROM pg_temp.import('climb') AS r;
SELECT is(current_user, session_user, 'and the session is who it was');
TRUNCATE seen;
SELECT is((SELECT count(*) FROM things), 50::bigint, 'nor does it change anything');
SELECT set_config('test.mood', 'watch', true) AS mood \gset
SELECT is(rehydra_restore(:'snapshot', confirm => 'DELETE') ->> 'status', 'applied', 'a restore runs them too');
SELECT set_eq('SELECT DISTINCT who FROM seen', $$VALUES ('rehydra_worker')$$, 'as the acting role');
ROLLBACK TO harmed;

-- What a check refuses
SELECT is(r ->> 'status' || ' ' || (r ->> 'error_count'), 'rejected 200', 'a check that is false rejects each cell') FROM pg_temp.import('no') AS r;
SELECT matches(pg_temp.import('no') #>> '{errors,0,message}', 'sheet "Things", cell B2, column "Label": .*label', 'by its place');
SELECT is((SELECT count(*) FROM things), 50::bigint, 'and nothing is changed');

-- What must be raised, in the middle of a transaction that goes on
INSERT INTO seen VALUES ('before', 'me');
SELECT is(pg_temp.import('lost') ->> 'error', '40001', 'a serialization failure of a check is raised');
SELECT is((SELECT count(*) FROM seen WHERE what = 'before'), 1::bigint, 'the caller''s work before it is there');
SELECT is(pg_temp.import('full') ->> 'error', '53100', 'a full disk too');
SET LOCAL statement_timeout = '1s';
SELECT is(pg_temp.import('sleep') ->> 'error', '57014', 'a check that sleeps is cancelled');
SET LOCAL statement_timeout = 0;
SAVEPOINT inner_one;
SELECT is(pg_temp.import('lost') ->> 'error', '40001', 'inside a savepoint');
INSERT INTO seen VALUES ('inside', 'me');
RELEASE inner_one;
SELECT is_empty($$SELECT FROM attempts WHERE mood IN ('lost', 'full', 'sleep')$$, 'the block that caught an error has lost its own work, all of it');
SELECT is((SELECT string_agg(what, ',' ORDER BY what) FROM seen), 'before,inside', 'the savepoint is the caller''s own, and so is its work');
SELECT is(pg_temp.import('') ->> 'status', 'applied', 'the next import goes through');
SELECT set_eq('SELECT thing, md5(t::text) FROM things AS t', 'SELECT thing, row FROM at_first', 'and every row is back');
ROLLBACK TO harmed;
SELECT is((SELECT count(*) FROM things), 50::bigint, 'the caller''s savepoint still takes all of it back');

-- Errors that were put into the report are not kept a second time: 200 of them, 50 kB each
CREATE TEMP TABLE measured AS
SELECT (e.error ->> 'message') AS message, e.n FROM jsonb_array_elements(pg_temp.import('measure') -> 'errors') WITH ORDINALITY AS e (error, n);
SELECT is((SELECT count(*) FROM measured), 50::bigint, 'a report shows the first errors');
SELECT to_regclass('pg_backend_memory_contexts') IS NULL AS silent \gset
\if :silent
SELECT skip('PostgreSQL 13 does not say how much memory is in use', 1);
\else
SELECT cmp_ok((SELECT max(m.bytes) - min(m.bytes) FROM measured, substring(message FROM '\d{6,}') AS found, LATERAL (SELECT found::bigint AS bytes) AS m), '<', 1000000::bigint,
  'the fiftieth finds as much memory in use as the first');
\endif
SELECT is((SELECT count(*) FROM things), 50::bigint, 'and nothing was changed');

SELECT * FROM finish();
ROLLBACK;
