-- One run of COPY, rolled back: the same rows of the same tables, one table after the other. Caller: run.sh.
-- Variables: action (export, again: the same once more in one session, import), csv (the folder of prepare.sql). Prints: seconds.
\set ON_ERROR_STOP on
SELECT :'action' = 'again' AS is_again, :'action' IN ('export', 'again') AS is_export \gset
\if :is_again
  SELECT format('COPY (SELECT * FROM bench.%I) TO PROGRAM %L (FORMAT csv)', name, 'gzip -1 > /dev/null') FROM bench.tables ORDER BY place \gexec
\endif
BEGIN;
SELECT clock_timestamp() AS began \gset
\if :is_export
  SELECT format('COPY (SELECT * FROM bench.%I) TO PROGRAM %L (FORMAT csv)', name, 'gzip -1 > /dev/null') FROM bench.tables ORDER BY place \gexec
\else
  SELECT format('COPY crm.%I FROM %L (FORMAT csv)', name, :'csv' || '/' || name || '.csv') FROM bench.tables WHERE emptied ORDER BY place \gexec
\endif
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 3) AS seconds \gset
ROLLBACK;
\echo :seconds
