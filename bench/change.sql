-- One row in :every of customer 1 changed, in every table, by plain updates. Caller: run.sh, in a copy of the database.
\set ON_ERROR_STOP on
SELECT CASE name WHEN 'kpis' THEN format('UPDATE crm.kpis SET %s WHERE kpi_id IN (SELECT kpi_id FROM bench.kpis) AND kpi_id / 3 %% %s = 0', change, :every)
                 ELSE format('UPDATE crm.%I SET %s WHERE customer_id = 1 AND %I / 3 %% %s = 0', name, change, key, :every) END
FROM bench.tables ORDER BY place \gexec
VACUUM (ANALYZE);
CHECKPOINT;
