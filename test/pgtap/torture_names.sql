-- Names as people make them: quoted, unicode, reserved words, longer than a sheet's title and the same once cut, with what Excel forbids; and
-- headers that are other columns' names.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(5);
\ir torture_register.psql
\set schema 'Sché"ma \\.;%'
CREATE SCHEMA :"schema";
GRANT USAGE ON SCHEMA :"schema" TO PUBLIC;
SELECT set_config('search_path', quote_ident(:'schema') || ', public', true) AS path \gset
CREATE TEMP TABLE names (n int GENERATED ALWAYS AS IDENTITY, name text);
INSERT INTO names (name) VALUES ('select'), ('user'), ('Table'), ('TABLE'), ('a "b" c'), ('dot.ted'), ('[a]:*?/\'), ('''quoted'''), ('漢字表'), ('Ünïcödé_ÿ'), ('🦊'), (' leading'), ('trailing '), ('_op'), ('_rehydra'), ('Overview'), ('Export Metadata'), ('History'), ('t'), ('s'), ('p'), ('$1'), ('%s %I'),
  ('a_table_whose_name_is_longer_than_a_sheets_title_1'), ('a_table_whose_name_is_longer_than_a_sheets_title_2'), ('A_TABLE_WHOSE_NAME_IS_LONGER_THAN_A_SHEETS_TITLE_1'), (repeat('x', 63)), (repeat('é', 31)), ('=1+1'), ('1'), ('--'), (E'tab\there'), (E'line\nfeed'), ('R1C1'), ('<&>'), ('ctid_'), ('row'), ('here'), ('digest'), ('nth'), ('k');
-- Each table has columns of all these names, an id of another one, and refers to the table before it.
CREATE FUNCTION pg_temp.make_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one record;
  columns text := (SELECT string_agg(format('%I text', name), ', ' ORDER BY n) FROM names);
  before text;
BEGIN
  FOR one IN SELECT * FROM names ORDER BY n LOOP
    EXECUTE format('CREATE TABLE %I (%s, tenant int NOT NULL, "Id of "" it" int PRIMARY KEY, "parent of it" int%s, UNIQUE (tenant, %I))', one.name, columns, ' REFERENCES ' || quote_ident(before), one.name);
    EXECUTE format('INSERT INTO %I SELECT %s, t, t * 10 + i, t * 10 + i FROM generate_series(1, 2) AS t, generate_series(1, 2) AS i', one.name, (SELECT string_agg(format('%L || i', n), ', ' ORDER BY n) FROM names));
    EXECUTE format('CREATE TABLE %I AS SELECT * FROM %I', left(one.name, 20) || '~' || one.n, one.name);
    before := one.name;
  END LOOP;
END
$$;
SELECT pg_temp.make_tables();
SELECT pg_temp.register('Model "ü"; --', :'schema');
SELECT is(pg_temp.round_trip('Model "ü"; --', :'schema', '1'), :good_trip, 'tables and columns of all names, with a key and without');
SELECT pg_temp.keep('first', 'Model "ü"; --', '1');
UPDATE "select" SET "user" = 'changed', "_op" = 'changed', "trailing " = NULL WHERE tenant = 1;
UPDATE "🦊" SET "🦊" = 'x' || "🦊" WHERE tenant = 1;
DELETE FROM "k" WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'Model "ü"; --', '1')), 'applied', 'changes of them');
SELECT is(pg_temp.differences(:'schema'), NULL, 'are taken back');
-- Headers that are other columns' names
CREATE SCHEMA swapped;
GRANT USAGE ON SCHEMA swapped TO PUBLIC;
CREATE TABLE swapped.swap (tenant int NOT NULL, a int PRIMARY KEY, b int, c int);
INSERT INTO swapped.swap VALUES (1, 1, 2, 3), (1, 4, 5, 6), (2, 7, 8, 9);
SELECT rehydra.add_model('swapped', 'integer');
SELECT rehydra.add_dataset('swapped', 'swapped.swap', tenant_column => 'tenant');
SELECT rehydra.add_sheet('swapped', 'swap', 'Swap', '[{"header": "B", "column": "a"}, {"header": "C", "column": "b"}, {"header": "A", "column": "c"}]');
SELECT rehydra.check_model('swapped');
SELECT rehydra.protect('swapped');
SELECT is(pg_temp.round_trip('swapped', 'swapped', '1'), :good_trip, 'a header means its column, whatever other columns are called');
SELECT pg_temp.keep('swap', 'swapped', '1');
ALTER TABLE swapped.swap RENAME b TO bb;
SELECT is(pg_temp.round_trip('swapped', 'swapped', '1'), :good_trip, 'a renamed column is followed');
ALTER TABLE swapped.swap RENAME bb TO b;

SELECT * FROM finish();
ROLLBACK;
