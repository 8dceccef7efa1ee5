-- A model of three steps (team - project - task - entry), registered, whose tenants are as many as the variable says, each of the same size:
-- 10 projects of 10 tasks of so many entries. Caller: neighbours.sql, together.sh, in an empty database. Variables: tenants, entries; apart:
-- whether one tenant was written after the other, as imports do. Otherwise they stand interleaved, as they grew side by side.
\if :{?apart}
\else
  \set apart false
\endif
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE SCHEMA work;
SET search_path = work, public;
CREATE TABLE team (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE project (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES team, title text NOT NULL);
CREATE TABLE task (id bigint PRIMARY KEY, project_id bigint NOT NULL REFERENCES project, title text NOT NULL);
CREATE TABLE entry (id bigint PRIMARY KEY, task_id bigint NOT NULL REFERENCES task, at timestamptz NOT NULL, minutes int NOT NULL);
INSERT INTO team SELECT t, 'Team ' || t FROM generate_series(1, :tenants) t;
INSERT INTO project SELECT row_number() OVER (ORDER BY CASE WHEN :apart THEN t END, n, t), t, 'Project ' || n FROM generate_series(1, 10) n, generate_series(1, :tenants) t;
INSERT INTO task SELECT row_number() OVER (ORDER BY CASE WHEN :apart THEN p.id END, n, p.id), p.id, 'Task ' || n FROM generate_series(1, 10) n, project p;
INSERT INTO entry SELECT row_number() OVER (ORDER BY CASE WHEN :apart THEN k.id END, n, k.id), k.id, '2024-01-01+00'::timestamptz + n * interval '1 hour', n FROM generate_series(1, :entries) n, task k;
CREATE INDEX ON project (tenant_id, id);
CREATE INDEX ON task (project_id);
CREATE INDEX ON entry (task_id);
SELECT count(*) FROM rehydra_register_schema('work', tenant_column => 'tenant_id') \g /dev/null
VACUUM (ANALYZE);
