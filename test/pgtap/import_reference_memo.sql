-- Foreign keys of imported rows, checked once per distinct key: nothing passes that a check a row would refuse.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(11);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
SELECT pg_temp.wipe();
CREATE TEMP TABLE wiped AS SELECT pg_temp.digest('1', true) AS one;

SELECT is(current_setting('rehydra.reference_memo'), 'on', 'the memo is on');

-- The same import without and with it
SAVEPOINT import;
SET LOCAL rehydra.reference_memo = off;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'without the memo the import goes through');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and brings every row back');
ROLLBACK TO import;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'with it as well');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and the rows are the same');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row was touched');
ROLLBACK TO import;

-- One row among many leads nowhere: a trigger of the application sees to it, after the plan
CREATE FUNCTION lead_astray() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.account_id := 999999; RETURN NEW; END $$;
CREATE TRIGGER lead_astray BEFORE INSERT ON kpis FOR EACH ROW WHEN (NEW.kpi_id = 20) EXECUTE FUNCTION lead_astray();
SELECT is(pg_temp.import('confirm => ''DELETE''') #>> '{errors,0,sqlstate}', '23503', 'one row that leads nowhere is found behind rows that do not');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM wiped), 'and nothing is kept');
SET LOCAL rehydra.reference_memo = off;
SELECT is(pg_temp.import('confirm => ''DELETE''') #>> '{errors,0,sqlstate}', '23503', 'as without the memo');
ROLLBACK TO import;

-- A parent that goes away between the statements of one import is not remembered from the statement before
CREATE FUNCTION drop_parent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN DELETE FROM crm.kpis WHERE kpi_id = (SELECT min(kpi_id) FROM crm.kpi_time_series); RETURN NULL; END $$;
CREATE TRIGGER drop_parent AFTER INSERT ON kpi_time_series FOR EACH STATEMENT EXECUTE FUNCTION drop_parent();
SELECT is(pg_temp.import('confirm => ''DELETE''') #>> '{errors,0,sqlstate}', '23503', 'a parent that a trigger takes away is missed');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM wiped), 'and nothing is kept');

SELECT * FROM finish();
ROLLBACK;
