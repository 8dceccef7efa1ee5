-- What an export of one tenant costs among as many as the variable says, and then with the same rows on the same pages but the others'
-- deleted. Caller: schema.sh, in an empty database. Variables: tenants, entries, apart (teams.sql); more: tasks a
-- project of tenant 1, with as many entries each, that it has besides.
-- Prints: seconds and buffers of tenant 1's second export among the others, the same without them, and the pages that its entries are on.
\ir teams.sql
INSERT INTO task SELECT (SELECT max(id) FROM task) + row_number() OVER (), p.id, 'Task ' || 10 + n FROM generate_series(1, :more) n, project p WHERE p.tenant_id = 1;
INSERT INTO entry SELECT (SELECT max(id) FROM entry) + row_number() OVER (), k.id, '2024-02-01+00', n
FROM generate_series(1, :entries) n, (SELECT id FROM task ORDER BY id DESC LIMIT 10 * :more) k;
VACUUM (ANALYZE) task, entry;
\ir cost_of.sql
SELECT count(DISTINCT (e.ctid::text::point)[0]) AS pages FROM entry e JOIN task k ON k.id = e.task_id JOIN project p ON p.id = k.project_id WHERE p.tenant_id = 1 \gset
SELECT rehydra_export('1') \g /dev/null
SELECT * FROM pg_temp.cost_of($$SELECT rehydra_export('1')$$) \gset among_
SET session_replication_role = replica;  -- no row is left that the checks of foreign keys would find
DELETE FROM entry e USING task k, project p WHERE k.id = e.task_id AND p.id = k.project_id AND p.tenant_id <> 1;
DELETE FROM task k USING project p WHERE p.id = k.project_id AND p.tenant_id <> 1;
DELETE FROM project WHERE tenant_id <> 1;
DELETE FROM team WHERE id <> 1;
RESET session_replication_role;
VACUUM (ANALYZE) team, project, task, entry;
REINDEX SCHEMA work;
SELECT rehydra_export('1') \g /dev/null
SELECT * FROM pg_temp.cost_of($$SELECT rehydra_export('1')$$) \gset left_
\echo :among_seconds|:among_buffers|:left_seconds|:left_buffers|:pages
