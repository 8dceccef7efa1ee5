-- What an export of one tenant costs among as many as the variable says. Caller: schema.sh, in an empty database. Variables: tenants.
-- Prints: seconds and buffers of tenant 1's second export.
\set entries 10
\ir teams.sql
SELECT length(rehydra_export('1')) \g /dev/null
CREATE FUNCTION pg_temp.explained(statement text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || statement INTO plan;
  RETURN plan -> 0;
END
$$;
SELECT pg_temp.explained($$SELECT rehydra_export('1')$$) AS plan \gset
SELECT round((:'plan'::json ->> 'Execution Time')::numeric / 1000, 3),
       (:'plan'::json -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (:'plan'::json -> 'Plan' ->> 'Shared Read Blocks')::bigint;
