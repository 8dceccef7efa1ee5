-- A session that exports: what people call, see and are told. Rolled back as a whole.
\set ON_ERROR_ROLLBACK on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT count(*) > 0 AS installed FROM rehydra_install_preset('customer_success', 'shop');
INSERT INTO shop.customers (customer_id, customer_name) VALUES (1, 'Acme'), (2, 'Umbrella');
INSERT INTO shop.accounts (customer_id, account_name) VALUES (1, 'North'), (1, 'South'), (2, 'East');
CREATE ROLE session_of_one IN ROLE rehydra_exporter;
GRANT USAGE ON SCHEMA shop TO session_of_one;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO session_of_one;

-- The application says for whom a session acts; the workbook is a value.
SET LOCAL ROLE session_of_one;
SET LOCAL rehydra.tenant = '1';
SELECT substr(rehydra_export(), 1, 4) AS zip, length(rehydra_export()) BETWEEN 10000 AND 100000 AS plausible;
SELECT kind, outcome, customer_id, effective_role, datasets -> 'accounts' AS accounts, file_bytes > 0 AS has_bytes
FROM rehydra.activity_log ORDER BY at DESC LIMIT 1;

-- It acts for no other.
SELECT rehydra_export(2);
SET LOCAL rehydra.tenant = '';
SELECT rehydra_export(1);
RESET ROLE;

-- An operator names the customer.
SELECT length(rehydra_export(2)) > 0 AS exported;
SELECT rehydra_export();
SELECT rehydra_export(3);

-- What is not understood is named, with what there is.
SELECT rehydra_export(1, format => 'ods');
SELECT rehydra_export(1, datasets => '{account}');
SELECT rehydra_export(1, options => '{"model": "shop"}');
SELECT rehydra_export(1, options => '{"passwort": "x"}');
SELECT rehydra_export('one');

-- Nothing is read that row level security does not guard.
ALTER TABLE shop.kpis DISABLE ROW LEVEL SECURITY;
SELECT rehydra_export(1);
ROLLBACK;
