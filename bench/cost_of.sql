-- What a statement costs, with everything that it runs inside. Callers: neighbours.sql, tenants_run.sql.
CREATE FUNCTION pg_temp.cost_of(statement text, OUT seconds numeric, OUT buffers bigint) LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || statement INTO plan;
  seconds := round((plan -> 0 ->> 'Execution Time')::numeric / 1000, 3);
  buffers := (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint;
END
$$;
