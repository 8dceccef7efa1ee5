-- Customer 1 emptied, but for its own row and its users. Caller: run.sh, in a copy of the database. Nobody refers to what goes.
\set ON_ERROR_STOP on
SET session_replication_role = replica;
SELECT CASE name WHEN 'kpis' THEN 'DELETE FROM crm.kpis WHERE kpi_id IN (SELECT kpi_id FROM bench.kpis)'
                 ELSE format('DELETE FROM crm.%I WHERE customer_id = 1', name) END
FROM bench.tables WHERE emptied ORDER BY place DESC \gexec
VACUUM (ANALYZE);
CHECKPOINT;
