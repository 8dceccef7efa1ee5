-- A session that registers tables nobody has seen: from CREATE EXTENSION to an export in two calls. Rolled back as a whole.
\set ON_ERROR_ROLLBACK on
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS rehydra;
CREATE SCHEMA app;
CREATE TABLE app.tenants (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.plans (code text PRIMARY KEY);
CREATE TABLE app.accounts (id serial PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, name text, plan text REFERENCES app.plans, api_key text);
CREATE TABLE app.deals (id serial PRIMARY KEY, account_id int NOT NULL REFERENCES app.accounts, month int, amount numeric(10,2));
CREATE TABLE app.transfers (id serial PRIMARY KEY, src int NOT NULL REFERENCES app.accounts, dst int NOT NULL REFERENCES app.accounts);
CREATE TABLE app.holidays (day date PRIMARY KEY);
INSERT INTO app.tenants VALUES (1, 'Acme'), (2, 'Umbrella');
INSERT INTO app.accounts (tenant_id, name) VALUES (1, 'North'), (2, 'East');
INSERT INTO app.deals (account_id, month, amount) VALUES (1, 3, 10.50), (2, 4, 20);

-- What would happen, and then it.
SELECT table_name, action, note FROM rehydra_register_schema('app', dry_run => true) WHERE table_name = 'app.deals';
SELECT * FROM rehydra_register_schema('app');
SELECT length(rehydra_export(1)) > 10000 AS exported;

-- A choice for what is ambiguous, a decision against a table, and rules.
SELECT * FROM rehydra_register_schema('app', paths => '{"transfers": "src"}', exclude => '{holidays}');
SELECT * FROM rehydra_register('app.deals', headers => '{"amount": "Amount EUR"}', checks => '{"month": "month BETWEEN 1 AND 12"}');
SELECT * FROM rehydra_coverage();

-- A rule at work.
UPDATE app.deals SET month = 13 WHERE id = 1;
SELECT rehydra_export(1) AS file \gset
UPDATE app.deals SET month = 3 WHERE id = 1;
SELECT r ->> 'status' AS status, r -> 'errors' -> 0 ->> 'sheet' AS sheet, r -> 'errors' -> 0 ->> 'cell' AS cell, r -> 'errors' -> 0 ->> 'message' AS message
FROM rehydra_import(:'file', customer_id => '1') AS r;

-- What is wrong is said, with what to do.
SELECT * FROM rehydra_register_schema('nowhere');
SELECT * FROM rehydra_register_schema('app', 'customer', model => 'second');
SELECT * FROM rehydra_register_schema('app', paths => '{"transfer": "src"}');
SELECT * FROM rehydra_register('app.deals', checks => '{"month": "mnth > 0"}');
SELECT * FROM rehydra_register('app.deals', role => 'left_out');
SELECT * FROM rehydra_unregister('app.accounts');
SELECT * FROM rehydra_unregister('app.deals', 'other');

SELECT * FROM rehydra_unregister('app.deals');
ROLLBACK;
