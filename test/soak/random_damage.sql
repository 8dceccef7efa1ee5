-- An accident at customer 1 that is different at every round and the same for a seed: rows lost, overwritten, emptied, too many.
-- Caller: random_kills.sh, behind demo/10-data.sql, with the tables on the search_path. Variables: seed, and share, how many of 1024 rows
-- each step hits (1024: everything that the database lets go). Accounts that notes or snapshots point at stay.
BEGIN;
SELECT set_config('soak.seed', :'seed', true) AS seed, set_config('soak.share', :'share', true) AS share \gset was_
CREATE FUNCTION pg_temp.hit(id bigint, step int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT (hashint8extended(id, current_setting('soak.seed')::bigint * 64 + step) & 1023) < current_setting('soak.share')::int
$$;
CREATE TEMP TABLE lost_account ON COMMIT DROP AS
  SELECT account_id FROM accounts AS a
  WHERE customer_id = 1 AND pg_temp.hit(account_id, 1)
    AND NOT EXISTS (SELECT FROM account_notes AS n WHERE n.account_id = a.account_id)
    AND NOT EXISTS (SELECT FROM account_snapshots AS s WHERE s.account_id = a.account_id);
CREATE TEMP TABLE lost_kpi ON COMMIT DROP AS
  SELECT k.kpi_id FROM kpis AS k JOIN kpi_uploads AS u USING (upload_id)
  WHERE u.customer_id = 1 AND (pg_temp.hit(k.kpi_id, 2) OR k.account_id IN (TABLE lost_account) OR u.account_id IN (TABLE lost_account));

DELETE FROM playbook_reports WHERE customer_id = 1 AND (pg_temp.hit(report_id, 3) OR account_id IN (TABLE lost_account));
DELETE FROM playbook_executions WHERE customer_id = 1 AND (pg_temp.hit(id, 4) OR account_id IN (TABLE lost_account));
DELETE FROM playbook_triggers WHERE customer_id = 1 AND pg_temp.hit(trigger_id, 5);
DELETE FROM feature_toggles WHERE customer_id = 1 AND pg_temp.hit(id, 6);
DELETE FROM kpi_reference_ranges WHERE customer_id = 1 AND pg_temp.hit(range_id, 7);
DELETE FROM kpi_time_series WHERE customer_id = 1 AND (pg_temp.hit(id, 8) OR kpi_id IN (TABLE lost_kpi) OR account_id IN (TABLE lost_account));
DELETE FROM health_trends WHERE customer_id = 1 AND (pg_temp.hit(trend_id, 9) OR account_id IN (TABLE lost_account));
DELETE FROM kpis WHERE kpi_id IN (TABLE lost_kpi);
DELETE FROM kpi_uploads WHERE customer_id = 1 AND account_id IN (TABLE lost_account);
DELETE FROM product_usage WHERE customer_id = 1 AND account_id IN (TABLE lost_account);
DELETE FROM support_tickets WHERE customer_id = 1 AND account_id IN (TABLE lost_account);
DELETE FROM products WHERE customer_id = 1 AND account_id IN (TABLE lost_account);
DELETE FROM accounts WHERE account_id IN (TABLE lost_account);

UPDATE customers SET customer_name = customer_name || ' ' || :seed, domain = NULL WHERE customer_id = 1;
UPDATE customer_configs SET category_weights = '{}', master_file_name = NULL WHERE customer_id = 1 AND pg_temp.hit(config_id, 10);
UPDATE accounts SET account_name = upper(account_name) || ' ' || :seed, revenue = NULL WHERE customer_id = 1 AND pg_temp.hit(account_id, 11);
UPDATE accounts SET profile_metadata = '{"over": "written"}' WHERE customer_id = 1 AND pg_temp.hit(account_id, 12);
UPDATE products SET product_name = 'Product ' || product_id, product_sku = NULL WHERE customer_id = 1 AND pg_temp.hit(product_id, 13);
UPDATE kpi_uploads SET raw_excel = '\x00', parsed_json = NULL WHERE customer_id = 1 AND pg_temp.hit(upload_id, 14);
UPDATE kpis SET data = NULL, kpi_parameter = 'KPI ' || :seed
  WHERE upload_id IN (SELECT upload_id FROM kpi_uploads WHERE customer_id = 1) AND pg_temp.hit(kpi_id, 15);
UPDATE kpi_time_series SET value = 0.01, year = year + 10 WHERE customer_id = 1 AND pg_temp.hit(id, 16);
UPDATE health_trends SET overall_health_score = 0 WHERE customer_id = 1 AND pg_temp.hit(trend_id, 17);

-- Strays: an account that nobody ordered with what hangs on it, and rows at the accounts that are left.
WITH stray AS (INSERT INTO accounts (customer_id, account_name) VALUES (1, 'A stray account') RETURNING account_id)
INSERT INTO products (account_id, customer_id, product_name) SELECT account_id, 1, 'At the stray account' FROM stray;
INSERT INTO products (account_id, customer_id, product_name)
  SELECT account_id, 1, 'A stray product' FROM accounts WHERE customer_id = 1 AND pg_temp.hit(account_id, 18);
INSERT INTO health_trends (account_id, customer_id, month, year, overall_health_score)
  SELECT account_id, 1, 1, 2030, 1.00 FROM accounts WHERE customer_id = 1 AND pg_temp.hit(account_id, 19);
INSERT INTO kpi_time_series (kpi_id, account_id, customer_id, month, year, value)
  SELECT k.kpi_id, k.account_id, 1, 1, 2050, 1.00 FROM kpis AS k JOIN kpi_uploads AS u USING (upload_id) WHERE u.customer_id = 1 AND pg_temp.hit(k.kpi_id, 20);
COMMIT;
