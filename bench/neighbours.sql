-- What an export of one tenant costs among as many as the variable says. Caller: schema.sh, in an empty database. Variables: tenants, entries,
-- apart (teams.sql); more: tasks a project of tenant 1, with as many entries each, that it has besides.
-- Prints: accesses to buffers and seconds of tenant 1's second export, and the pages that its entries are on.
\ir teams.sql
CREATE EXTENSION pg_buffercache SCHEMA public;
INSERT INTO task SELECT (SELECT max(id) FROM task) + row_number() OVER (), p.id, 'Task ' || 10 + n FROM generate_series(1, :more) n, project p WHERE p.tenant_id = 1;
INSERT INTO entry SELECT (SELECT max(id) FROM entry) + row_number() OVER (), k.id, '2024-02-01+00', n
FROM generate_series(1, :entries) n, (SELECT id FROM task ORDER BY id DESC LIMIT 10 * :more) k;
VACUUM (ANALYZE) task, entry;
\ir cost_of.sql
SELECT count(DISTINCT (e.ctid::text::point)[0]) AS pages FROM entry e JOIN task k ON k.id = e.task_id JOIN project p ON p.id = k.project_id WHERE p.tenant_id = 1 \gset
SELECT rehydra_export('1') \g /dev/null
SELECT * FROM pg_temp.cost_of($$SELECT rehydra_export('1')$$) \gset
\echo :buffers|:seconds|:pages
