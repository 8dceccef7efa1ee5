-- The preset customer_success: what it creates and registers, in an empty schema and in an application's own.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(42);

CREATE TEMP TABLE installed AS SELECT * FROM rehydra_install_preset('customer_success', 'Fresh Schema');

SELECT is_empty('SELECT * FROM installed WHERE action <> ''created''', 'in an empty schema every table is created');
SELECT set_eq(
  $$SELECT relname::text FROM pg_class WHERE relnamespace = '"Fresh Schema"'::regnamespace AND relkind = 'r'$$,
  $$VALUES ('account_notes'), ('account_snapshots'), ('accounts'), ('customer_configs'), ('customers'), ('feature_toggles'), ('health_trends'),
           ('kpi_reference_ranges'), ('kpi_time_series'), ('kpi_uploads'), ('kpis'), ('playbook_executions'), ('playbook_reports'),
           ('playbook_triggers'), ('products'), ('users'), ('product_usage'), ('support_tickets'), ('health_score_rules')$$,
  'all tables of the reference model are there');
SELECT results_eq(
  $$SELECT dataset, role FROM rehydra.datasets WHERE model = 'customer_success' AND role <> 'data' ORDER BY dataset$$,
  $$VALUES ('account_notes', 'left_out'), ('account_snapshots', 'left_out'), ('customers', 'own'), ('users', 'reference')$$,
  'customers is the tenant''s own row, users are referred to, notes and snapshots are left out');
SELECT is_empty($$SELECT * FROM rehydra.datasets WHERE model = 'customer_success' AND role = 'left_out' AND reason IS NULL$$,
  'what is left out says why');
SELECT row_eq($$SELECT tenant_type, isolation, acting_role FROM rehydra.models WHERE model = 'customer_success'$$,
  ROW('integer'::text, 'all'::text, 'rehydra_worker'::name), 'tables of our own are protected against everybody');
SELECT results_eq($$SELECT sheet FROM rehydra.sheets WHERE model = 'customer_success' ORDER BY position$$,
  $$VALUES ('Accounts Summary'), ('All KPIs'), ('Products'), ('Customer Profile Data'), ('Playbook Triggers'), ('Playbook Executions'),
           ('Playbook Reports'), ('Customer Config'), ('Health Trends'), ('KPI Time Series'), ('KPI Reference Ranges'), ('Feature Toggles'),
           ('KPI Uploads'), ('Customer'), ('Product Usage'), ('Support Tickets'), ('Health Score Rules')$$,
  'the sheets stand in version 1''s order, new ones behind');

SELECT is(
  (SELECT string_agg(header, '|' ORDER BY position) FROM rehydra.sheet_columns c
   WHERE c.model = 'customer_success' AND c.sheet = v1.sheet AND position <= cardinality(string_to_array(v1.headers, '|'))),
  v1.headers, format('sheet "%s" begins with version 1''s headers', v1.sheet))
FROM (VALUES
  ('Accounts Summary', 'Account ID|Account Name|Revenue|Industry|Region|Status|Health Score|Products Used|External Account ID'),
  ('All KPIs', 'KPI ID|Account ID|Account Name|Product ID|Product Name|Category|KPI Parameter|Data|Impact Level|Measurement Frequency|Health Score Component|Weight|Aggregation Type'),
  ('Products', 'Product ID|Account ID|Account Name|Product Name|Product SKU|Product Type|Revenue|Status'),
  ('Customer Profile Data', 'Account ID|Account Name|External Account ID|Profile Metadata (JSON)'),
  ('Playbook Triggers', 'Trigger ID|Playbook Type|Trigger Config (JSON)|Auto Trigger Enabled|Last Evaluated|Last Triggered|Trigger Count'),
  ('Playbook Executions', 'Execution ID|Account ID|Account Name|Playbook ID|Status|Current Step|Execution Data (JSON)|Started At|Completed At'),
  ('Playbook Reports', 'Report ID|Execution ID|Account ID|Account Name|Playbook ID|Playbook Name|Status|Report Data (JSON)|Duration|Steps Completed|Total Steps|Started At|Completed At'),
  ('Customer Config', 'Config ID|KPI Upload Mode|Category Weights (JSON)|Master File Name'),
  ('Health Trends', 'Trend ID|Account ID|Account Name|Month|Year|Overall Health Score|Product Usage Score|Support Score|Customer Sentiment Score|Business Outcomes Score|Relationship Strength Score|Total KPIs|Valid KPIs'),
  ('KPI Time Series', 'ID|KPI ID|Account ID|Account Name|Month|Year|Value|Health Status|Health Score'),
  ('KPI Reference Ranges', 'Range ID|KPI Name|Unit|Higher Is Better|Critical Min|Critical Max|Risk Min|Risk Max|Healthy Min|Healthy Max|Critical Range|Risk Range|Healthy Range|Description'),
  ('Feature Toggles', 'ID|Feature Name|Enabled|Config (JSON)|Description')) AS v1 (sheet, headers);

CREATE TEMP VIEW uncovered AS
  SELECT d.model, d.dataset, a.attname
  FROM rehydra.datasets d JOIN pg_attribute a ON a.attrelid = d.relation_oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE d.role IN ('data', 'own') AND a.attgenerated = '' AND a.attname IS DISTINCT FROM d.tenant_column::name
    AND a.attname <> ALL (d.secret_columns)
    AND NOT EXISTS (SELECT FROM rehydra.sheets s JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet
                    WHERE s.model = d.model AND s.dataset = d.dataset AND c.column_name = a.attname AND c.kind = 'data');
SELECT is_empty('SELECT * FROM uncovered', 'every column but tenant columns and secrets is on a sheet');
SELECT results_eq(
  $$SELECT dataset, secret_columns FROM rehydra.datasets WHERE model = 'customer_success' AND secret_columns <> '{}'$$,
  $$VALUES ('customer_configs', '{openai_api_key_encrypted,openai_api_key_updated_at}'::text[])$$, 'the API key and its date are secrets');
SELECT is_empty(
  $$SELECT c.* FROM rehydra.datasets d JOIN rehydra.sheets s USING (model, dataset) JOIN rehydra.sheet_columns c USING (model, sheet)
    WHERE c.kind = 'data' AND (c.column_name = ANY (d.secret_columns) OR c.column_name = d.tenant_column)$$,
  'no secret and no tenant column is on a sheet');
SELECT results_eq(
  $$SELECT sheet, header FROM rehydra.sheet_columns WHERE model = 'customer_success' AND kind = 'display' AND expression IS NOT NULL ORDER BY 1, 2$$,
  $$VALUES ('Accounts Summary', 'Health Score'), ('Accounts Summary', 'Products Used'), ('Customer', 'Customer ID'),
           ('Customer Profile Data', 'Account Name')$$,
  'what is computed is for the reader only');
SELECT results_eq(
  $$SELECT dataset, string_agg(reference, ' ' ORDER BY reference) FROM rehydra.dataset_references WHERE model = 'customer_success' GROUP BY 1 ORDER BY 1$$,
  $$VALUES ('health_trends', 'account'), ('kpi_reference_ranges', 'created_by updated_by'), ('kpi_time_series', 'account kpi'),
           ('kpi_uploads', 'account user'), ('kpis', 'account last_editor product upload'), ('playbook_executions', 'account'),
           ('playbook_reports', 'account execution'), ('product_usage', 'account product'), ('products', 'account'), ('support_tickets', 'account')$$,
  'every foreign key but those to the tenant is declared once, under a short name');
SELECT is((SELECT tenant_reference FROM rehydra.datasets WHERE model = 'customer_success' AND dataset = 'kpis'), 'upload', 'kpis belong to a customer through their upload');
SELECT is((SELECT array_agg(dataset) FROM rehydra.datasets WHERE model = 'customer_success' AND shared_rows), '{kpi_reference_ranges}',
  'reference ranges have rows that all customers share');
SELECT is((SELECT match_keys FROM rehydra.datasets WHERE model = 'customer_success' AND dataset = 'accounts'), '[["external_account_id"], ["account_name"]]',
  'an account whose id is unknown is recognised by its external id, then by its name');
SELECT is_empty(
  $$SELECT k.conrelid::regclass, k.conname FROM pg_constraint k
    WHERE k.contype = 'f' AND k.connamespace = '"Fresh Schema"'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1])$$,
  'every foreign key has an index');
SELECT is_empty(
  $$SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'Fresh Schema' AND column_name IN ('created_at', 'updated_at') AND column_default IS DISTINCT FROM 'now()'$$,
  'times of creation and change have the default now()');

SELECT is_empty($$SELECT * FROM rehydra_install_preset('customer_success', 'Fresh Schema') WHERE action <> 'taken as it is'$$, 'it can be installed again');
SELECT is((SELECT isolation FROM rehydra.models WHERE model = 'customer_success'), 'all', 'installed again, tables of our own stay protected against everybody');
SELECT throws_ok($$SELECT rehydra_install_preset('customer_succes')$$, '22023', NULL, 'an unknown preset is refused');
SELECT throws_ok($$SELECT rehydra_install_preset('customer_success', 'x', '{"modle": "y"}')$$, '22023', NULL, 'an unknown option is refused');
SELECT throws_ok($$SELECT rehydra_install_preset('customer_success', 'x', '{"secret_columns": {"users": ["email"]}}')$$, '22023', NULL,
  'secret columns of a table that is not exported are refused');
SELECT throws_ok($$SELECT rehydra_install_preset('customer_success', 'Other')$$, '42710', NULL, 'a second schema under the same model name is refused');
SELECT lives_ok($$SELECT rehydra_install_preset('customer_success', 'Other', '{"model": "other"}')$$, 'a second schema has a model of its own');

-- An application's own tables: text customer ids, a column missing, some more, one secret, one generated, kpis with their own tenant column.
CREATE SCHEMA app;
CREATE TABLE app.customers (customer_id varchar(10) PRIMARY KEY, customer_name text NOT NULL, email text, domain text);
CREATE TABLE app.accounts (account_id bigint PRIMARY KEY, customer_id varchar(10) NOT NULL REFERENCES app.customers, account_name text NOT NULL,
                           revenue numeric, health_score int, owner_name text, api_token text, twice numeric GENERATED ALWAYS AS (revenue * 2) STORED);
CREATE TABLE app.kpis (kpi_id bigint PRIMARY KEY, customer_id varchar(10) NOT NULL, account_id bigint, data text);
CREATE TEMP TABLE taken AS
  SELECT * FROM rehydra_install_preset('customer_success', 'app', '{"model": "app", "secret_columns": {"accounts": ["api_token"]}}');

SELECT row_eq($$SELECT tenant_type, isolation FROM rehydra.models WHERE model = 'app'$$, ROW('character varying'::text, 'worker'::text),
  'an application''s tables are protected for the acting role alone, and its type of customer ids is kept, without its length');
SELECT results_eq($$SELECT DISTINCT dataset FROM taken WHERE action = 'taken as it is' ORDER BY 1$$, $$VALUES ('accounts'), ('customers'), ('kpis')$$,
  'tables that exist are taken as they are');
SELECT is(to_regclass('app.account_notes'), NULL, 'an application without notes is not given any');
SELECT is((SELECT note FROM taken WHERE sheet = 'Customer'), 'left off: Phone, Created At, Updated At', 'columns that a table lacks are left off and named');
SELECT is((SELECT string_agg(header, ',' ORDER BY position) FROM rehydra.sheet_columns WHERE model = 'app' AND sheet = 'Accounts Summary'),
  'Account ID,Account Name,Revenue,Health Score,Products Used,Health Score [health_score],Owner Name',
  'further columns are appended under headers made from their names; secret and generated ones are not');
SELECT results_eq($$SELECT tenant_column, tenant_reference FROM rehydra.datasets WHERE model = 'app' AND dataset = 'kpis'$$, $$VALUES ('customer_id', NULL::text)$$,
  'a table with a tenant column of its own is not reached through others');
SELECT is_empty('SELECT * FROM uncovered', 'in an application''s schema, too, every column is on a sheet');

SELECT * FROM finish();
ROLLBACK;
