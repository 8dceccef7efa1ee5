-- rehydra_coverage and rehydra.strict_coverage: what is decided about every table and column, and what is not.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(20);

CREATE SCHEMA crm;
SET LOCAL search_path = crm, public;
CREATE TABLE accounts (id int PRIMARY KEY, tenant_id int, kind text, name text);
CREATE TABLE notes (id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts, txt text);
CREATE INDEX ON notes (account_id);
CREATE TABLE kinds (kind text PRIMARY KEY);
ALTER TABLE accounts ADD FOREIGN KEY (kind) REFERENCES kinds;
CREATE TABLE diary (id int PRIMARY KEY, tenant_id int);
CREATE TABLE parted (id int, tenant_id int NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (100);
SELECT count(*) AS registered FROM rehydra_register_schema('crm', exclude => '{diary}') \gset
CREATE FUNCTION pg_temp.classes(name text) RETURNS text[] LANGUAGE sql AS
  $$SELECT array_agg(class ORDER BY class) FROM rehydra_coverage() WHERE table_name = 'crm.' || name$$;

SELECT is(pg_temp.classes('accounts'), '{registered}', 'a registered table');
SELECT is(pg_temp.classes('kinds'), '{shared}', 'what belongs to nobody is shared');
SELECT is(pg_temp.classes('diary'), '{"left out"}', 'left out by decision');
SELECT is(pg_temp.classes('parted'), '{registered}', 'a partitioned table is one table');
SELECT is(pg_temp.classes('parted_1'), NULL, 'and its partitions are none');
SELECT is_empty($$SELECT rehydra.unclassified() AS u$$, 'everything is classified');
SET LOCAL rehydra.strict_coverage = on;
SELECT lives_ok($$SELECT rehydra_export('1')$$, 'so that a strict export works');

-- Time goes on.
CREATE TABLE calls (id int PRIMARY KEY, account_id int REFERENCES accounts);
SELECT is(pg_temp.classes('calls'), '{"missing index","points at tenant rows",unclassified}', 'a new table is unclassified, and what it means for an import is said');
SELECT is((SELECT remedy FROM rehydra_coverage() WHERE table_name = 'crm.calls' AND class = 'missing index'), 'CREATE INDEX ON crm.calls (account_id)', 'with the statement that mends it');
SELECT throws_ok($$SELECT rehydra_export('1')$$, NULL, 'nobody has decided whether a customer''s export needs table crm.calls', 'a strict export is refused');
SELECT count(*) AS registered FROM rehydra_register('calls') \gset
CREATE INDEX ON calls (account_id);
SELECT is(pg_temp.classes('calls'), '{registered}', 'until it is registered');
ALTER TABLE notes ADD COLUMN extra text;
SELECT is((SELECT note FROM rehydra_coverage() WHERE class = 'new column'), 'extra', 'a new column is named');
SELECT throws_ok($$SELECT rehydra_export('1')$$, NULL, 'nobody has decided whether a customer''s export needs column extra of table crm.notes', 'and a strict export refused');
SET LOCAL rehydra.strict_coverage = off;
SELECT lives_ok($$SELECT rehydra_export('1')$$, 'others go on');
INSERT INTO accounts VALUES (1, 1), (2, NULL), (3, NULL);
SELECT is((SELECT note FROM rehydra_coverage() WHERE class = 'homeless rows' AND table_name = 'crm.accounts'), '2 rows lead to no tenant and are never exported', 'rows of nobody are counted');
INSERT INTO calls VALUES (1, NULL), (2, 1);
SELECT is((SELECT note FROM rehydra_coverage() WHERE class = 'homeless rows' AND table_name = 'crm.calls'), '1 rows lead to no tenant and are never exported', 'those whose way ends too');
ALTER TABLE notes DISABLE ROW LEVEL SECURITY;
SELECT is((SELECT class FROM rehydra_coverage() WHERE remedy LIKE 'ALTER TABLE crm.notes ENABLE%'), 'unprotected', 'a table whose protection is off');
DROP TABLE diary;
SELECT is((SELECT class FROM rehydra_coverage() WHERE table_name = 'crm.diary'), 'missing', 'a table that is gone');
SELECT is((SELECT count(*)::int FROM rehydra_coverage('public')), 0, 'one schema at a time');
CREATE ROLE coverage_user;
GRANT USAGE ON SCHEMA crm TO coverage_user;
SET LOCAL ROLE coverage_user;
SELECT throws_ok($$SET rehydra.strict_coverage = on$$, '42501', NULL, 'only superusers choose to be strict, or not');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
