-- The preset's tables with as many customers as the variable says: customer 1 of about 10,000 rows (160 accounts), each other one of about 200 (3).
-- Caller: tenants.sh, as a superuser in an empty database. Variables: tenants; apart: whether one customer was written after the other, as imports do.
-- Otherwise they stand interleaved row by row, as they grew side by side, customer 1 like the others.
-- Promise: vacuumed, never analyzed. Ids rise in the order of writing. bench.untouched is what the server knew of tables that nobody had looked at.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE SCHEMA crm;
SELECT count(*) FROM rehydra_install_preset('customer_success', 'crm') \g /dev/null
\ir tables.sql
SET search_path = crm, public;
-- The rows are known to be whole; the checks come back before anything is measured.
SET session_replication_role = replica;
SET work_mem = '256MB';

CREATE TEMP TABLE tenant AS SELECT t, CASE t WHEN 1 THEN 160 ELSE 3 END AS size, CASE WHEN :apart THEN t END AS turn FROM generate_series(1, :tenants) AS t;
INSERT INTO customers SELECT t, 'Customer ' || t, 'admin@' || t || '.example.com', '+49 ' || t, t || '.example.com', '2022-01-01', '2023-01-01' FROM tenant;
INSERT INTO users SELECT t, t, 'user', 'user@' || t || '.example.com', md5(t::text), true, '2024-01-01', '2022-01-01', NULL FROM tenant;
INSERT INTO customer_configs SELECT t, t, 'corporate', '{"Support": 0.2}', 'Master.xlsx', 'sealed-' || md5(t::text), '2024-01-01', '2022-01-01', '2023-01-01' FROM tenant;

-- Of n accounts of a customer the i-th comes when i of n parts of the time are over.
CREATE TEMP TABLE account AS SELECT row_number() OVER (ORDER BY turn, i::float / size, t)::int AS id, t, turn FROM tenant, generate_series(1, size) AS i;
ANALYZE account;
INSERT INTO accounts SELECT id, t, 'Account ' || id, id * 7.25, 'active', 'Retail', 'EMEA', lpad(id::text, 8, '0'), '{"account_tier": "SMB"}', '2023-01-01', '2024-01-01' FROM account ORDER BY id;
INSERT INTO kpi_uploads SELECT id, t, id, t, '2024-01-01', 1, 'KPI.xlsx', decode(md5(id::text), 'hex'), '{"rows": 10}' FROM account ORDER BY id;
INSERT INTO playbook_executions SELECT id, md5(id::text), t, id, 'voc-sprint', 'completed', 'last', '{"steps": []}', '2024-01-01', '2024-01-04', '2024-01-01', '2024-01-04' FROM account ORDER BY id;
INSERT INTO playbook_reports SELECT id, md5(id::text), t, id, 'voc-sprint', 'Sprint', 'Account ' || id, 'completed', '{"score": 1}', '3 days', 6, 6, '2024-01-01', '2024-01-04', '2024-01-04', '2024-01-04', '2024-01-04' FROM account ORDER BY id;
INSERT INTO support_tickets SELECT id, id, t, 'T-' || id, 'Ticket', 'open', 'P1', '', '2024-01-01', NULL, NULL, NULL, '2024-01-01', '2024-01-01' FROM account ORDER BY id;

-- What is there several times in each account or customer: its id is its place in the order of writing.
CREATE TEMP TABLE product AS SELECT row_number() OVER (ORDER BY turn, p, id)::int AS product, p, id, t FROM account, generate_series(1, 3) AS p;
INSERT INTO products SELECT product, id, t, 'Product ' || p, 'SKU-' || product, 'SaaS', product * 1.5, 'active', '2023-01-01', '2024-01-01' FROM product ORDER BY product;
INSERT INTO product_usage SELECT product, product, id, t, '2024-02-28', product % 50, product % 7, 1.25, '{"search": 3}', '2024-03-01', '2024-03-01' FROM product ORDER BY product;
CREATE TEMP TABLE kpi AS SELECT row_number() OVER (ORDER BY turn, k, id)::int AS kpi, k, id, t, turn FROM account, generate_series(1, 10) AS k;
INSERT INTO kpis SELECT kpi, id, id, NULL, 'Sum', 'Support', k, 'Tickets', '10%', (kpi % 100)::text, NULL, 'Open tickets ' || k, 'High', 'Monthly', CASE WHEN k = 1 THEN t END, NULL FROM kpi ORDER BY kpi;
INSERT INTO kpi_time_series
  SELECT row_number() OVER (ORDER BY turn, m, kpi), kpi, id, t, m, 2024, (kpi % 1000) / 10.0, 'healthy', 50, '2024-01-01', '2024-01-01' FROM kpi, generate_series(1, 3) AS m ORDER BY 1;
INSERT INTO health_trends
  SELECT row_number() OVER (ORDER BY turn, m, id), id, t, m, 2024, 50, 60, 70, 80, 90, NULL, 10, 10, '2024-01-01', '2024-01-01' FROM account, generate_series(1, 12) AS m ORDER BY 1;
INSERT INTO kpi_reference_ranges
  SELECT row_number() OVER (ORDER BY turn, r, t), t, 'KPI ' || r, '%', true, 0, 30, 30, 70, 70, 100, '0-30', '30-70', '70-100', NULL, '2024-01-01', '2024-01-01', t, NULL FROM tenant, generate_series(1, 4) AS r ORDER BY 1;
INSERT INTO playbook_triggers SELECT row_number() OVER (ORDER BY turn, p, t), t, 'playbook ' || p, NULL, true, NULL, NULL, 0, '2024-01-01', '2024-01-01' FROM tenant, generate_series(1, 3) AS p ORDER BY 1;
INSERT INTO feature_toggles SELECT row_number() OVER (ORDER BY turn, f, t), t, 'feature ' || f, true, NULL, NULL, '2024-01-01', '2024-01-01' FROM tenant, generate_series(1, 4) AS f ORDER BY 1;

DROP TABLE tenant, account, product, kpi;
RESET session_replication_role;
CREATE TABLE bench.untouched AS SELECT oid, relpages, reltuples FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind IN ('r', 'i');
VACUUM;
CREATE TABLE bench.files (customer int PRIMARY KEY, file bytea NOT NULL);
INSERT INTO bench.files SELECT c, rehydra_export(c::text) FROM generate_series(1, 2) AS c;
