-- Tables two steps from the tenant column have policies of two forms, for single rows and for all of a tenant's rows: both must show and
-- take the same, and the second must not look parents up row by row.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(18);
\ir helpers.psql
CREATE SCHEMA way;
SET LOCAL search_path = way, public;
CREATE TABLE kinds (region int, no int, tenant_id int, PRIMARY KEY (region, no));
CREATE TABLE things (id int PRIMARY KEY, region int NOT NULL, no int NOT NULL, FOREIGN KEY (region, no) REFERENCES kinds) PARTITION BY RANGE (id);
CREATE TABLE things_low PARTITION OF things FOR VALUES FROM (0) TO (1000);
CREATE TABLE things_high PARTITION OF things FOR VALUES FROM (1000) TO (100000);
CREATE TABLE rehydra_p1 (id int PRIMARY KEY, thing_id int REFERENCES things, v text);
CREATE TABLE far (id int PRIMARY KEY, part_id int NOT NULL REFERENCES rehydra_p1);
CREATE INDEX ON kinds (tenant_id);
CREATE INDEX ON things (region, no);
CREATE INDEX ON rehydra_p1 (thing_id);
-- Kind 1 is shared; things 1 to 300 are of tenants 1, 2 and of the shared kind in turn, each with a part.
INSERT INTO kinds VALUES (1, 1, NULL), (1, 2, 1), (2, 2, 2);
INSERT INTO things SELECT n, CASE n % 3 WHEN 2 THEN 2 ELSE 1 END, CASE n % 3 WHEN 0 THEN 1 ELSE 2 END FROM generate_series(1, 1500) AS n;
INSERT INTO rehydra_p1 SELECT n, n, 'v' FROM generate_series(1, 1500) AS n;
INSERT INTO rehydra_p1 VALUES (2000, NULL, 'of nobody');
INSERT INTO far SELECT n, n FROM generate_series(1, 9) AS n;
ANALYZE;
SELECT count(*) AS registered FROM rehydra_register_schema('way', model => 'way', shared => '{kinds}') \gset
GRANT INSERT ON kinds TO rehydra_worker;

CREATE FUNCTION pg_temp.both(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  single text;
  whole text;
BEGIN
  PERFORM set_config('rehydra.whole_tenant', 'off', true);
  single := pg_temp.as_role('rehydra_worker', '1', command);
  PERFORM set_config('rehydra.whole_tenant', 'on', true);
  whole := pg_temp.as_role('rehydra_worker', '1', command);
  PERFORM set_config('rehydra.whole_tenant', 'off', true);
  RETURN CASE WHEN single = whole THEN single ELSE format('single rows %s, the whole tenant %s', single, whole) END;
END
$$;
CREATE FUNCTION pg_temp.both_change(command text) RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.both(format('WITH changed AS (%s RETURNING 1) SELECT count(*) FROM changed', command))
$$;

SELECT is((SELECT count(*) FROM pg_policies WHERE schemaname = 'way' AND qual LIKE '%whole_tenant%' AND tablename <> 'rehydra_p1'), 0::bigint, 'tables on other ways have one form');
SELECT isnt((SELECT count(*) FROM pg_policies WHERE schemaname = 'way' AND qual LIKE '%whole_tenant%'), 0::bigint, 'the table two steps away has two');
SELECT is(pg_temp.both('SELECT count(*) || '' '' || sum(id) FROM way.rehydra_p1'),
          (SELECT count(*) || ' ' || sum(n) FROM generate_series(1, 1500) AS n WHERE n % 3 <> 2), 'a tenant sees its rows and those of shared ones, partitions of parents included');
SELECT is(pg_temp.both('SELECT count(*) FROM way.far'), '6', 'and what hangs on them');
SELECT is(pg_temp.both('SELECT count(*) FROM way.rehydra_p1 WHERE thing_id IS NULL'), '0', 'a row that belongs to nobody is nobody''s');
SELECT is(pg_temp.both('SELECT v FROM way.rehydra_p1 WHERE id = 1000'), 'v', 'a single row');
SELECT is(pg_temp.both('SELECT count(*) FROM way.rehydra_p1 WHERE id = 2'), '0', 'another tenant''s');
SELECT is(pg_temp.both_change('UPDATE way.rehydra_p1 SET v = ''x'' WHERE id <= 9'), '3', 'its own are changed, shared ones are not');
SELECT is(pg_temp.both_change('DELETE FROM way.rehydra_p1 WHERE id IN (10, 11, 12)'), 'single rows 1, the whole tenant 0', 'nor deleted: once its own');
SELECT is(pg_temp.both_change('UPDATE way.rehydra_p1 SET thing_id = 2 WHERE id = 1'), 'error 42501', 'none is given to another tenant');
SELECT is(pg_temp.both_change('UPDATE way.rehydra_p1 SET thing_id = 3 WHERE id = 1'), 'error 42501', 'nor to everybody');
SELECT is(pg_temp.both_change('INSERT INTO way.rehydra_p1 VALUES (3000, 2, ''x'')'), 'error 42501', 'nor made there');
SELECT is(pg_temp.both_change('INSERT INTO way.rehydra_p1 VALUES (3000 + current_setting(''rehydra.whole_tenant'')::bool::int, 1, ''x'')'), '1', 'its own are made');
SELECT is(pg_temp.as_role('rehydra_worker', '', 'SELECT count(*) FROM way.rehydra_p1 AS p JOIN way.things AS t ON t.id = p.thing_id WHERE t.no <> 1'), '0', 'without a tenant there are none');
SET LOCAL rehydra.whole_tenant = on;
SELECT is(pg_temp.as_role('rehydra_worker', '', 'SELECT count(*) FROM way.rehydra_p1 AS p JOIN way.things AS t ON t.id = p.thing_id WHERE t.no <> 1'), '0', 'in no form');

-- Reading all rows of a small tenant among others: accesses to buffers, the same in every run.
INSERT INTO kinds SELECT 3, n, n FROM generate_series(10, 59) AS n;
INSERT INTO things SELECT 5000 + n, 3, 10 + n % 50 FROM generate_series(1, 5000) AS n;
INSERT INTO rehydra_p1 SELECT 5000 + n, 5001 + n % 5000, 'v' FROM generate_series(1, 50000) AS n;
ANALYZE kinds, things, rehydra_p1;
SET LOCAL random_page_cost = 1.1;  -- as while rehydra reads
CREATE FUNCTION pg_temp.buffers() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE format('EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT * FROM way.rehydra_p1 WHERE thing_id = ANY (%L::int[])',
                 ARRAY(SELECT id FROM way.things WHERE region = 3)) INTO plan;
  RETURN (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::int + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::int;
END
$$;
SELECT pg_temp.as_role('rehydra_worker', '10', 'SELECT pg_temp.buffers()') AS whole \gset
SET LOCAL rehydra.whole_tenant = off;
SELECT pg_temp.as_role('rehydra_worker', '10', 'SELECT pg_temp.buffers()') AS single \gset
SELECT cmp_ok(2 * :whole, '<', :single, 'the parents of all of a tenant''s rows are collected, not looked up one by one');
SELECT is(octet_length(rehydra_export('10', options => '{"model": "way"}')) > 0 AND current_setting('rehydra.whole_tenant') = 'off', true, 'an export reads so, and nobody else after it');
UPDATE rehydra.models SET isolation = 'all' WHERE model = 'way';
SELECT unalike(rehydra.tenant_condition('way', 'rehydra_p1', false), '%whole_tenant%', 'policies for everybody have one form');
SELECT * FROM finish();
ROLLBACK;
