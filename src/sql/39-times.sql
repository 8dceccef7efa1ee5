-- The columns that say when: what an export of a period or of changes goes by.

CREATE FUNCTION rehydra.find_time(relation regclass, names text[]) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.attname FROM unnest(names) WITH ORDINALITY AS n (name, place)
  JOIN pg_attribute a ON a.attrelid = relation AND a.attname = n.name AND a.attnum > 0 AND NOT a.attisdropped
    AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
  ORDER BY n.place LIMIT 1
$$;
COMMENT ON FUNCTION rehydra.find_time(regclass, text[]) IS 'The first of these columns that is a date or a timestamp; NULL where none is';

CREATE FUNCTION rehydra.check_time(relation regclass, column_name text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF column_name IS NOT NULL AND rehydra.find_time(relation, ARRAY[column_name]) IS NULL THEN
    RAISE EXCEPTION 'column "%" of table % is no date or timestamp', column_name, relation
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Name a column of type date, timestamp or timestamptz, or '''' for none.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_time(regclass, text) IS 'Raises 22023 for a column that does not say when';

CREATE FUNCTION rehydra.set_times(model text, dataset text, spec jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  relation regclass := (SELECT d.relation_oid FROM rehydra.datasets d WHERE d.model = set_times.model AND d.dataset = set_times.dataset);
  happened text := NULLIF(COALESCE(spec ->> 'time_column', rehydra.find_time(relation,
    '{occurred_at,happened_at,measured_at,recorded_at,event_time,observed_at,started_at,ordered_at,placed_at,posted_at,uploaded_at,created_at,inserted_at,created,date}')), '');
  changed text := NULLIF(COALESCE(spec ->> 'changed_column', rehydra.find_time(relation,
    '{updated_at,modified_at,changed_at,last_modified_at,last_updated_at,last_edited_at,updated,modified,updated_on,modified_on}')), '');
BEGIN
  PERFORM rehydra.check_time(relation, happened), rehydra.check_time(relation, changed);
  UPDATE rehydra.datasets d
  SET time_column = happened, time_expression = CASE WHEN happened IS NULL THEN spec ->> 'time_expression' END, changed_column = changed
  WHERE d.model = set_times.model AND d.dataset = set_times.dataset;
END
$$;
COMMENT ON FUNCTION rehydra.set_times(text, text, jsonb) IS 'Notes which columns say when: those of the spec (time_column or time_expression, changed_column; '''' for none), else those whose names say so';

REVOKE ALL ON FUNCTION rehydra.find_time(regclass, text[]), rehydra.check_time(regclass, text), rehydra.set_times(text, text, jsonb) FROM PUBLIC;
