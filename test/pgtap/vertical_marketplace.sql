-- The questions of marketplaces: which account is which, whose external id counts, merged or replaced, and what is used and asked for.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(17);
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
INSERT INTO kept VALUES ('first', rehydra_export(1));

-- Should accounts be matched by external_account_id or account_name? By the first, then the other.
SAVEPOINT start;
SELECT pg_temp.keep_patched('renamed', 'accounts', 'account_id', '{"1": {"account_id": 901, "account_name": "North, renamed", "revenue": 11}, "2": {"account_id": 902, "external_account_id": null, "revenue": 12}}');
UPDATE report SET r = pg_temp.import('mode => ''merge'', datasets => ''{accounts}'', options => ''{"profile": "marketplace"}''', name => 'renamed');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'a merge of two accounts whose ids are other ones') FROM report;
SELECT results_eq('SELECT account_id, account_name, external_account_id, revenue FROM accounts WHERE account_id IN (1, 2, 901, 902) ORDER BY 1',
  $$VALUES (1, 'North, renamed', 'E-1', 11.00), (2, 'South', NULL, 12.00)$$, 'the external id says who it is, the name where there is none');
ROLLBACK TO start;

-- How to handle duplicate accounts (same external id, different names)? They are reported with both places, never guessed.
SELECT pg_temp.keep_patched('twice', 'accounts', 'account_id', '{"2": {"external_account_id": "E-1"}}');
UPDATE report SET r = pg_temp.import('mode => ''merge'', datasets => ''{accounts}'', options => ''{"profile": "marketplace"}''', name => 'twice');
SELECT is(r ->> 'status', 'rejected', 'one external id under two names is refused') FROM report;
SELECT cmp_ok((SELECT count(*) FROM report, jsonb_array_elements(r -> 'errors')), '>=', 2::bigint, 'at both places');
ROLLBACK TO start;

-- How to handle a missing external id? It stays empty; no other is made up.
SELECT pg_temp.keep_patched('missing', 'accounts', 'account_id', '{"5": {"account_id": 905, "account_name": "New one"}}');
UPDATE report SET r = pg_temp.import('mode => ''merge'', datasets => ''{accounts}'', options => ''{"profile": "marketplace"}''', name => 'missing');
SELECT is(r ->> 'status', 'applied', 'an account without an external id comes in') FROM report;
SELECT results_eq($$SELECT external_account_id FROM accounts WHERE account_name = 'New one'$$, 'VALUES (NULL::text)', 'without one');
ROLLBACK TO start;

-- Merge or replace? Ranges are merged in this profile, whatever the import's mode.
UPDATE kpi_reference_ranges SET healthy_max = 9 WHERE range_id = 1;
INSERT INTO kpi_reference_ranges (range_id, customer_id, kpi_name, unit, higher_is_better, critical_min, critical_max, risk_min, risk_max, healthy_min, healthy_max)
  VALUES (50, 1, 'Only here', '%', true, 0, 1, 1, 2, 2, 3);
UPDATE report SET r = pg_temp.import('confirm => ''DELETE'', options => ''{"profile": "marketplace"}''');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'a replace in which ranges are merged') FROM report;
SELECT is((SELECT count(*) FROM kpi_reference_ranges WHERE range_id = 50), 1::bigint, 'a range that the file lacks stays');
SELECT is((SELECT healthy_max FROM kpi_reference_ranges WHERE range_id = 1), 3.00, 'one that it has is the file''s');
SELECT is((SELECT w FROM report, jsonb_array_elements_text(r -> 'warnings') AS w WHERE w LIKE '%Range 1%'),
  'sheet "KPI Reference Ranges", Range 1: the database says Healthy Max 9.00, the file Healthy Max 3.00', 'and both are named');
UPDATE kpi_reference_ranges SET healthy_max = 9 WHERE range_id = 1;
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT is((SELECT count(*) FROM kpi_reference_ranges WHERE range_id = 50), 0::bigint, 'without the profile they are replaced');
ROLLBACK TO start;

-- Must export product usage and support tickets; tickets are recognised by their external id.
INSERT INTO product_usage (usage_id, product_id, account_id, customer_id, usage_date, active_users, usage_hours, feature_usage)
  VALUES (1, 1, 1, 1, '2024-02-28', 5, 1.50, '{"a":  1}'), (2, 1, 1, 1, '2024-02-29', NULL, NULL, NULL), (11, 11, 11, 2, '2024-02-29', 7, 1, NULL);
INSERT INTO support_tickets (ticket_id, account_id, customer_id, external_ticket_id, subject, opened_at) VALUES (1, 1, 1, 'T-1', 'Help', '2024-02-29 10:00'), (11, 11, 2, 'T-1', 'Theirs', '2024-02-29');
INSERT INTO kept VALUES ('usage', rehydra_export(1));
SELECT pg_temp.keep_patched('moved', 'support_tickets', 'ticket_id', '{"1": {"ticket_id": 501, "subject": "Help!"}}');
CREATE TEMP TABLE used AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
DELETE FROM product_usage WHERE customer_id = 1;
UPDATE support_tickets SET subject = NULL WHERE ticket_id = 1;
UPDATE report SET r = pg_temp.import(name => 'usage');
SELECT is(r ->> 'status', 'applied', 'usage and tickets come back') FROM report;
SELECT is(pg_temp.digest('1'), (SELECT one FROM used), 'exactly');
SELECT is(pg_temp.neighbours(), (SELECT others FROM used), 'and nobody else''s');
UPDATE report SET r = pg_temp.import('mode => ''merge'', options => ''{"profile": "marketplace"}''', name => 'moved');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'a ticket under another id') FROM report;
SELECT results_eq('SELECT ticket_id, subject FROM support_tickets WHERE customer_id = 1', $$VALUES (1, 'Help!')$$, 'is the same one');
SELECT is((SELECT json_array_length(convert_from(rehydra_export('1', 'json', period => '[2024-02-29,2024-03-01)'), 'UTF8')::json -> 'datasets' -> 'product_usage')), 1, 'a period takes the days that are in it');
ROLLBACK;
