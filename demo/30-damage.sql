-- An accident at customer 1: accounts deleted with all that hangs on them, values overwritten and emptied, history lost, a stray row added.
-- Caller: demo.sql and tests, after 10-data.sql. Accounts that notes or snapshots point at stay: the database would not let them go.
BEGIN;
CREATE TEMP TABLE doomed ON COMMIT DROP AS
  SELECT account_id FROM accounts AS a
  WHERE customer_id = 1 AND account_id % 4 = 0
    AND NOT EXISTS (SELECT FROM account_notes AS n WHERE n.account_id = a.account_id)
    AND NOT EXISTS (SELECT FROM account_snapshots AS s WHERE s.account_id = a.account_id);

DELETE FROM playbook_reports WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM playbook_executions WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM kpi_time_series WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM health_trends WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM kpis WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM kpi_uploads WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM product_usage WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM support_tickets WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM products WHERE account_id IN (SELECT account_id FROM doomed);
DELETE FROM accounts WHERE account_id IN (SELECT account_id FROM doomed);

UPDATE accounts SET revenue = revenue * 10, updated_at = '2025-02-03 04:05:06' WHERE customer_id = 1 AND account_id % 3 = 1 AND account_id % 5 = 0;
UPDATE accounts SET account_status = 'churned', account_name = upper(account_name) WHERE customer_id = 1 AND account_id % 7 = 0;
UPDATE accounts SET profile_metadata = '{"overwritten": true}' WHERE customer_id = 1 AND account_id % 5 = 1;
UPDATE products SET revenue = NULL, product_sku = NULL WHERE customer_id = 1 AND product_id % 11 = 0;
UPDATE playbook_triggers SET trigger_config = NULL, trigger_count = 0 WHERE customer_id = 1;
UPDATE customer_configs SET category_weights = '{}' WHERE customer_id = 1;
UPDATE kpis SET data = NULL WHERE kpi_id % 13 = 0 AND upload_id IN (SELECT upload_id FROM kpi_uploads WHERE customer_id = 1);
DELETE FROM kpi_time_series WHERE customer_id = 1 AND id % 6 = 0;
DELETE FROM feature_toggles WHERE customer_id = 1 AND feature_name = 'feature 1';
INSERT INTO products (account_id, customer_id, product_name, status)
  SELECT min(account_id), 1, 'A stray product', 'active' FROM accounts WHERE customer_id = 1;
COMMIT;
