-- The tables that are measured, referred-to before referring, and views that show customer 1's rows of them: what COPY writes and reads is
-- what rehydra exports and imports.
-- Caller: prepare.sql. Promise: schema bench; nothing of the application's schema crm is changed.
CREATE SCHEMA bench;
CREATE TABLE bench.tables (place int PRIMARY KEY, name text NOT NULL UNIQUE, emptied boolean NOT NULL, change text NOT NULL, key text NOT NULL);
-- change: makes a row one that the import has to write back; key: picks each n-th row. The customer's own row, and with it its users, stays.
INSERT INTO bench.tables (place, name, emptied, change, key) VALUES
  (1, 'customers', false, 'updated_at = ''2001-02-03 04:05:06.789''', 'customer_id'),
  (2, 'customer_configs', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'config_id'),
  (3, 'accounts', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'account_id'),
  (4, 'products', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'product_id'),
  (5, 'kpi_uploads', true, 'version = version + 1', 'upload_id'),
  (6, 'kpis', true, 'row_index = row_index + 1', 'kpi_id'),
  (7, 'health_trends', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'trend_id'),
  (8, 'kpi_time_series', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'id'),
  (9, 'kpi_reference_ranges', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'range_id'),
  (10, 'playbook_triggers', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'trigger_id'),
  (11, 'playbook_executions', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'id'),
  (12, 'playbook_reports', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'report_id'),
  (13, 'feature_toggles', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'id'),
  (14, 'product_usage', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'usage_id'),
  (15, 'support_tickets', true, 'updated_at = ''2001-02-03 04:05:06.789''', 'ticket_id');

SELECT format('CREATE VIEW bench.%I AS SELECT * FROM crm.%1$I WHERE customer_id = 1', name) FROM bench.tables WHERE name <> 'kpis' \gexec
CREATE VIEW bench.kpis AS SELECT k.* FROM crm.kpis AS k JOIN crm.kpi_uploads AS u ON u.upload_id = k.upload_id WHERE u.customer_id = 1;
