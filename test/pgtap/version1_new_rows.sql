-- rehydra_import of a version-1 workbook: rows that the database does not have, or has under another key.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(31);
\ir version1.psql
\set sample `base64 -w0 test/data/version1/customer3.xlsx`

-- Entered by hand.
\set edited `python3 test/data/version1/edit.py 'Products!+|#23||Add-on X|||#0|trial' 'Feature Toggles!+|feature_7|Yes||' 'KPI Reference Ranges!+|Default KPI 3|%|No||#1|#1|#2|#2|#3'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied feature_toggles +1, kpi_reference_ranges +1, products +1', 'rows without a key are new');
SELECT results_eq($$SELECT product_name::text, revenue, product_sku, created_at = now() FROM products WHERE account_id = 23 AND product_id > 66$$,
  $$VALUES ('Add-on X', 0.00, NULL::varchar, true)$$, 'columns that version 1 lacks take their defaults');
SELECT results_eq($$SELECT enabled, config::text, description FROM feature_toggles WHERE feature_name = 'feature_7'$$, $$VALUES (true, NULL::text, NULL::text)$$, 'empty cells are NULL');
SELECT results_eq($$SELECT customer_id, critical_min, higher_is_better FROM kpi_reference_ranges WHERE kpi_name = 'Default KPI 3' AND customer_id IS NOT NULL$$,
  $$VALUES (3, 0.00, false)$$, 'a range of the customer''s own may have a default''s name; an empty cell is zero where NULL cannot stand');

-- KPIs need an upload, which version 1 does not show.
INSERT INTO kpi_uploads (upload_id, customer_id, account_id, user_id, version, uploaded_at) VALUES (901, 3, 23, 7, 8, now()), (902, 3, 23, 7, 9, now() - interval '1 day'), (903, 1, 23, 7, 9, now() + interval '1 day');
\set edited `python3 test/data/version1/edit.py 'All KPIs!+|#23||||Support KPI|New one|12%'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied kpis +1', 'a new KPI');
SELECT is((SELECT upload_id FROM kpis WHERE kpi_parameter = 'New one'), 901, 'belongs to the newest upload of its account');
SELECT alike(pg_temp.warnings(), '%sheet "All KPIs": new rows that were attached to the newest row that agrees with them: 1%', 'which is said');
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!+#9001|New account' 'All KPIs!+|#9001||||Support KPI|Orphan|1' 'All KPIs!+|||||Support KPI|Of nobody|1'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'rejected accounts +1, kpis !2', 'one of an account without uploads');
SELECT alike(pg_temp.errors(), 'All KPIs B84: a new row belongs to a row of "KPI Uploads", which the file does not name, and there is none that agrees with it in this column%'
  || 'All KPIs B85: a new row belongs to a row of "KPI Uploads"%', 'is refused, with the cell that leads nowhere');
SELECT is((pg_temp.last() ->> 'error_count'), '2', 'once a row');

-- Rows that are gone come back.
DELETE FROM feature_toggles WHERE customer_id = 3;
DELETE FROM playbook_reports WHERE customer_id = 3;
DELETE FROM playbook_triggers WHERE customer_id = 3;
SELECT is(pg_temp.bring(:'sample'), 'rejected', 'a row whose JSON was cut cannot');
SELECT alike(pg_temp.errors(), 'Playbook Reports H2: the cell holds neither JSON nor Python''s notation of it: the value has no end%', 'and says so');
\set edited `python3 test/data/version1/edit.py 'Playbook Reports!H2={"summary": "lost"}'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied feature_toggles +6, playbook_reports +2, playbook_triggers +5', 'the others do');
SELECT results_eq($$SELECT id, enabled, config::text, description FROM feature_toggles WHERE customer_id = 3 ORDER BY id$$,
  $$VALUES (13, true, '{"limit": 10, "mode": "strict", "nested": {"on": true}}', 'Plain description'), (14, false, '["a",true,null]', E'two\nlines'),
    (15, true, NULL, NULL), (16, false, NULL, NULL), (17, true, '{"p": 0.1}', '=cmd'), (18, false, '{"txt": "w\u00f6rld"}', 'TRUE')$$, 'with what the file shows, under their own keys');
SELECT is((SELECT last_evaluated FROM playbook_triggers WHERE trigger_id = 11), '2023-01-17 09:40:24'::timestamp, 'times to the second');
SELECT is(pg_temp.bring(:'edited'), 'unchanged', 'and then it has nothing to add');

-- Playbook executions carry no key of their own.
SELECT is((SELECT count(*) FROM jsonb_object_keys(pg_temp.last() -> 'ids_changed')), 0::bigint, 'a key that was looked up is no change of one');
DELETE FROM playbook_executions WHERE id = 9;
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied playbook_executions +1', 'one that is gone comes back');
SELECT results_eq($$SELECT id > 12, started_at, account_id FROM playbook_executions WHERE execution_id = 'c79641c1-abf6-178e-442b-2ac3edfb3e3f'$$,
  $$VALUES (true, '2022-07-28 02:42:22'::timestamp, 23)$$, 'under a new key');
\set twice `python3 test/data/version1/edit.py 'Playbook Executions!A2=0216e707-0785-1f39-5b4f-73e766dcff94' 'Playbook Reports!H2={"summary": "lost"}'`
SELECT is(pg_temp.bring(:'twice'), 'rejected', 'an execution that stands twice');
SELECT alike(pg_temp.errors(), 'Playbook Executions%stands twice, also in sheet "Playbook Executions"%', 'is refused');

-- Rows that the application made again: another key, the same match key.
UPDATE playbook_triggers SET trigger_id = trigger_id + 1000, last_evaluated = last_evaluated + interval '0.25 s', auto_trigger_enabled = NULLIF(auto_trigger_enabled, false) WHERE customer_id = 3;
UPDATE feature_toggles SET id = id + 1000, config = CASE WHEN id = 15 THEN '{}'::json ELSE config END WHERE customer_id = 3;
CREATE TEMP TABLE before AS SELECT pg_temp.digest('3', true) AS one;
SELECT is(pg_temp.bring(:'edited'), 'unchanged', 'are found');
SELECT is(pg_temp.last() #>> '{ids_changed,feature_toggles,0,new}', '1013', 'the report has their keys');
SELECT results_eq($$SELECT pg_temp.digest('3', true)$$, $$SELECT one FROM before$$, 'and keep fractions of seconds, an empty object for an empty cell, NULL for No');
SELECT is(pg_temp.bring(:'edited', 'replace') || ' ' || pg_temp.changes(), 'applied kpi_reference_ranges -1, kpis -1, products -1', 'a replace deletes what was entered here, and nothing else');

-- System defaults.
UPDATE kpi_reference_ranges SET range_id = range_id + 1000 WHERE customer_id IS NULL;
SELECT is(pg_temp.bring(:'edited', 'replace'), 'unchanged', 'defaults are recognised by their values when their keys are others');
\set changed `python3 test/data/version1/edit.py 'Playbook Reports!H2={"summary": "lost"}' 'KPI Reference Ranges!F6#10.25'`
SELECT is(pg_temp.bring(:'changed') || ' ' || pg_temp.changes(), 'applied kpi_reference_ranges +1', 'one that is neither by key nor by value is the customer''s');
SELECT results_eq($$SELECT customer_id, critical_max FROM kpi_reference_ranges WHERE kpi_name = 'Default KPI 5' ORDER BY 1$$, $$VALUES (3, 10.25), (NULL, 10.50)$$, 'beside the default');
DELETE FROM kpi_reference_ranges WHERE kpi_name = 'Default KPI 5' AND customer_id = 3;
UPDATE kpi_reference_ranges SET range_id = range_id - 1000 WHERE customer_id IS NULL;
CREATE TEMP TABLE shared AS SELECT pg_temp.digest('shared', true) AS rows;
SELECT is(pg_temp.bring(:'changed'), 'unchanged', 'a default that was edited in the file is not changed');
SELECT alike(pg_temp.warnings(), '%of these were edited, which changes nothing: a row of the customer''s own needs an empty key: 1%', 'which is said');
SELECT results_eq($$SELECT pg_temp.digest('shared', true)$$, $$SELECT rows FROM shared$$, 'no import ever writes one');
SELECT * FROM finish();
ROLLBACK;
