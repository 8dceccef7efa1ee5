-- rehydra_register and rehydra_unregister: one table, with choices of one's own; rules beyond the table's constraints.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(46);

CREATE SCHEMA crm;
SET LOCAL search_path = crm, public;
CREATE TABLE owners (owner uuid PRIMARY KEY, name text);
CREATE TABLE deals (id serial PRIMARY KEY, owner uuid NOT NULL REFERENCES owners, code text NOT NULL UNIQUE, month int, amount numeric, memo text, pin text,
                    closed_by int, token text);
CREATE TABLE steps (id serial PRIMARY KEY, deal int REFERENCES deals, previous int REFERENCES deals, no int);
CREATE TABLE diary (id int PRIMARY KEY, deal int REFERENCES deals);
CREATE TABLE kinds (kind text, label text, UNIQUE (kind));
CREATE VIEW seen AS SELECT * FROM deals;

SELECT throws_ok($$SELECT * FROM rehydra_register('deals')$$, '42703', NULL, 'the first table of a model needs a tenant column');
SELECT is((SELECT concat_ws(' | ', table_name, action, sheet_title, tenant, row_key, note)
           FROM rehydra_register('owners', role => 'own', tenant_column => 'owner')),
  'crm.owners | registered | Owners | owner | owner | the tenant''s own row: updated only; open to everybody else as before', 'the tenant''s own row');
SELECT is((SELECT concat_ws(' | ', table_name, action, sheet_title, tenant, row_key, note)
           FROM rehydra_register('deals', tenant_column => 'owner', key_columns => '{code}', sheet => 'Geschäfte', headers => '{"amount": "Betrag €"}',
             leave_out => '{closed_by}', secret_columns => '{pin}', match_keys => '[["memo", "month"]]', order_by => '{month}',
             checks => '{"month": "month BETWEEN 1 AND 12", "amount": "amount >= 0 OR memo LIKE ''credit%''"}')),
  'crm.deals | registered | Geschäfte | owner | code | told apart by code; secret: pin; left out: closed_by; open to everybody else as before', 'every choice');
SELECT is((SELECT array_agg(header ORDER BY position) FROM rehydra.sheet_columns), '{Name,ID,Code,Month,"Betrag €",Memo,Token}', 'the sheet has the headers chosen, and none of what is hidden');
SELECT is((SELECT columns FROM rehydra.dataset_checks WHERE name = 'amount'), '{amount,memo}', 'a rule knows the columns that it reads');
SELECT throws_ok($$SELECT * FROM rehydra_register('steps')$$, '42P17', 'table crm.steps does not say which tenant its rows belong to', 'several ways need a choice');
SELECT is((SELECT tenant FROM rehydra_register('steps', tenant_path => 'deal')), 'deal -> deals.owner', 'by column');
SELECT is((SELECT tenant FROM rehydra_register('steps', tenant_path => 'steps_previous_fkey')), 'previous -> deals.owner', 'or by the name of the foreign key; again is anew');
SELECT is((SELECT concat_ws(' | ', action, note) FROM rehydra_register('diary', role => 'left_out', reason => 'for support alone')), 'excluded | for support alone', 'a decision against a table');
SELECT is((SELECT concat_ws(' | ', action, tenant, note) FROM rehydra_register('kinds', role => 'reference')), 'reference | not exported', 'a reference that belongs to nobody');

-- Refusals, each leaving the registry as it was.
CREATE TEMP TABLE registry AS SELECT md5(string_agg(d::text, '|' ORDER BY d.dataset)) AS sum FROM rehydra.datasets d;
SELECT throws_ok($$SELECT * FROM rehydra_register('seen')$$, '42809', NULL, 'a view');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', role => 'boss', tenant_column => 'owner')$$, '22023', NULL, 'a role that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'nobody')$$, '42703', NULL, 'a tenant column that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register('steps', tenant_path => 'nowhere')$$, '42P17', NULL, 'a way that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', leave_out => '{nothing}')$$, '42703', NULL, 'a column to leave out that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', leave_out => '{code}')$$, '42P17', NULL, 'the key cannot be left out');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', key_columns => '{memo}')$$, '42P16', NULL, 'a key that does not tell rows apart');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', headers => '{"memo": "X", "month": " x"}')$$, '42701', NULL, 'a header twice');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', checks => '{"m": "month +"}')$$, '42601', NULL, 'a rule that is not understood');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', checks => '{"m": "month + 1"}')$$, '42804', NULL, 'a rule that is not a condition');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', checks => '{"m": "max(month) > 1"}')$$, '42803', NULL, 'a rule over many rows');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', checks => '{"m": "1 = 1"}')$$, '22023', NULL, 'a rule about nothing');
SELECT throws_ok($$SELECT * FROM rehydra_register('deals', tenant_column => 'owner', secret_columns => '{pin}', checks => '{"m": "pin <> ''''"}')$$, '22023', NULL, 'a rule about a secret');
SELECT is((SELECT md5(string_agg(d::text, '|' ORDER BY d.dataset)) FROM rehydra.datasets d), (SELECT sum FROM registry), 'refusals leave the registry as it was');
SELECT throws_ok($$SELECT * FROM rehydra_register('kinds', role => 'left_out')$$, '22023', NULL, 'a decision without a reason');
SELECT is((SELECT count(*)::int FROM rehydra_register('kinds', role => 'left_out', reason => 'x', dry_run => true)), 1, 'a dry run answers');
SELECT is((SELECT role FROM rehydra.datasets WHERE dataset = 'kinds'), 'reference', 'and changes nothing');

-- The rules at work: the file's rows are checked before anything changes, and the cell is named.
INSERT INTO owners VALUES ('11111111-1111-1111-1111-111111111111', 'one'), ('22222222-2222-2222-2222-222222222222', 'two');
INSERT INTO deals (id, owner, code, month, amount, memo) VALUES (1, '11111111-1111-1111-1111-111111111111', 'a', 3, 5, 'x'), (2, '11111111-1111-1111-1111-111111111111', 'b', 1, -5, 'credit note');
CREATE TEMP TABLE file AS SELECT rehydra_export('11111111-1111-1111-1111-111111111111'::uuid) AS f;
UPDATE deals SET month = 13 WHERE id = 1;
CREATE TEMP TABLE bad AS SELECT rehydra_export('11111111-1111-1111-1111-111111111111'::uuid) AS f;
UPDATE deals SET month = 3 WHERE id = 1;
CREATE TEMP TABLE report AS SELECT rehydra_import(f, customer_id => '11111111-1111-1111-1111-111111111111') AS r FROM bad;
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'a row that breaks a rule is rejected');
SELECT matches((SELECT r -> 'errors' -> 0 ->> 'message' FROM report), 'month BETWEEN 1 AND 12', 'with the rule');
SELECT is((SELECT concat_ws(' ', r -> 'errors' -> 0 ->> 'sheet', r -> 'errors' -> 0 ->> 'cell', r -> 'errors' -> 0 ->> 'column_name') FROM report), 'Geschäfte C3 month', 'and its cell, in the order chosen');
SELECT is((SELECT month FROM deals WHERE id = 1), 3, 'and changes nothing');
SELECT is((SELECT rehydra_import(f, customer_id => '11111111-1111-1111-1111-111111111111') ->> 'status' FROM file), 'unchanged', 'rows that keep the rules pass');

-- Renames: the data set stays what it is, and its rules with it.
ALTER TABLE steps RENAME TO stages;
ALTER TABLE deals RENAME month TO deal_month;
SELECT is((SELECT concat_ws(' | ', table_name, tenant) FROM rehydra_register('stages', tenant_path => 'deal')), 'crm.stages | deal -> deals.owner', 'a renamed table is registered anew');
SELECT is((SELECT array_agg(dataset ORDER BY dataset) FROM rehydra.datasets), '{deals,diary,kinds,owners,steps}', 'as the data set that it was');
UPDATE deals SET deal_month = 4 WHERE id = 1;
SELECT is((SELECT rehydra_import(f, customer_id => '11111111-1111-1111-1111-111111111111') ->> 'status' FROM bad), 'rejected', 'a rule over a renamed column still holds');
SELECT is((SELECT rehydra_import(f, customer_id => '11111111-1111-1111-1111-111111111111') ->> 'status' FROM file), 'applied', 'and lets pass what keeps it');
CREATE TABLE steps (id int PRIMARY KEY, owner uuid NOT NULL);
SELECT throws_ok($$SELECT * FROM rehydra_register('steps', tenant_column => 'owner')$$, '42710', NULL, 'another table of the former name is not taken for it');
DROP TABLE steps;
SELECT is((SELECT class FROM rehydra_coverage() WHERE table_name = 'crm.stages' AND class = 'registered'), 'registered', 'coverage knows it by its new name');

-- Unregister.
SELECT throws_ok($$SELECT rehydra_unregister('deals')$$, '2BP01', NULL, 'a table that others'' ways lead through stays');
SELECT throws_ok($$SELECT rehydra_unregister('seen')$$, '42704', NULL, 'what is not registered cannot be taken out');
SELECT set_eq($$SELECT rehydra_unregister('stages')$$,
  ARRAY['REVOKE SELECT, INSERT, UPDATE, DELETE ON crm.stages FROM rehydra_worker', 'DROP POLICY rehydra_pass ON crm.stages', 'DROP POLICY rehydra_permit ON crm.stages', 'DROP POLICY rehydra_restrict ON crm.stages',
        'ALTER TABLE crm.stages DISABLE ROW LEVEL SECURITY', 'table crm.stages is no longer registered in model "default"'], 'a table is taken out, and is what it was');
SELECT is((SELECT relrowsecurity FROM pg_class WHERE oid = 'stages'::regclass), false, 'its row level security too');
SELECT is((SELECT count(*)::int FROM rehydra.dataset_references WHERE dataset = 'steps') + (SELECT count(*)::int FROM rehydra.sheets WHERE dataset = 'steps'), 0, 'nothing of it is left in the registry');
UPDATE rehydra.models SET isolation = 'all';
SELECT matches((SELECT string_agg(u, ' ') FROM rehydra_unregister('kinds') AS u), 'no longer registered', 'a reference goes');
UPDATE rehydra.models SET isolation = 'worker';
SELECT is((SELECT action FROM rehydra_register('deals', role => 'left_out', reason => 'no longer theirs')), 'excluded', 'a registered table can be left out later');
SELECT is((SELECT relrowsecurity::text || (SELECT count(*) FROM pg_policy WHERE polrelid = 'deals'::regclass) FROM pg_class WHERE oid = 'deals'::regclass), 'false0', 'and is what it was before');
SELECT * FROM finish();
ROLLBACK;
