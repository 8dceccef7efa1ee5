-- The same rows of tenant 1 on the same pages, but the others' deleted. Caller: schema.sh, in the database of neighbours.sql.
-- Prints: accesses to buffers and seconds of tenant 1's second export.
\set ON_ERROR_STOP on
SET search_path = work, public;
SET session_replication_role = replica;  -- no row is left that the checks of foreign keys would find
DELETE FROM entry e USING task k, project p WHERE k.id = e.task_id AND p.id = k.project_id AND p.tenant_id <> 1;
DELETE FROM task k USING project p WHERE p.id = k.project_id AND p.tenant_id <> 1;
DELETE FROM project WHERE tenant_id <> 1;
DELETE FROM team WHERE id <> 1;
RESET session_replication_role;
VACUUM (ANALYZE) team, project, task, entry;
REINDEX SCHEMA work;
\ir cost_of.sql
SELECT rehydra_export('1') \g /dev/null
SELECT * FROM pg_temp.cost_of($$SELECT rehydra_export('1')$$) \gset
\echo :buffers|:seconds
