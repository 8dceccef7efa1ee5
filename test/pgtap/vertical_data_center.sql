-- The questions of data centers: are health scores kept or computed anew, by which rules, from which history, and what of their ranges.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(34);
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
CREATE FUNCTION pg_temp.warned(report jsonb, pattern text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT w FROM jsonb_array_elements_text(report -> 'warnings') AS w WHERE w LIKE pattern ORDER BY 1
$$;
INSERT INTO health_score_rules VALUES (1, 'standard', 1, '{"Product Usage KPI": 3, "Support KPI": 1}', '{"risk": 40, "healthy": 70}');
-- Range 2 is 0..1, 1..2, 2..3, higher is better; range 1 the same, lower is better. Account 1 has three KPIs with values in January 2024.
UPDATE customer_configs SET category_weights = NULL WHERE customer_id = 1;
UPDATE kpis SET category = 'Product Usage KPI', kpi_parameter = 'Range 2', weight = '3', product_id = NULL WHERE kpi_id = 2;
UPDATE kpis SET category = 'Product Usage KPI', kpi_parameter = 'Range 2', weight = 'much', product_id = 1 WHERE kpi_id = 4;
UPDATE kpis SET category = 'Support KPI', kpi_parameter = 'Range 1', weight = NULL WHERE kpi_id = 6;
UPDATE kpis SET category = 'Support KPI', kpi_parameter = 'no such range' WHERE kpi_id = 8;
UPDATE kpi_time_series SET value = 2.5 WHERE id = 1;
INSERT INTO kpi_time_series (id, kpi_id, account_id, customer_id, month, year, value)
  VALUES (21, 4, 1, 1, 1, 2024, 0.5), (22, 6, 1, 1, 1, 2024, 1.5), (23, 8, 1, 1, 1, 2024, 1), (24, 6, 1, 1, 4, 2024, -7), (25, 2, 1, 1, 5, 2024, 99);
INSERT INTO kept VALUES ('first', rehydra_export(1));
SAVEPOINT start;

-- Should health scores be recalculated, or preserved? Preserved where nothing else is said.
UPDATE health_trends SET overall_health_score = 1 WHERE trend_id = 1;
UPDATE report SET r = pg_temp.import('options => ''{"profile": "data_center"}''');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'an import') FROM report;
SELECT results_eq('SELECT overall_health_score FROM health_trends WHERE customer_id = 1 ORDER BY trend_id', 'VALUES (75.50), (0.00)', 'scores come back as they were exported');
ROLLBACK TO start;

-- On request they are computed: usage (85*3 + 20*1)/4 = 68.75, support 55 (the other KPI has no range), overall (68.75*3 + 55*1)/4.
UPDATE report SET r = pg_temp.import('options => ''{"profile": "data_center", "policy": {"health_scores": "recalculate"}}''');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'on request, also where the file changes nothing') FROM report;
SELECT results_eq('SELECT year, month, overall_health_score, product_usage_score, support_score, customer_sentiment_score, total_kpis, valid_kpis FROM health_trends WHERE account_id = 1 ORDER BY 1, 2',
  'VALUES (2024, 1, 65.31, 68.75, 55.00, NULL::numeric, 4, 3), (2024, 2, 0.00, NULL, NULL, NULL, NULL, NULL), (2024, 4, 100.00, NULL, 100.00, NULL, 1, 1), (2024, 5, 100.00, 100.00, NULL, NULL, 1, 1)',
  'each month by its KPIs, ranges and weights');
SELECT results_eq($$SELECT * FROM report, LATERAL (SELECT pg_temp.warned(r, 'health scores%') AS w) AS one$$,
  $$SELECT r, w FROM report, (VALUES ('health scores of account North (1) stay as they were where the month has no KPI value that counts: 2024-02'),
      ('health scores were recalculated: 1 months changed, 2 added')) AS v (w) ORDER BY 2$$, 'what lacks its history is named, and stays');
SELECT is((SELECT s FROM report, jsonb_array_elements(r -> 'side_effects') AS s WHERE s ->> 'by' IS NOT NULL),
  '{"table": "\"crm\".\"health_trends\"", "inserted": 2, "updated": 1, "by": "crm.rehydra_recalculate_health"}'::jsonb, 'the server counts what it wrote');
SELECT is((SELECT d ->> 'after' FROM report, jsonb_array_elements(r -> 'datasets') AS d WHERE d ->> 'name' = 'health_trends'), '4', 'and the report has the rows that are there now');
SELECT is((SELECT overall_health_score FROM health_trends WHERE trend_id = 11), 1.00, 'another customer''s scores stay');
SELECT is((SELECT jsonb_agg(h ORDER BY h.account_id) FROM (SELECT * FROM rehydra_health_scores('2')) AS h), (SELECT jsonb_agg(h ORDER BY h.account_id) FROM (SELECT * FROM rehydra_health_scores('2')) AS h), 'the same rows give the same scores');
-- Once more: the file has the old scores.
UPDATE report SET r = pg_temp.import('mode => ''merge'', datasets => ''{kpis}'', options => ''{"policy": {"health_scores": "recalculate"}}''');
SELECT is(r ->> 'status', 'unchanged', 'scores that are right already are not written') FROM report;
ROLLBACK TO start;
UPDATE customer_configs SET category_weights = '{"Product Usage KPI": 1, "Support KPI": 3}' WHERE customer_id = 1;
SELECT is((SELECT overall FROM rehydra_health_scores('1') WHERE month = 1 AND account_id = 1), 58.44, 'the customer''s own category weights come before those of the rules');
UPDATE customer_configs SET category_weights = 'not JSON' WHERE customer_id = 1;
SELECT is((SELECT overall FROM rehydra_health_scores('1') WHERE month = 1 AND account_id = 1), 65.31, 'unless nobody can read them');
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('options => ''{"policy": {"health_scores": "recalculate"}}'', dry_run => true');
SELECT is(r ->> 'status', 'previewed', 'a dry run computes them too') FROM report;
SELECT is((SELECT overall_health_score FROM health_trends WHERE trend_id = 1), 75.50, 'and keeps nothing');

-- Should we validate health score formula compatibility? The rules go out with the file.
SELECT is((SELECT convert_from(rehydra_export(1, format => 'json'), 'UTF8')::json -> 'datasets' -> 'health_score_rules' -> 0 ->> 'rules_name'), 'standard', 'rules are on a sheet of their own');
SELECT ok(strpos(convert_from(rehydra_export(1, format => 'json', datasets => '{accounts}'), 'UTF8'), '\"rules_name\":\"standard\"') > 0, 'and in the manifest, whatever is exported');
UPDATE health_score_rules SET version = 2, thresholds = '{"risk": 50, "healthy": 80}' WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import('options => ''{"policy": {"health_scores": "recalculate"}}''');
SELECT is(r ->> 'status', 'rejected', 'a file of other rules is refused where scores are to be computed') FROM report;
SELECT is(r #>> '{errors,0,message}', 'sheet "Health Score Rules", cell B2, column "Version": the file says 1, and the database 2, which imports do not change', 'with the cell and both values') FROM report;
UPDATE report SET r = pg_temp.import();
SELECT is(r ->> 'status', 'unchanged', 'where they are preserved it comes in') FROM report;
SELECT results_eq($$SELECT pg_temp.warned(r, '%Rules%') FROM report$$,
  $$VALUES ('sheet "Health Score Rules", column "Version": the file says 1, and the database 2, which imports do not change: left as it is')$$, 'with a warning');
SELECT is((SELECT version FROM health_score_rules WHERE customer_id = 1), 2, 'and the database''s rules stay');
-- Also where the sheet is no part of the import: the manifest states the rules.
UPDATE kpis SET weight = '9' WHERE kpi_id = 2;
UPDATE report SET r = pg_temp.import('datasets => ''{kpis}'', options => ''{"policy": {"health_scores": "recalculate"}}''');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'rejected the file was made by other rows of "Health Score Rules" than the database has', 'a part of such a file is refused too') FROM report;
UPDATE report SET r = pg_temp.import('datasets => ''{kpis}''');
SELECT is(r ->> 'status', 'applied', 'or comes in') FROM report;
SELECT results_eq($$SELECT pg_temp.warned(r, '%Rules%') FROM report$$, $$VALUES ('the file was made by other rows of "Health Score Rules" than the database has')$$, 'with a warning');
UPDATE health_score_rules SET version = 1, thresholds = '{"risk": 40, "healthy": 70}' WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import('datasets => ''{kpis}'', options => ''{"policy": {"health_scores": "recalculate"}}''');
SELECT is(r ->> 'status', 'applied', 'with the same rules it does so without') FROM report;
ROLLBACK TO start;
DELETE FROM health_score_rules WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import();
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'a database without rules takes the file''s') FROM report;
ROLLBACK TO start;

-- Should ranges be merged or replaced, and are they validated? As asked, with both values, never upside down.
UPDATE kpi_reference_ranges SET risk_max = 1.5 WHERE range_id = 2;
UPDATE report SET r = pg_temp.import();
SELECT results_eq($$SELECT pg_temp.warned(r, '%Range 2%') FROM report$$, $$VALUES ('sheet "KPI Reference Ranges", Range 2: the database says Risk Max 1.50, the file Risk Max 2.00')$$, 'a range that differs is listed with both');
SELECT pg_temp.keep_patched('down', 'kpi_reference_ranges', 'range_id', '{"2": {"risk_min": 3, "risk_max": 2.5}}');
UPDATE report SET r = pg_temp.import(name => 'down');
SELECT is(r ->> 'status', 'rejected', 'a range that runs downwards is refused') FROM report;
SELECT ok(r #>> '{errors,0,message}' LIKE 'data set "kpi_reference_ranges", row %the row breaks the rule "risk range runs upwards"%', 'by its rule') FROM report;
ROLLBACK TO start;
SELECT pg_temp.keep_patched('over', 'kpi_reference_ranges', 'range_id', '{"2": {"risk_max": 2.5}}');
UPDATE report SET r = pg_temp.import(name => 'over');
SELECT is(r ->> 'status', 'rejected', 'so is one that overlaps the next') FROM report;
SELECT ok(r #>> '{errors,0,message}' LIKE '%"risk and healthy do not overlap"%', 'by its rule') FROM report;

-- Product-level KPIs keep their products
ROLLBACK TO start;
DELETE FROM kpi_time_series WHERE kpi_id = 4;
DELETE FROM kpis WHERE kpi_id = 4;
UPDATE report SET r = pg_temp.import('options => ''{"profile": "data_center"}''');
SELECT is((SELECT product_id FROM kpis WHERE kpi_id = 4), 1, 'a KPI comes back with its product');
SELECT is((SELECT value FROM kpi_time_series WHERE id = 21), 0.50, 'and its values');
SELECT is(pg_temp.import() ->> 'status', 'unchanged', 'the file changes nothing more');
ROLLBACK;
