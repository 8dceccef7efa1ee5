-- Keys: composite ones with the tenant inside, at any place; tenants of type uuid, text and bigint; no key at all; keys and rules that are
-- checked late; several ways to one parent; cycles; two models in one database, whose tenants are called the same.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(32);
\ir torture_register.psql

-- The tenant inside composite keys, a table without the column two steps down, two ways to a parent, a cycle of two tables, a self reference by a composite key
CREATE SCHEMA deep;
GRANT USAGE ON SCHEMA deep TO PUBLIC;
SET LOCAL search_path = deep, public;
CREATE TABLE regions (code text, tenant uuid NOT NULL, "no" int, boss_code text, boss_no int, PRIMARY KEY (code, tenant, "no"), FOREIGN KEY (boss_code, tenant, boss_no) REFERENCES regions (code, tenant, "no"));
CREATE TABLE stores (tenant uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, code text, "no" int, old_code text, old_no int, best_sale bigint, PRIMARY KEY (tenant, id), UNIQUE (id, tenant),
                     FOREIGN KEY (code, tenant, "no") REFERENCES regions (code, tenant, "no"), FOREIGN KEY (old_code, tenant, old_no) REFERENCES regions (code, tenant, "no"));
CREATE TABLE sales (id bigserial, tenant uuid NOT NULL, store bigint NOT NULL, returned_at bigint, PRIMARY KEY (id), UNIQUE (tenant, id), FOREIGN KEY (store, tenant) REFERENCES stores (id, tenant), FOREIGN KEY (tenant, returned_at) REFERENCES stores);
ALTER TABLE stores ADD FOREIGN KEY (tenant, best_sale) REFERENCES sales (tenant, id);
CREATE TABLE lines (sale bigint NOT NULL REFERENCES sales, n int, what text, PRIMARY KEY (sale, n));
CREATE TABLE notes (sale bigint NOT NULL, n int NOT NULL, body text, FOREIGN KEY (sale, n) REFERENCES lines ON DELETE CASCADE);
CREATE FUNCTION pg_temp.tenant(n int) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(n::text)::uuid $$;
INSERT INTO regions SELECT chr(64 + n), pg_temp.tenant(t), n, CASE WHEN n > 1 THEN chr(63 + n) END, n - 1 FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n;
UPDATE regions SET boss_code = 'E', boss_no = 5 WHERE code = 'A';
INSERT INTO stores (tenant, code, "no", old_code, old_no) SELECT pg_temp.tenant(t), chr(64 + n), n, CASE WHEN n > 2 THEN 'A' END, 1 FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n;
INSERT INTO sales (tenant, store, returned_at) SELECT tenant, id, NULLIF(id, 3) FROM stores, generate_series(1, 3);
UPDATE stores s SET best_sale = (SELECT min(id) FROM sales x WHERE x.store = s.id AND x.tenant = s.tenant);
INSERT INTO lines SELECT id, n, 'what ' || id FROM sales, generate_series(1, 2) AS n;
INSERT INTO notes SELECT sale, n, CASE n WHEN 1 THEN 'same' END FROM lines, generate_series(1, 3);
SELECT pg_temp.register('deep', 'deep');
SELECT is(pg_temp.round_trip('deep', 'deep', pg_temp.tenant(1)::text), :good_trip, 'composite keys with a uuid tenant inside, cycles, ways of several steps, notes that are told apart by nothing');
SELECT lives_ok($$INSERT INTO deep.stores (tenant) SELECT pg_temp.tenant(1) FROM generate_series(1, 3)$$, 'the next ordinary INSERT works');
SELECT pg_temp.remember('deep');
SELECT pg_temp.keep('first', 'deep', pg_temp.tenant(1)::text);
UPDATE regions SET boss_code = 'C', boss_no = 3 WHERE tenant = pg_temp.tenant(1);
UPDATE stores SET code = 'B', "no" = 2, old_code = 'D', old_no = 4, best_sale = NULL WHERE tenant = pg_temp.tenant(1);
DELETE FROM lines WHERE n = 2;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'deep', pg_temp.tenant(1)::text)), 'applied', 'references by composite keys are led back');
SELECT pg_temp.keep('first', 'deep', pg_temp.tenant(2)::text);

-- No key: copies are counted
CREATE SCHEMA bags;
GRANT USAGE ON SCHEMA bags TO PUBLIC;
SET LOCAL search_path = bags, public;
CREATE TABLE bag (tenant text COLLATE "C", n numeric, j json, day date DEFAULT '2024-01-01' NOT NULL, f float8);
INSERT INTO bag SELECT t, v, '{"a": 1}', '2024-01-01', 0.1 FROM unnest(ARRAY['Ünï "x"', 'Ünï "X"', '']) AS t, unnest('{1.0,1.00,NULL,1.0,1.0,NULL}'::numeric[]) AS v;
INSERT INTO bag VALUES (NULL, 7, NULL, '2024-01-01', NULL);
SELECT pg_temp.register('bags', 'bags');
SELECT is(pg_temp.round_trip('bags', 'bags', 'Ünï "x"'), :good_trip, 'rows without a key, some of them equal, of a tenant called by a text');
SELECT pg_temp.remember('bags');
SELECT pg_temp.keep('bag', 'bags', 'Ünï "x"');
DELETE FROM bag WHERE ctid = (SELECT min(ctid) FROM bag WHERE tenant = 'Ünï "x"' AND n::text = '1.0');
INSERT INTO bag SELECT 'Ünï "x"', 1.00, '{"a": 1}' FROM generate_series(1, 2);
UPDATE bag SET f = 0.30000000000000004 WHERE tenant = 'Ünï "x"' AND n IS NULL;
CREATE TEMP TABLE report AS SELECT pg_temp.import('bag', 'bags', 'Ünï "x"') AS r;
SELECT is(pg_temp.outcome(r), 'applied', 'copies too few and too many') FROM report;
SELECT is(r #>> '{datasets,0,inserted}' || ' ' || (r #>> '{datasets,0,deleted}') || ' ' || (r #>> '{datasets,0,unchanged}') || ' ' || (r #>> '{datasets,0,updated}'), '3 4 3 0', 'are counted one by one') FROM report;
SELECT is(pg_temp.differences('bags'), NULL, 'and all are as they were');
SELECT is(pg_temp.written('bags', 'Ünï "x"'), NULL, 'the other tenants'' copies were not taken for them');
DELETE FROM bag WHERE tenant = 'Ünï "x"' AND n IS NULL;
INSERT INTO bag VALUES ('Ünï "x"', 5);
SET LOCAL extra_float_digits = -15;
SELECT is(pg_temp.outcome(pg_temp.import('bag', 'bags', 'Ünï "x"', 'merge')), 'applied', 'a merge adds the copies that are missing');
RESET extra_float_digits;
SELECT is((SELECT string_agg(n::text, ' ' ORDER BY n::text) FROM bag WHERE tenant = 'Ünï "x"'), '1.0 1.0 1.0 1.00 5', 'and takes none away');
SELECT is((SELECT count(*) FROM bag WHERE tenant = 'Ünï "x"' AND n IS NULL), 2::bigint, 'NULLs are equal too');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.day := '2025-05-05'; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE INSERT ON bag FOR EACH ROW EXECUTE FUNCTION touch();
UPDATE report SET r = pg_temp.import('bag', 'bags', 'Ünï "x"');
SELECT is(pg_temp.outcome(r), 'applied', 'a merge left a row too many') FROM report;
DELETE FROM bag WHERE tenant = 'Ünï "x"';
UPDATE report SET r = pg_temp.import('bag', 'bags', 'Ünï "x"');
SELECT is(pg_temp.outcome(r), 'applied', 'a trigger changes what is put back') FROM report;
SELECT is((SELECT count(*) FROM bag WHERE tenant = 'Ünï "x"' AND day = '2025-05-05'), 6::bigint, 'as it wants');
SELECT matches(r ->> 'side_effects', 'bag', 'and the report says so') FROM report;
SELECT throws_ok($$SELECT rehydra.add_dataset('bags', 'bags.bag', role => 'own', tenant_column => 'tenant')$$, '42P16', NULL, 'a tenant''s own row needs a key');
SELECT throws_ok($$SELECT rehydra.add_dataset('bags', 'bags.bag', tenant_column => 'tenant', secret_columns => '{j}')$$, '42P16', NULL, 'so does a secret');
CREATE TABLE uses (tenant text, id int PRIMARY KEY, n numeric);
SELECT rehydra.add_dataset('bags', 'bags.uses', tenant_column => 'tenant');
SELECT rehydra.add_reference('bags', 'uses', 'bag', '{n}', 'bag', '{n}');
SELECT throws_ok($$SELECT rehydra.check_keyless_datasets('bags')$$, '42P16', NULL, 'and a table that others refer to');
DELETE FROM rehydra.dataset_references WHERE model = 'bags';
DELETE FROM rehydra.sheet_columns WHERE model = 'bags' AND column_name = 'f';
SELECT throws_ok($$SELECT rehydra.check_keyless_datasets('bags')$$, '42P16', NULL, 'all columns are needed then');

-- Checked late: key, unique rule, foreign keys both ways, an exclusion
CREATE SCHEMA late;
GRANT USAGE ON SCHEMA late TO PUBLIC;
SET LOCAL search_path = late, public;
CREATE TABLE teams (tenant bigint NOT NULL, id serial PRIMARY KEY, lead int, place int, UNIQUE (tenant, place) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE people (tenant bigint NOT NULL, id serial PRIMARY KEY, team int NOT NULL REFERENCES teams DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES people DEFERRABLE INITIALLY IMMEDIATE;
CREATE TABLE ranks (tenant bigint NOT NULL, id int, who text, PRIMARY KEY (tenant, id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE slots (tenant bigint NOT NULL, id int PRIMARY KEY DEFERRABLE, during int4range, EXCLUDE USING gist (during WITH &&) WHERE (tenant = 1) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE firm (tenant bigint NOT NULL, id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&) WHERE (tenant = 1));
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO teams SELECT t, t * 10 + n, t * 100 + n, n FROM generate_series(1, 2) AS t, generate_series(1, 4) AS n;
INSERT INTO people SELECT t, t * 100 + n, t * 10 + n FROM generate_series(1, 2) AS t, generate_series(1, 4) AS n;
INSERT INTO ranks SELECT t, n, 'w' || n FROM generate_series(1, 2) AS t, generate_series(1, 4) AS n;
INSERT INTO slots SELECT t, t * 10 + n, int4range(n, n + 1) FROM generate_series(1, 2) AS t, generate_series(1, 4) AS n;
INSERT INTO firm SELECT * FROM slots;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.register('late', 'late');
SELECT is(pg_temp.round_trip('late', 'late', '1'), :good_trip, 'constraints that are checked late, keys among them');
SELECT pg_temp.keep('late', 'late', '1');
UPDATE teams SET place = 5 - place WHERE tenant = 1;
UPDATE ranks SET who = 'other' WHERE tenant = 1;
UPDATE slots SET during = int4range(30 - id, 31 - id) WHERE tenant = 1;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is(pg_temp.outcome(pg_temp.import('late', 'late', '1')), 'applied', 'values that change places under them');
SELECT is(pg_temp.differences('late'), NULL, 'all is as it was');
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'and nothing is left to be found wrong');
ALTER TABLE teams ALTER lead SET NOT NULL;
SELECT is(pg_temp.outcome(pg_temp.import('late', 'late', '1')), 'unchanged', 'two tables that cannot be without each other');
UPDATE ranks SET who = 'other' WHERE tenant = 1;
UPDATE people SET team = 11 WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('late', 'late', '1')), 'applied', 'what is there can be changed');
SELECT is(pg_temp.differences('late'), NULL, 'back to what it was');
SELECT pg_temp.wipe('late', '1');
SELECT is(pg_temp.import('late', 'late', '1') #>> '{errors,0,sqlstate}', '23503', 'what is gone cannot come back: PostgreSQL lets no constraint wait where we act for others');
ALTER TABLE teams ALTER lead DROP NOT NULL;
SELECT is(pg_temp.outcome(pg_temp.import('late', 'late', '1')), 'applied', 'but where one of them may be NULL for a moment');
SELECT is(pg_temp.differences('late'), NULL, 'with all that hung on it');
SET CONSTRAINTS ALL IMMEDIATE;

-- Two models: bigint 1 of one is not integer 1 of the other
CREATE SCHEMA other;
GRANT USAGE ON SCHEMA other TO PUBLIC;
CREATE TABLE other.teams (tenant int NOT NULL, id int PRIMARY KEY, name text);
INSERT INTO other.teams VALUES (1, 1, 'x'), (2, 2, 'y');
SELECT pg_temp.register('other', 'other');
SELECT is(pg_temp.round_trip('other', 'other', '1'), :good_trip, 'a table of the same name in another model');
SELECT is(pg_temp.outcome(pg_temp.import('other', 'late', '1')) || pg_temp.outcome(pg_temp.import('late', 'other', '1')) NOT LIKE '%applied%', true, 'whose files are not taken for each other');
SELECT is(pg_temp.differences('late'), NULL, 'nor its rows');
SET CONSTRAINTS ALL IMMEDIATE;

SELECT * FROM finish();
ROLLBACK;
