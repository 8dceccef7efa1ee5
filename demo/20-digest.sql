-- The state of every table and customer in numbers: rows, and digests of the rows' text that do not depend on their order. Plain SQL, no
-- rehydra; every table of the application, those that no export carries and all secrets included.
-- Caller: demo.sql, bench and tests, as a superuser, with the tables on the search_path.
-- Variable digest: the name of the temporary table that is made.
SET datestyle = 'ISO, YMD';
SET bytea_output = 'hex';

CREATE TEMP TABLE :"digest" AS
WITH every_row (table_name, customer_id, row_text) AS (
            SELECT 'customers', customer_id, t::text FROM customers AS t
  UNION ALL SELECT 'users', customer_id, t::text FROM users AS t
  UNION ALL SELECT 'customer_configs', customer_id, t::text FROM customer_configs AS t
  UNION ALL SELECT 'accounts', customer_id, t::text FROM accounts AS t
  UNION ALL SELECT 'products', customer_id, t::text FROM products AS t
  UNION ALL SELECT 'kpi_uploads', customer_id, t::text FROM kpi_uploads AS t
  UNION ALL SELECT 'kpis', u.customer_id, t::text FROM kpis AS t LEFT JOIN kpi_uploads AS u ON u.upload_id = t.upload_id
  UNION ALL SELECT 'health_trends', customer_id, t::text FROM health_trends AS t
  UNION ALL SELECT 'kpi_time_series', customer_id, t::text FROM kpi_time_series AS t
  UNION ALL SELECT 'kpi_reference_ranges', customer_id, t::text FROM kpi_reference_ranges AS t
  UNION ALL SELECT 'playbook_triggers', customer_id, t::text FROM playbook_triggers AS t
  UNION ALL SELECT 'playbook_executions', customer_id, t::text FROM playbook_executions AS t
  UNION ALL SELECT 'playbook_reports', customer_id, t::text FROM playbook_reports AS t
  UNION ALL SELECT 'feature_toggles', customer_id, t::text FROM feature_toggles AS t
  UNION ALL SELECT 'product_usage', customer_id, t::text FROM product_usage AS t
  UNION ALL SELECT 'support_tickets', customer_id, t::text FROM support_tickets AS t
  UNION ALL SELECT 'health_score_rules', customer_id, t::text FROM health_score_rules AS t
  UNION ALL SELECT 'account_notes', customer_id, t::text FROM account_notes AS t
  UNION ALL SELECT 'account_snapshots', customer_id, t::text FROM account_snapshots AS t
), hashed AS (
  SELECT table_name, COALESCE(customer_id::text, 'shared') AS customer, md5(row_text) AS hash FROM every_row
)
SELECT table_name, customer, count(*) AS row_count,
       sum(('x' || left(hash, 16))::bit(64)::bigint) AS digest_left, sum(('x' || right(hash, 16))::bit(64)::bigint) AS digest_right
FROM hashed
GROUP BY table_name, customer;

RESET datestyle;
RESET bytea_output;
