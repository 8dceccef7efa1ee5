-- The database that every measured one is a copy of: three customers, customer 1's workbook in a table, its rows as csv files.
-- Caller: run.sh, as a superuser in an empty database. Variables: rows, format, csv (a folder that the server may write to), data (10-data.sql).
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE SCHEMA crm;
SELECT count(*) FROM rehydra_install_preset('customer_success', 'crm') \g /dev/null
SET search_path = crm, public;

-- The rows are known to be whole; the checks come back before anything is measured.
SET session_replication_role = replica;
\set fewest_accounts 5
\i :data
RESET session_replication_role;
-- What would keep customer 1 from being emptied.
DELETE FROM account_notes WHERE customer_id = 1;
DELETE FROM account_snapshots WHERE customer_id = 1;
VACUUM (ANALYZE);

\ir tables.sql
SELECT format('COPY (SELECT * FROM bench.%I) TO %L (FORMAT csv)', name, :'csv' || '/' || name || '.csv') FROM bench.tables ORDER BY place \gexec
CREATE TABLE bench.workbook (file bytea NOT NULL);
ALTER TABLE bench.workbook ALTER COLUMN file SET STORAGE EXTERNAL;
INSERT INTO bench.workbook SELECT rehydra_export('1', :'format');
SELECT string_agg(format('SELECT count(*) AS rows FROM bench.%I', name), ' UNION ALL ') AS counts FROM bench.tables \gset
SELECT sum(rows) AS total FROM (:counts) AS counted \gset
SELECT length(file) AS file_bytes FROM bench.workbook \gset
VACUUM (ANALYZE) bench.workbook;
\echo :total :file_bytes
