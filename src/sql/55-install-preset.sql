-- rehydra_install_preset: makes what a preset declares (50-preset-customer-success.sql) true in one schema.
CREATE FUNCTION rehydra.preset_relation(schema text, dataset text) RETURNS regclass
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT to_regclass(format('%I.%I', schema, dataset))
$$;
COMMENT ON FUNCTION rehydra.preset_relation(text, text) IS 'The table of a preset''s data set in a schema; NULL where there is none';

CREATE FUNCTION rehydra.preset_options(options jsonb) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  filled jsonb := '{"model": "customer_success", "acting_role": "rehydra_worker", "secret_columns": {}}'::jsonb || COALESCE(options, '{}');
  odd text;
BEGIN
  SELECT string_agg(key, ', ' ORDER BY key) INTO odd FROM jsonb_object_keys(filled) AS key WHERE key NOT IN ('model', 'acting_role', 'secret_columns');
  IF odd IS NOT NULL OR jsonb_typeof(filled -> 'model') <> 'string' OR jsonb_typeof(filled -> 'acting_role') <> 'string'
     OR jsonb_typeof(filled -> 'secret_columns') <> 'object' THEN
    RAISE EXCEPTION 'options are not understood%', COALESCE(': ' || odd, '')
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Options are {"model": name, "acting_role": role, "secret_columns": {table: [column, ...]}}.';
  END IF;
  SELECT string_agg(key, ', ' ORDER BY key) INTO odd
  FROM jsonb_each(filled -> 'secret_columns') AS t (key, value)
  WHERE jsonb_typeof(value) <> 'array'
     OR key NOT IN (SELECT d.dataset FROM rehydra.customer_success_datasets() AS d WHERE d.role IN ('data', 'own'));
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION 'secret columns of % are not understood', odd
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Name a data set of the preset and a list of its columns: {"accounts": ["api_token"]}.';
  END IF;
  RETURN filled;
END
$$;
COMMENT ON FUNCTION rehydra.preset_options(jsonb) IS 'The options of rehydra_install_preset with their defaults; raises 22023 for others';

CREATE FUNCTION rehydra.preset_tenant_type(schema text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- customers is asked first: it stands first in the list.
  SELECT COALESCE((SELECT rehydra.column_type(rehydra.preset_relation(schema, t.dataset), 'customer_id')
                   FROM rehydra.customer_success_tables() WITH ORDINALITY AS t (dataset, definition, place)
                   WHERE rehydra.has_column(rehydra.preset_relation(schema, t.dataset), 'customer_id')
                   ORDER BY t.place LIMIT 1), 'integer')
$$;
COMMENT ON FUNCTION rehydra.preset_tenant_type(text) IS 'The type of customer ids in a schema: that of the tables there are, else integer';

CREATE FUNCTION rehydra.preset_create_tables(schema text) RETURNS text[]
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  created text[] := '{}';
  absent record;
  tenant_type text := rehydra.preset_tenant_type(schema);
  fresh boolean := NOT EXISTS (SELECT FROM rehydra.customer_success_tables() AS t WHERE rehydra.preset_relation(schema, t.dataset) IS NOT NULL);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
    EXECUTE format('CREATE SCHEMA %I', schema);
  END IF;
  FOR absent IN
    SELECT t.dataset, t.definition
    FROM rehydra.customer_success_tables() WITH ORDINALITY AS t (dataset, definition, place)
    JOIN rehydra.customer_success_datasets() AS d ON d.dataset = t.dataset
    -- An application that has no such diary or history of its own is not given one.
    WHERE rehydra.preset_relation(schema, t.dataset) IS NULL AND (fresh OR d.role <> 'left_out')
    ORDER BY t.place
  LOOP
    EXECUTE format(absent.definition, schema, tenant_type);
    created := created || absent.dataset;
  END LOOP;
  RETURN created;
END
$$;
COMMENT ON FUNCTION rehydra.preset_create_tables(text) IS 'Creates the preset''s tables that a schema lacks; returns their names';

CREATE FUNCTION rehydra.preset_register_datasets(model text, schema text, secrets jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  d record;
  target regclass;
  by_column boolean;
  isolation text := (SELECT m.isolation FROM rehydra.models m WHERE m.model = preset_register_datasets.model);
BEGIN
  FOR d IN SELECT * FROM rehydra.customer_success_datasets() LOOP
    target := rehydra.preset_relation(schema, d.dataset);
    CONTINUE WHEN target IS NULL;
    -- An application's kpis may have a customer_id of their own.
    by_column := d.tenant_reference IS NULL OR rehydra.has_column(target, 'customer_id');
    PERFORM rehydra.add_dataset(model, target, d.role,
      tenant_column => CASE WHEN by_column AND (d.role <> 'left_out' OR isolation = 'all') THEN 'customer_id' END,
      tenant_reference => CASE WHEN NOT by_column THEN d.tenant_reference END,
      match_keys => (SELECT COALESCE(jsonb_agg(one ORDER BY place), '[]')
                     FROM jsonb_array_elements(d.match_keys) WITH ORDINALITY AS t (one, place)
                     WHERE NOT EXISTS (SELECT FROM jsonb_array_elements_text(one) AS c WHERE NOT rehydra.has_column(target, c))),
      secret_columns => ARRAY(SELECT c FROM unnest(d.secret_columns) AS c WHERE rehydra.has_column(target, c)
                              UNION SELECT jsonb_array_elements_text(COALESCE(secrets -> d.dataset, '[]'))),
      shared_rows => d.shared_rows, reason => d.reason);
    PERFORM rehydra.set_times(model, rehydra.dataset_of(model, target), jsonb_build_object(
      'time_column', CASE WHEN rehydra.has_column(target, t.time_column) THEN t.time_column ELSE '' END,
      'time_expression', CASE WHEN rehydra.has_column(target, 'month') AND rehydra.has_column(target, 'year') THEN t.time_expression END,
      'changed_column', CASE WHEN rehydra.has_column(target, t.changed_column) THEN t.changed_column ELSE '' END))
    FROM rehydra.customer_success_times() AS t WHERE t.dataset = d.dataset;
  END LOOP;
  PERFORM rehydra.add_reference(model, r.dataset, r.reference, ARRAY[r.column_name], r.parent, ARRAY[r.parent_column])
  FROM rehydra.customer_success_references() AS r
  WHERE rehydra.has_column(rehydra.preset_relation(schema, r.dataset), r.column_name)
    AND rehydra.has_column(rehydra.preset_relation(schema, r.parent), r.parent_column);
  PERFORM rehydra.add_foreign_keys(model);
END
$$;
COMMENT ON FUNCTION rehydra.preset_register_datasets(text, text, jsonb) IS 'Registers the preset''s tables and their references, as far as a schema has them';

CREATE FUNCTION rehydra.preset_columns(model text, schema text, sheet text) RETURNS TABLE (header text, column_name text, reference text, expression text)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.header,
         CASE WHEN c.source LIKE '= %' THEN NULL ELSE regexp_replace(c.source, '^.* -> ', '') END,
         CASE WHEN c.source LIKE '% -> %' AND c.source NOT LIKE '= %' THEN split_part(c.source, ' -> ', 1) END,
         CASE WHEN c.source LIKE '= %' THEN format(substr(c.source, 3), schema) END
  FROM rehydra.customer_success_columns() WITH ORDINALITY AS c (sheet, header, source, place)
  WHERE c.sheet = preset_columns.sheet
  ORDER BY c.place
$$;
COMMENT ON FUNCTION rehydra.preset_columns(text, text, text) IS 'The declared columns of one of the preset''s sheets, taken apart';

CREATE FUNCTION rehydra.preset_fits(model text, dataset text, declared jsonb) RETURNS boolean
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM rehydra.check_sheet_column(model, dataset, declared);
  RETURN true;
EXCEPTION
  -- The application's tables lack it, or keep it secret or generated: its sheet goes without.
  WHEN undefined_column OR undefined_table OR undefined_object OR undefined_function OR invalid_parameter_value THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION rehydra.preset_fits(text, text, jsonb) IS 'Whether a declared column can stand on its sheet, given the tables there are';

CREATE FUNCTION rehydra.preset_extra_columns(model text, dataset text, taken text[]) RETURNS TABLE (header text, column_name text)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH named AS (
    SELECT a.attname::text AS name, a.attnum,
           COALESCE(NULLIF(btrim(initcap(replace(a.attname::text, '_', ' '))), ''), 'Column') AS title
    FROM rehydra.datasets d JOIN pg_attribute a ON a.attrelid = d.relation_oid
    WHERE d.model = preset_extra_columns.model AND d.dataset = preset_extra_columns.dataset
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND a.attname <> ALL (d.secret_columns) AND a.attname::text IS DISTINCT FROM d.tenant_column
      AND NOT EXISTS (SELECT FROM rehydra.customer_success_columns() AS c JOIN rehydra.customer_success_sheets() AS s ON s.sheet = c.sheet
                      WHERE s.dataset = d.dataset AND c.source = a.attname))
  SELECT CASE WHEN lower(title) = ANY (taken) OR count(*) OVER (PARTITION BY lower(title)) > 1
              THEN format('%s [%s]', title, name) ELSE title END, name
  FROM named ORDER BY attnum
$$;
COMMENT ON FUNCTION rehydra.preset_extra_columns(text, text, text[]) IS
  'Columns that an application''s table has beyond the preset''s, with headers made from their names; taken: lower-case headers in use';

CREATE FUNCTION rehydra.preset_register_sheets(model text, schema text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s record;
  declared jsonb;
  extra jsonb;
BEGIN
  FOR s IN SELECT * FROM rehydra.customer_success_sheets() LOOP
    SELECT COALESCE(jsonb_agg(one.declared ORDER BY one.place) FILTER (WHERE rehydra.preset_fits(model, s.dataset, one.declared)), '[]') INTO declared
    FROM (SELECT c.place, jsonb_strip_nulls(jsonb_build_object('header', c.header, 'column', c.column_name, 'reference', c.reference,
                                                               'expression', c.expression)) AS declared
          FROM rehydra.preset_columns(model, schema, s.sheet) WITH ORDINALITY AS c (header, column_name, reference, expression, place)) AS one;
    IF NOT s.satellite THEN
      SELECT COALESCE(jsonb_agg(jsonb_build_object('header', e.header, 'column', e.column_name)), '[]') INTO extra
      FROM rehydra.preset_extra_columns(model, s.dataset, ARRAY(SELECT lower(one ->> 'header') FROM jsonb_array_elements(declared) AS one)) AS e;
      declared := declared || extra;
    END IF;
    PERFORM rehydra.add_sheet(model, s.dataset, s.sheet, declared, s.satellite);
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.preset_register_sheets(text, text) IS 'Registers the preset''s sheets, as far as a schema has their columns, and its further columns';

CREATE FUNCTION rehydra.preset_note(model text, sheet text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH there AS (SELECT c.header, c.position FROM rehydra.sheet_columns c WHERE c.model = preset_note.model AND c.sheet = preset_note.sheet),
       meant AS (SELECT c.header, c.place FROM rehydra.customer_success_columns() WITH ORDINALITY AS c (sheet, header, source, place)
                 WHERE c.sheet = preset_note.sheet)
  SELECT NULLIF(concat_ws('; ',
    'left off: ' || (SELECT string_agg(header, ', ' ORDER BY place) FROM meant WHERE header NOT IN (SELECT header FROM there)),
    'added: ' || (SELECT string_agg(header, ', ' ORDER BY position) FROM there WHERE header NOT IN (SELECT header FROM meant))), '')
$$;
COMMENT ON FUNCTION rehydra.preset_note(text, text) IS 'In what a registered sheet differs from the preset''s declaration; NULL for nothing';

CREATE FUNCTION rehydra.preset_isolation(model text, schema text, created text[]) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  other name;
BEGIN
  SELECT d.schema_name INTO other FROM rehydra.datasets d WHERE d.model = preset_isolation.model AND d.schema_name <> schema LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'model "%" is registered for schema "%"', model, other
      USING ERRCODE = 'duplicate_object', HINT = 'Give this schema a model of its own: options => ''{"model": "another name"}''.';
  END IF;
  -- Installed again, a model stays as it is kept apart: its tables are no longer new, and yet ours.
  RETURN COALESCE((SELECT m.isolation FROM rehydra.models m WHERE m.model = preset_isolation.model),
                  CASE WHEN (SELECT bool_and(t.dataset = ANY (created)) FROM rehydra.customer_success_tables() AS t)
                         -- Brought here by a dump of their schema alone, policies and all.
                         OR EXISTS (SELECT FROM pg_policy p JOIN rehydra.customer_success_tables() AS t ON p.polrelid = rehydra.preset_relation(schema, t.dataset)
                                    WHERE NOT p.polpermissive AND p.polroles = '{0}' AND p.polname LIKE 'rehydra\_restrict%')
                       THEN 'all' ELSE 'worker' END);
END
$$;
COMMENT ON FUNCTION rehydra.preset_isolation(text, text, text[]) IS
  'all where every table was created just now or is protected for everybody already, worker where an application had some; a registered model keeps its own';

CREATE FUNCTION rehydra_install_preset(preset text, schema text DEFAULT 'public', options jsonb DEFAULT '{}')
  RETURNS TABLE (dataset text, sheet text, action text, note text)
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  wanted jsonb;
  model text;
  created text[];
BEGIN
  IF preset IS DISTINCT FROM 'customer_success' THEN
    RAISE EXCEPTION 'preset "%" does not exist', preset
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Presets: customer_success.';
  END IF;
  IF COALESCE(schema, '') = '' THEN
    RAISE EXCEPTION 'no schema is named' USING ERRCODE = 'invalid_parameter_value', HINT = 'Name the schema of the application''s tables.';
  END IF;
  wanted := rehydra.preset_options(options);
  model := wanted ->> 'model';
  -- One set-up at a time: it reads what it is going to write.
  LOCK TABLE rehydra.models IN SHARE ROW EXCLUSIVE MODE;
  created := rehydra.preset_create_tables(schema);
  PERFORM rehydra.add_model(model, rehydra.preset_tenant_type(schema), rehydra.preset_isolation(model, schema, created),
                            (wanted ->> 'acting_role')::name);
  PERFORM rehydra.preset_register_datasets(model, schema, wanted -> 'secret_columns');
  PERFORM rehydra.preset_register_sheets(model, schema);
  PERFORM rehydra.preset_add_charts(model);
  PERFORM rehydra.preset_add_version1(model);
  PERFORM rehydra.preset_add_checks(model);
  PERFORM rehydra.check_model(model);
  PERFORM rehydra.protect(model);
  PERFORM rehydra.preset_functions(model, schema);
  PERFORM rehydra.preset_add_policies(model, schema);
  RETURN QUERY
    SELECT d.dataset, s.sheet, CASE WHEN d.dataset = ANY (created) THEN 'created' ELSE 'taken as it is' END,
           COALESCE(rehydra.preset_note(model, s.sheet), CASE WHEN s.sheet IS NULL THEN d.role || ': ' || d.reason END)
    FROM rehydra.datasets d LEFT JOIN rehydra.sheets s ON s.model = d.model AND s.dataset = d.dataset
    WHERE d.model = model
    ORDER BY s.position NULLS LAST, d.position;
END
$$;
COMMENT ON FUNCTION rehydra_install_preset(text, text, jsonb) IS
  'Creates a preset''s tables where a schema lacks them, protects them by row level security and registers them; says what it did, sheet by sheet. preset: customer_success; options: {"model": name, "acting_role": role, "secret_columns": {table: [column, ...]}}. Tables that exist are taken as they are. Can be run again';

REVOKE ALL ON FUNCTION rehydra.preset_relation(text, text), rehydra.preset_options(jsonb),
  rehydra.preset_tenant_type(text), rehydra.preset_create_tables(text), rehydra.preset_register_datasets(text, text, jsonb),
  rehydra.preset_columns(text, text, text), rehydra.preset_fits(text, text, jsonb), rehydra.preset_extra_columns(text, text, text[]),
  rehydra.preset_register_sheets(text, text), rehydra.preset_note(text, text), rehydra.preset_isolation(text, text, text[]),
  rehydra_install_preset(text, text, jsonb) FROM PUBLIC;
