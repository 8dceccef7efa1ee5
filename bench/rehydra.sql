-- One run of rehydra, rolled back. Caller: run.sh. Variables: action (export, again: one that is not the session's first, import), format, arguments (of the
-- import, behind the others), sampler, peak and stop (files); plans, where they are to be told (plans.psql).
-- Prints: seconds, status, WAL bytes, and memory before it in kB: RssAnon, the backend's own memory without shared buffers.
\set ON_ERROR_STOP on
SELECT rehydra_version() \g /dev/null
SELECT pg_backend_pid() AS pid, current_setting('server_version') AS version \gset
\setenv BACKEND :pid
\setenv PEAK :peak
\setenv STOP :stop
SELECT :'action' = 'again' AS is_again, :'action' IN ('export', 'again') AS is_export \gset
\if :is_again
  SELECT length(rehydra_export('1', :'format')) \g /dev/null
\endif
BEGIN;
SELECT (regexp_match(pg_read_file('/proc/self/status'), 'RssAnon:\s+(\d+)'))[1] AS idle \gset
\! bash "$SAMPLER" "$BACKEND" "$PEAK" "$STOP" &
\if :{?plans}
  \ir plans.psql
\endif
SELECT pg_current_wal_insert_lsn() AS lsn, clock_timestamp() AS began \gset
\if :is_export
  SELECT 'exported' AS status, length(rehydra_export('1', :'format')) AS bytes \gset
\else
  SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE' :arguments) ->> 'status' AS status FROM bench.workbook \gset
\endif
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 3) AS seconds, pg_current_wal_insert_lsn() - :'lsn' AS wal \gset
\! touch "$STOP"
ROLLBACK;
\echo :seconds :status :wal :idle
