-- rehydra_export and rehydra_import of csv bundles as psql sees them: they come back, and a bundle whose parts were renamed is told what it lacks.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(3);
CREATE SCHEMA bundle;
GRANT USAGE ON SCHEMA bundle TO PUBLIC;
CREATE TABLE bundle.things (id int PRIMARY KEY, tenant int NOT NULL, v text);
INSERT INTO bundle.things VALUES (1, 1, '=1+1'), (2, 1, ''), (3, 1, NULL), (4, 2, 'x');
SELECT count(*) AS registered FROM rehydra_register_schema('bundle', tenant_column => 'tenant', model => 'bundle') \gset
CREATE TEMP TABLE kept AS SELECT rehydra_export(1, 'csv', options => '{"model": "bundle"}') AS file;
-- Both names that a zip has of an entry; its data stay as they are.
CREATE FUNCTION pg_temp.with_renamed(entry text, becomes text) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(': ', report ->> 'status', report #>> '{errors,0,message}')
  FROM kept, rehydra_import(decode(replace(encode(file, 'hex'), encode(entry::bytea, 'hex'), encode(becomes::bytea, 'hex')), 'hex'),
                            customer_id => '1', options => '{"model": "bundle"}') AS report $$;
SELECT is(pg_temp.with_renamed('things.csv', 'things.csv'), 'unchanged', 'a bundle changes nothing');
SELECT is(pg_temp.with_renamed('manifest.json', 'manifest.jsox'), 'rejected: the bundle has no manifest.json', 'one without its manifest is not taken for a workbook');
SELECT matches(pg_temp.with_renamed('things.csv', 'thongs.csv'), '^rejected: .*things', 'a file under another name is no data set''s');
SELECT * FROM finish();
ROLLBACK;
