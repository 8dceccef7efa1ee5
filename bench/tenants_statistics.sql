-- What the planner knows of the preset's tables: fresh (analyzed now), stale (analyzed when there were ten customers), none (never analyzed).
-- Caller: tenants.sh, as a superuser. Variable: knowledge.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT :'knowledge' = 'fresh' AS is_fresh, :'knowledge' = 'stale' AS is_stale \gset
VACUUM (INDEX_CLEANUP on, TRUNCATE on);  -- of what runs that were rolled back have left
\if :is_fresh
  ANALYZE;
\else
  BEGIN;
  DELETE FROM pg_statistic s USING pg_class c WHERE c.oid = s.starelid AND c.relnamespace = 'crm'::regnamespace;
  UPDATE pg_class c SET relpages = u.relpages, reltuples = u.reltuples, relallvisible = 0 FROM bench.untouched u WHERE u.oid = c.oid;
  \if :is_stale
    CREATE SCHEMA ten;
    SELECT format('CREATE TABLE ten.%I (LIKE crm.%1$I INCLUDING INDEXES)', relname), 
           format('INSERT INTO ten.%I SELECT * FROM crm.%1$I WHERE %s', relname,
                  CASE relname WHEN 'kpis' THEN 'upload_id IN (SELECT upload_id FROM crm.kpi_uploads WHERE customer_id <= 10)' ELSE 'customer_id <= 10' END),
           format('ANALYZE ten.%I', relname),
           format('INSERT INTO pg_statistic SELECT %L::regclass, staattnum, stainherit, stanullfrac, stawidth, stadistinct, stakind1, stakind2, stakind3, stakind4, stakind5,
                     staop1, staop2, staop3, staop4, staop5, stacoll1, stacoll2, stacoll3, stacoll4, stacoll5, stanumbers1, stanumbers2, stanumbers3, stanumbers4, stanumbers5,
                     stavalues1, stavalues2, stavalues3, stavalues4, stavalues5 FROM pg_statistic WHERE starelid = %L::regclass', 'crm.' || relname, 'ten.' || relname)
    FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' \gexec
    -- An index of the same table, over the same columns.
    UPDATE pg_class c SET relpages = ten.relpages, reltuples = ten.reltuples FROM pg_class ten
    WHERE ten.relnamespace = 'ten'::regnamespace AND c.relnamespace = 'crm'::regnamespace AND c.relkind = 'r' AND c.relname = ten.relname;
    UPDATE pg_class c SET relpages = ten.relpages, reltuples = ten.reltuples
    FROM pg_index i, pg_index n, pg_class ten, pg_class tab, pg_class tab_ten
    WHERE i.indexrelid = c.oid AND tab.oid = i.indrelid AND tab.relnamespace = 'crm'::regnamespace AND tab_ten.relnamespace = 'ten'::regnamespace
      AND tab_ten.relname = tab.relname AND n.indrelid = tab_ten.oid AND n.indkey::text = i.indkey::text AND ten.oid = n.indexrelid;
    DROP SCHEMA ten CASCADE;
  \endif
  COMMIT;
\endif
SELECT rehydra_follow_renames() \g /dev/null
