-- rehydra_import: values that are equal though they are written differently, in keys, unique columns and references: a file is looked through
-- quickly first, and that look must not call two rows different that the database calls the same.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
CREATE EXTENSION IF NOT EXISTS citext;
SELECT plan(18);
CREATE SCHEMA twins;
GRANT USAGE ON SCHEMA twins TO PUBLIC;
SET LOCAL search_path = twins, public;
CREATE COLLATION twins.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN twins.amount AS numeric CHECK (VALUE < 1000);
CREATE TABLE parents (id numeric PRIMARY KEY, tenant int NOT NULL, price amount UNIQUE, nick citext UNIQUE, name text COLLATE any_case UNIQUE, at timestamptz, share float8, UNIQUE (at, share));
CREATE TABLE children (id int PRIMARY KEY, tenant int NOT NULL, parent numeric REFERENCES parents, chief bigint REFERENCES children, n smallint UNIQUE);
ALTER TABLE children ALTER chief TYPE int;
INSERT INTO parents VALUES (1.0, 1, 5, 'ann', 'Ann', '2024-01-01 00:00+00', 0), (2, 1, 6, 'bob', 'Bob', '2024-01-02 00:00+00', 1), (90, 2, 90, 'zed', 'Zed', NULL, NULL);
INSERT INTO children VALUES (-3, 1, 1, NULL, -3), (0, 1, 2, -3, 0), (7, 1, NULL, 7, 7), (90, 2, 90, 90, 90);
SELECT count(*) FROM rehydra_register_schema('twins', tenant_column => 'tenant', model => 'twins') \g /dev/null
CREATE TEMP TABLE kept (name text PRIMARY KEY, file bytea);
\ir import_edit.psql

-- The first error of an import of customer 1's file whose rows of a data set are these, or its status.
CREATE FUNCTION pg_temp.outcome_of(dataset text, VARIADIC rows text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
BEGIN
  DELETE FROM kept;
  PERFORM pg_temp.keep_edited('file', dataset, VARIADIC rows);
  report := rehydra_import((SELECT file FROM kept), customer_id => '1', options => '{"max_delete": 1.0}', confirm => 'DELETE');
  RETURN concat_ws(' ', report ->> 'status', report #>> '{errors,0,sqlstate}', report #>> '{errors,0,column_name}');
END
$$;
CREATE FUNCTION pg_temp.parent(id text, price text, nick text, name text, at text, share text) RETURNS text LANGUAGE sql AS $$
  SELECT format('{"id":%s,"price":%s,"nick":"%s","name":"%s","at":"%s","share":%s}', id, price, nick, name, at, share)
$$;
SELECT quote_literal(pg_temp.parent('"1.0"', '"5"', 'ann', 'Ann', '2024-01-01T00:00:00Z', '0')) AS ann,
       quote_literal(pg_temp.parent('"2"', '"6"', 'bob', 'Bob', '2024-01-02T00:00:00Z', '1')) AS bob \gset

SELECT is(pg_temp.outcome_of('parents', :ann, :bob), 'unchanged', 'the rows as they are');
SELECT is(pg_temp.outcome_of('parents', :bob, :ann), 'unchanged', 'in another order');
SELECT is(pg_temp.outcome_of('parents', :ann, :bob, pg_temp.parent('"2.00"','"7"','cy','Cy','2024-01-03T00:00:00Z','2')), 'rejected 23505 id', 'numeric keys 2 and 2.00');
SELECT is(pg_temp.outcome_of('parents', :ann, :bob, pg_temp.parent('"3"','"6.000"','cy','Cy','2024-01-03T00:00:00Z','2')), 'rejected 23505 price', 'a domain over numeric: 6 and 6.000');
SELECT is(pg_temp.outcome_of('parents', :ann, :bob, pg_temp.parent('"3"','"7"','BOB','Cy','2024-01-03T00:00:00Z','2')), 'rejected 23505 nick', 'citext: bob and BOB');
SELECT is(pg_temp.outcome_of('parents', :ann, :bob, pg_temp.parent('"3"','"7"','cy','BOB','2024-01-03T00:00:00Z','2')), 'rejected 23505 name', 'a collation that is not deterministic: Bob and BOB');
SELECT is(pg_temp.outcome_of('parents', :ann, :bob, pg_temp.parent('"3"','"7"','cy','Cy','2024-01-01T01:00:00+01:00','-0')), 'rejected 23505 at', 'one instant of two zones, 0 and -0');
SELECT is(pg_temp.outcome_of('parents', :ann, :bob, pg_temp.parent('"3"','"7"','cy','Cy','2024-01-01T00:00:00Z','2')), 'applied', 'half a pair is no twin');

SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1.00","chief":null,"n":-3}', '{"id":0,"parent":"2","chief":-3,"n":0}', '{"id":7,"parent":null,"chief":7,"n":7}'), 'applied', 'a reference by a number that is written otherwise leads to its row');
SELECT is(pg_temp.outcome_of('children', '{"id":7,"parent":null,"chief":7,"n":7}', '{"id":0,"parent":"2","chief":-3,"n":0}', '{"id":-3,"parent":"1","chief":null,"n":-3}'), 'applied', 'keys that fall, zero and below it among them');
SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1","chief":null,"n":-3}', '{"id":0,"parent":"2","chief":-3,"n":0}', '{"id":7,"parent":null,"chief":7,"n":7}'), 'unchanged', 'the same rows, rising');
SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1","chief":null,"n":-3}', '{"id":0,"parent":"2","chief":-3,"n":0}', '{"id":0,"parent":null,"chief":7,"n":7}'), 'rejected 23505 id', 'a key of zero twice');
SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1","chief":null,"n":-3}', '{"id":0,"parent":"2","chief":-3,"n":-3}', '{"id":7,"parent":null,"chief":7,"n":7}'), 'rejected 23505 n', 'a unique value below zero twice');
SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1","chief":null,"n":-3}', '{"id":0,"parent":"2","chief":3,"n":0}', '{"id":7,"parent":null,"chief":7,"n":7}'), 'rejected 23503 chief', 'a reference to 3 where only -3 is there');
SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1","chief":null,"n":-3}', '{"id":0,"parent":"3.5","chief":-3,"n":0}', '{"id":7,"parent":null,"chief":7,"n":7}'), 'rejected 23503 parent', 'a reference to nobody');
SELECT is(pg_temp.outcome_of('children', '{"id":-3,"parent":"1","chief":null,"n":-3}', '{"id":0,"parent":"2","chief":-3,"n":0}', '{"id":5,"parent":null,"chief":5,"n":5}', '{"id":8,"parent":null,"chief":0,"n":8}'), 'applied', 'rows between and behind the stored ones come, the one that is absent goes');
SELECT results_eq('SELECT id, chief, n FROM twins.children WHERE tenant = 1 ORDER BY id', 'VALUES (-3, NULL::int, -3::smallint), (0, -3, 0::smallint), (5, 5, 5::smallint), (8, 0, 8::smallint)', 'as the file says');
SELECT results_eq('SELECT id::int, parent::int FROM twins.children WHERE tenant = 2', 'VALUES (90, 90)', 'and nobody else''s');
SELECT * FROM finish();
ROLLBACK;
