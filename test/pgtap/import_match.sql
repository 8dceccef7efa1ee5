-- rehydra_import: rows that the application deleted and made again, ids that are taken, and what follows them.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(38);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
CREATE FUNCTION pg_temp.status() RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', r ->> 'status', r ->> 'error', r ->> 'message', r #>> '{errors,0,message}') FROM report $$;
-- Account 1 with all that hangs on it goes, as in the application.
CREATE FUNCTION pg_temp.lose_account_1() RETURNS void LANGUAGE sql AS $$
  DELETE FROM playbook_reports WHERE account_id = 1;
  DELETE FROM playbook_executions WHERE account_id = 1;
  DELETE FROM kpi_time_series WHERE account_id = 1;
  DELETE FROM health_trends WHERE account_id = 1;
  DELETE FROM kpis WHERE account_id = 1 OR upload_id = 1;
  DELETE FROM kpi_uploads WHERE account_id = 1;
  DELETE FROM products WHERE account_id = 1;
  DELETE FROM accounts WHERE account_id = 1;
$$;
-- Which account customer 1's rows are in, by name: the same whatever its id is.
CREATE FUNCTION pg_temp.family() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT concat_ws('|', 'product', product_id, product_name, account_name) AS line FROM products JOIN accounts USING (account_id) WHERE products.customer_id = 1
    UNION ALL SELECT concat_ws('|', 'upload', upload_id, account_name) FROM kpi_uploads LEFT JOIN accounts USING (account_id) WHERE kpi_uploads.customer_id = 1
    UNION ALL SELECT concat_ws('|', 'kpi', kpi_id, account_name, product_name, md5(data)) FROM kpis JOIN kpi_uploads u USING (upload_id) LEFT JOIN accounts a ON a.account_id = kpis.account_id LEFT JOIN products USING (product_id) WHERE u.customer_id = 1
    UNION ALL SELECT concat_ws('|', 'trend', trend_id, account_name) FROM health_trends JOIN accounts USING (account_id) WHERE health_trends.customer_id = 1
    UNION ALL SELECT concat_ws('|', 'point', id, kpi_id, account_name, month) FROM kpi_time_series JOIN accounts USING (account_id) WHERE kpi_time_series.customer_id = 1
    UNION ALL SELECT concat_ws('|', 'run', e.execution_id, a.account_name, report_id) FROM playbook_executions e LEFT JOIN accounts a USING (account_id) LEFT JOIN playbook_reports r USING (execution_id) WHERE e.customer_id = 1) AS lines
$$;
-- Without the ids of what may have got another.
CREATE FUNCTION pg_temp.unnumbered(lines text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(regexp_replace(line, '^(product|upload|trend)\|\d+', '\1'), E'\n' ORDER BY regexp_replace(line, '^(product|upload|trend)\|\d+', '\1')) FROM regexp_split_to_table(lines, E'\n') AS line
$$;
CREATE TEMP TABLE family AS SELECT pg_temp.family() AS one;

-- Made again under another id
SAVEPOINT again;
SELECT pg_temp.lose_account_1();
INSERT INTO accounts (account_id, customer_id, account_name, external_account_id) VALUES (777, 1, 'North, made again', 'E-1');
INSERT INTO account_notes (account_id, customer_id, note_type, note_content, created_by) VALUES (777, 1, 'call', 'points at the new one', 1);
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.status(), 'applied', 'an account made again under another id needs no confirmation');
SELECT row_eq($$SELECT inserted, updated, deleted FROM report, pg_temp.counts(r) WHERE dataset = 'accounts'$$, ROW(0::bigint, 1::bigint, 0::bigint), 'it is recognised by its external id and updated in place');
SELECT row_eq($$SELECT account_id, account_name, external_account_id, profile_metadata::text FROM accounts WHERE external_account_id = 'E-1' AND customer_id = 1$$,
  ROW(777, 'North'::text, 'E-1'::text, '{"tier":  "gold"}'::text), 'with the file''s values under the id it has');
SELECT is((SELECT r -> 'ids_changed' FROM report), '{"accounts": [{"old": "1", "new": "777"}]}'::jsonb, 'ids_changed says so');
SELECT is(pg_temp.family(), (SELECT one FROM family), 'what hangs on it follows');
SELECT is((SELECT count(*) FROM products WHERE account_id = 777), 3::bigint, 'to the new id');
SELECT is((SELECT count(*) FROM account_notes WHERE account_id = 777), 1::bigint, 'what pointed at the new one still does');
SELECT is(pg_temp.import() ->> 'status', 'unchanged', 'the same file again has nothing to do');
SELECT is((SELECT dry.r -> 'ids_changed' FROM pg_temp.import('dry_run => true') AS dry (r)), '{"accounts": [{"old": "1", "new": "777"}]}'::jsonb, 'but still says which row is which');
ROLLBACK TO again;

-- By name, where there is no external id
SELECT pg_temp.lose_account_1();
INSERT INTO accounts (account_id, customer_id, account_name) VALUES (778, 1, 'North');
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.status(), 'applied', 'an account without external id is recognised by its name');
SELECT is((SELECT external_account_id FROM accounts WHERE account_id = 778), 'E-1', 'and gets the rest');
SELECT is(pg_temp.family(), (SELECT one FROM family), 'what hangs on it follows');
ROLLBACK TO again;

-- Not another customer's
SELECT pg_temp.lose_account_1();
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.status(), 'applied', 'where only customer 2 has an account of that external id and name');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'customer 1''s is inserted under its own id');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'and customer 2''s is left alone');
ROLLBACK TO again;

-- Two that could be meant
SELECT pg_temp.lose_account_1();
INSERT INTO accounts (account_id, customer_id, account_name, external_account_id) VALUES (777, 1, 'One', 'E-1'), (779, 1, 'Other', 'E-1');
CREATE TEMP TABLE doubtful AS SELECT pg_temp.digest('1', true) AS one;
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'two rows that could be meant are a conflict');
SELECT matches(pg_temp.status(), 'sheet "Accounts Summary", cell I2, column "External Account ID".*777.*779', 'which names the cell and both rows');
SELECT isnt((SELECT r #>> '{errors,0,hint}' FROM report), NULL, 'with a remedy');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM doubtful), 'and nothing is guessed');
ROLLBACK TO again;

-- The partner is in the file itself: no match
SELECT pg_temp.lose_account_1();
UPDATE accounts SET external_account_id = 'E-1' WHERE account_id = 2;
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.status(), 'applied', 'a row that the file has under its own key is nobody else''s partner');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and both come back as they were');
ROLLBACK TO again;

-- Several data sets at once
SELECT pg_temp.lose_account_1();
INSERT INTO accounts (account_id, customer_id, account_name, external_account_id) VALUES (777, 1, 'North', 'E-1');
INSERT INTO products (product_id, account_id, customer_id, product_name) VALUES (801, 777, 1, 'Beta'), (802, 777, 1, 'Alpha');
INSERT INTO health_trends (trend_id, account_id, customer_id, month, year, overall_health_score) VALUES (803, 777, 1, 2, 2024, 9);
INSERT INTO playbook_executions (id, execution_id, customer_id, account_id, playbook_id, execution_data, started_at) VALUES (804, 'run-1', 1, 777, 'x', '2', now());
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.status(), 'applied', 'products, trends and runs of the account made again are recognised within it');
SELECT is((SELECT r -> 'ids_changed' FROM report), '{"accounts": [{"old": "1", "new": "777"}], "products": [{"old": "1", "new": "802"}, {"old": "2", "new": "801"}],
  "health_trends": [{"old": "2", "new": "803"}], "playbook_executions": [{"old": "1", "new": "804"}]}'::jsonb, 'each by its own key');
SELECT is((SELECT count(DISTINCT product_id) FROM kpis WHERE account_id = 777 AND product_id IN (801, 802, 3)), 3::bigint, 'KPIs point at the products that are there');
SELECT is(pg_temp.unnumbered(pg_temp.family()), (SELECT pg_temp.unnumbered(one) FROM family), 'nothing else is different');
ROLLBACK TO again;

-- Ids that another customer took
SELECT pg_temp.lose_account_1();
INSERT INTO accounts (account_id, customer_id, account_name) VALUES (1, 2, 'Theirs now');
INSERT INTO products (product_id, account_id, customer_id, product_name) VALUES (2, 1, 2, 'Theirs too');
INSERT INTO kpi_uploads (upload_id, customer_id, account_id, version) VALUES (1, 2, 1, 9);
CREATE TEMP TABLE theirs AS SELECT pg_temp.neighbours() AS others;
CREATE TEMP TABLE taken AS SELECT * FROM pg_temp.previewed();
SELECT ok(EXISTS (SELECT FROM taken WHERE dataset = 'accounts' AND inserted = 1), 'the preview, which sees no one else''s rows, counts an insert');
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.status(), 'applied', 'ids that another customer holds do not stop the import');
SELECT is((SELECT array_agg(DISTINCT key ORDER BY key) FROM report, jsonb_object_keys(r -> 'ids_changed') AS key), '{accounts,kpi_uploads,products}'::text[], 'ids_changed has each of them');
SELECT is((SELECT concat(r #>> '{ids_changed,accounts,0,old}', ' ', (r #>> '{ids_changed,accounts,0,new}')::int > 1000) FROM report), '1 t', 'from the old to the next free one');
SELECT is((SELECT count(*) FROM accounts WHERE account_name = 'North' AND customer_id = 1 AND account_id = (SELECT (r #>> '{ids_changed,accounts,0,new}')::int FROM report)), 1::bigint, 'under which it is');
SELECT is((SELECT string_agg(product_name, ' ' ORDER BY product_name) FROM products JOIN accounts USING (account_id) WHERE account_name = 'North' AND products.customer_id = 1), 'Alpha Beta Gamma', 'its products follow');
SELECT is((SELECT count(*) FROM kpis JOIN kpi_uploads u USING (upload_id) JOIN products p USING (product_id) JOIN accounts a ON a.account_id = kpis.account_id
           WHERE u.customer_id = 1 AND p.customer_id = 1 AND a.customer_id = 1 AND p.account_id = a.account_id), 30::bigint, 'and all thirty KPIs point at rows of customer 1');
SELECT is(pg_temp.unnumbered(pg_temp.family()), (SELECT pg_temp.unnumbered(one) FROM family), 'nothing else is different');
SELECT is(pg_temp.neighbours(), (SELECT others FROM theirs), 'customer 2 keeps what it took');
SELECT cmp_ok((SELECT nextval(pg_get_serial_sequence('accounts', 'account_id'))), '>', (SELECT max(account_id)::bigint FROM accounts), 'the sequence is past every id');
ROLLBACK TO again;

-- A sequence that is behind
SELECT setval(pg_get_serial_sequence('feature_toggles', 'id'), 1, false) AS behind \gset
DELETE FROM feature_toggles WHERE customer_id = 1;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'where a sequence is behind the ids of the file');
SELECT lives_ok($$INSERT INTO feature_toggles (customer_id, feature_name, enabled) VALUES (1, 'next', true)$$, 'the next ordinary insert does not meet them');
SELECT cmp_ok((SELECT nextval(pg_get_serial_sequence('products', 'product_id'))), '>', 1000::bigint, 'no sequence is ever lowered');

SELECT * FROM finish();
ROLLBACK;
