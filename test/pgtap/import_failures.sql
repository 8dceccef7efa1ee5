-- rehydra_import: whatever the database refuses, and wherever an import breaks off, the customer is exactly as before and the log has a line.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(41);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
SELECT pg_temp.damage();
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1', true) AS one;

-- What an attempt comes to: status, SQLSTATE, what the log says, whether the rows are as before, whether a snapshot stayed.
CREATE FUNCTION pg_temp.attempt(arguments text DEFAULT 'confirm => ''DELETE''') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  lines bigint := (SELECT count(*) FROM rehydra.activity);
  snapshots bigint := (SELECT count(*) FROM rehydra.snapshot);
  r jsonb := pg_temp.import(arguments);
BEGIN
  RETURN concat_ws(' ', COALESCE(r ->> 'status', 'raised ' || (r ->> 'error')), r #>> '{errors,0,sqlstate}',
    CASE WHEN (SELECT count(*) FROM rehydra.activity) = lines THEN 'no line'
         ELSE (SELECT concat('logged ', outcome, ' ', sqlstate) FROM rehydra.activity ORDER BY at DESC LIMIT 1) END,
    CASE WHEN pg_temp.digest('1', true) = (SELECT one FROM damaged) THEN 'as before' ELSE 'CHANGED' END,
    CASE WHEN (SELECT count(*) FROM rehydra.snapshot) > snapshots THEN 'SNAPSHOT KEPT' END);
END
$$;
CREATE FUNCTION pg_temp.said(arguments text DEFAULT 'confirm => ''DELETE''') RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' / ', r #>> '{errors,0,message}', r #>> '{errors,0,hint}') FROM pg_temp.import(arguments) AS r
$$;

-- Rules that the plan can check
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not on a Monday' USING ERRCODE = 'ZZ123', HINT = 'Come back on Tuesday.', DETAIL = 'Trigger at work.'; END $$;
SAVEPOINT rule;
ALTER TABLE feature_toggles ADD CONSTRAINT modern CHECK (feature_name <> 'f1') NOT VALID;
SELECT is(pg_temp.attempt(), 'rejected 23514 logged rejected 23514 as before', 'a CHECK that the application added is found by the plan');
SELECT matches(pg_temp.said(), 'sheet "Feature Toggles", cell B2, column "Feature Name": .*"modern".* / \w', 'with cell, rule and remedy');
SELECT is((SELECT string_agg(concat_ws(' ', dataset, inserted), ',') FROM pg_temp.previewed() WHERE dataset = 'feature_toggles'), 'feature_toggles 0', 'the preview does not count the row as inserted');
ROLLBACK TO rule;
DELETE FROM kpi_time_series WHERE customer_id = 1;
CREATE UNIQUE INDEX one_month ON kpi_time_series (customer_id, month);
UPDATE damaged SET one = pg_temp.digest('1', true);
SELECT is(pg_temp.attempt(), 'rejected 23505 logged rejected 23505 as before', 'a unique index that the application added');
SELECT matches(pg_temp.said(), 'sheet "KPI Time Series", cell E\d, column "Month": .*"one_month".*cell E\d / \w', 'with both cells and a remedy');
ROLLBACK TO rule;

-- Rules that only the database knows
CREATE UNIQUE INDEX one_config ON feature_toggles ((feature_name = 'f1' OR customer_id = 1)) WHERE customer_id = 1;
SELECT is(pg_temp.attempt(), 'failed 23505 logged failed 23505 as before', 'a unique index over an expression');
SELECT matches(pg_temp.said(), 'sheet "Feature Toggles".*one_config.* / \w', 'names the sheet, the index and a remedy');
ROLLBACK TO rule;
CREATE TRIGGER refuse BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT is(pg_temp.attempt(), 'failed ZZ123 logged failed ZZ123 as before', 'a trigger that raises');
SELECT is(pg_temp.said(), 'not on a Monday. Trigger at work. / Come back on Tuesday.', 'is quoted with its own words');
SELECT is(pg_temp.attempt('dry_run => true'), 'failed ZZ123 logged failed ZZ123 as before', 'a dry run finds it too');
ROLLBACK TO rule;
CREATE TRIGGER refuse AFTER DELETE ON products FOR EACH STATEMENT EXECUTE FUNCTION refuse();
SELECT is(pg_temp.attempt(), 'failed ZZ123 logged failed ZZ123 as before', 'a statement trigger that raises behind a delete');
ROLLBACK TO rule;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE ON kpis DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT is(pg_temp.attempt(), 'failed ZZ123 logged failed ZZ123 as before', 'a deferred constraint trigger raises inside the import, not at commit');
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'and leaves nothing for commit');
ROLLBACK TO rule;
CREATE TABLE regions (region text PRIMARY KEY);
GRANT SELECT ON regions TO PUBLIC;
ALTER TABLE feature_toggles ADD CONSTRAINT known FOREIGN KEY (feature_name) REFERENCES regions DEFERRABLE INITIALLY DEFERRED NOT VALID;
SELECT is(pg_temp.attempt(), 'failed 23503 logged failed 23503 as before', 'a deferred foreign key to a table that nobody registered');
ROLLBACK TO rule;
CREATE RULE nothing AS ON INSERT TO feature_toggles DO INSTEAD NOTHING;
SELECT matches(pg_temp.attempt(), '^(failed|rejected) \w+ logged (failed|rejected) \w+ as before$', 'a rule that swallows inserts does not go unnoticed');
ROLLBACK TO rule;
ALTER TABLE feature_toggles ADD COLUMN must text NOT NULL DEFAULT 'x';
ALTER TABLE feature_toggles ALTER COLUMN must DROP DEFAULT;
UPDATE damaged SET one = pg_temp.digest('1', true);
SELECT is(pg_temp.attempt(), 'rejected 23502 logged rejected 23502 as before', 'a column that the file does not know and that must not be NULL');
ROLLBACK TO rule;

-- Fault points: at every step
CREATE FUNCTION pg_temp.at_fault(point text, arguments text DEFAULT 'confirm => ''DELETE''') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  came text;
BEGIN
  PERFORM set_config('rehydra.fault_point', point, true);
  came := pg_temp.attempt(arguments);
  PERFORM set_config('rehydra.fault_point', '', true);
  RETURN came;
END
$$;
SELECT is(pg_temp.at_fault(point), 'failed P0001 logged failed P0001 as before', format('broken off at %L, nothing is left of it but its line in the log', point))
FROM unnest('{planned,kept_snapshot,locked,deleted,inserted,proved}'::text[]) AS point;
SELECT is(pg_temp.at_fault(point, 'dry_run => true'), 'failed P0001 logged failed P0001 as before', format('a dry run at %L too', point))
FROM unnest('{planned,locked,deleted,inserted,proved}'::text[]) AS point;
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');
SELECT is(current_setting('rehydra.tenant') || current_setting('track_counts'), '1on', 'settings are as they were');
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'afterwards the import goes through');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and brings everything back');

-- Time
SELECT pg_temp.damage();
UPDATE damaged SET one = pg_temp.digest('1', true);
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'query_canceled'; END $$;
CREATE TRIGGER wait BEFORE INSERT ON feature_toggles FOR EACH ROW EXECUTE FUNCTION wait();
SELECT is(pg_temp.attempt(), 'raised 57014 no line as before', 'a cancel is raised, never swallowed');
DROP TRIGGER wait ON feature_toggles;
CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = TG_ARGV[0]; END $$;
SAVEPOINT classes;
SELECT format('CREATE TRIGGER clash BEFORE INSERT ON feature_toggles FOR EACH ROW EXECUTE FUNCTION clash(%L)', '40001') \gexec
SELECT is(pg_temp.attempt(), 'raised 40001 no line as before', 'a serialization failure is raised');
ROLLBACK TO classes;
SELECT format('CREATE TRIGGER clash BEFORE INSERT ON feature_toggles FOR EACH ROW EXECUTE FUNCTION clash(%L)', '53100') \gexec
SELECT is(pg_temp.attempt(), 'raised 53100 no line as before', 'a full disk is raised');
ROLLBACK TO classes;
SELECT format('CREATE TRIGGER clash BEFORE INSERT ON feature_toggles FOR EACH ROW EXECUTE FUNCTION clash(%L)', 'XX001') \gexec
SELECT is(pg_temp.attempt(), 'raised XX001 no line as before', 'damaged data is raised');
ROLLBACK TO classes;
SELECT format('CREATE TRIGGER clash BEFORE INSERT ON feature_toggles FOR EACH ROW EXECUTE FUNCTION clash(%L)', '55P03') \gexec
SELECT is(pg_temp.attempt(), 'raised 55P03 no line as before', 'a lock that cannot be had is raised');
ROLLBACK TO classes;

SET LOCAL statement_timeout = '100ms';
SELECT is(pg_temp.at_fault(point || ':wait'), 'raised 57014 no line as before', format('statement_timeout at %L', point)) FROM (VALUES ('planned')) AS p (point);
SELECT is(pg_temp.at_fault(point || ':wait'), 'raised 57014 no line as before', format('statement_timeout at %L', point)) FROM (VALUES ('deleted')) AS p (point);
SELECT is(pg_temp.at_fault(point || ':wait'), 'raised 57014 no line as before', format('statement_timeout at %L', point)) FROM (VALUES ('proved')) AS p (point);
SET LOCAL statement_timeout = 0;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'afterwards the import goes through');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and brings everything back');

SELECT * FROM finish();
ROLLBACK;
