-- rehydra_register_schema, rehydra_register, rehydra_unregister (one table: 41-register-table.sql; discovery: 38-discovery.sql): tables that are there become a model.
CREATE FUNCTION rehydra.way_text(model text, dataset text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE way AS (
    SELECT d.dataset, d.tenant_column, d.tenant_reference, 1 AS step FROM rehydra.datasets d
    WHERE d.model = way_text.model AND d.dataset = way_text.dataset
    UNION ALL
    SELECT d.dataset, d.tenant_column, d.tenant_reference, way.step + 1
    FROM way JOIN rehydra.dataset_references r ON r.model = way_text.model AND r.dataset = way.dataset AND r.reference = way.tenant_reference
    JOIN rehydra.datasets d ON d.model = way_text.model AND d.dataset = r.parent
    WHERE way.step < 100)
  SELECT string_agg(CASE WHEN way.tenant_column IS NOT NULL THEN way.tenant_column
                         WHEN r.parent IS NOT NULL THEN format('%s -> %s', array_to_string(r.columns, ', '), r.parent) END, '.' ORDER BY way.step)
  FROM way LEFT JOIN rehydra.dataset_references r ON r.model = way_text.model AND r.dataset = way.dataset AND r.reference = way.tenant_reference
$$;
COMMENT ON FUNCTION rehydra.way_text(text, text) IS 'How a data set''s rows lead to their tenant: upload_id -> kpi_uploads.customer_id';

CREATE FUNCTION rehydra.registration_note(model text, dataset text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT NULLIF(concat_ws('; ',
    CASE WHEN d.role = 'reference' THEN COALESCE(d.reason || ', ', '') || 'not exported' END,
    CASE WHEN d.role = 'own' THEN 'the tenant''s own row: updated only' END,
    CASE WHEN d.role = 'data' AND d.key_columns = '{}' THEN 'without a key: told apart by all columns, copies are counted'
         WHEN d.role IN ('data', 'own') AND d.key_columns IS DISTINCT FROM rehydra.primary_key(d.relation_oid)
         THEN 'told apart by ' || array_to_string(d.key_columns, ', ') END,
    CASE WHEN d.role = 'left_out' THEN d.reason END,
    'secret: ' || NULLIF(array_to_string(d.secret_columns, ', '), ''),
    'left out: ' || NULLIF(array_to_string(d.left_out_columns, ', '), ''),
    'generated: ' || (SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
                      WHERE attrelid = d.relation_oid AND attgenerated <> '' AND NOT attisdropped),
    CASE WHEN d.shared_rows THEN format('rows without %s are shared', d.tenant_column) END,
    (SELECT format('rows without %s belong to nobody', string_agg(attname, ', ')) FROM pg_attribute
     WHERE attrelid = d.relation_oid AND NOT attnotnull AND d.role = 'data' AND NOT d.shared_rows
       AND attname::text = ANY (COALESCE(r.columns, ARRAY[d.tenant_column]))
     HAVING count(*) > 0),
    CASE WHEN m.isolation = 'worker' AND d.role <> 'left_out' AND COALESCE(d.tenant_column, d.tenant_reference) IS NOT NULL AND rehydra.was_open(d.relation_oid)
         THEN 'open to everybody else as before' END), '')
  FROM rehydra.datasets d JOIN rehydra.models m ON m.model = d.model
  LEFT JOIN rehydra.dataset_references r ON r.model = d.model AND r.dataset = d.dataset AND r.reference = d.tenant_reference
  WHERE d.model = registration_note.model AND d.dataset = registration_note.dataset
$$;
COMMENT ON FUNCTION rehydra.registration_note(text, text) IS 'What a person should know of how a table was registered; NULL for nothing';

CREATE FUNCTION rehydra.registration_row(model text, dataset text, action text) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object(
    'table_name', d.relation_oid::regclass::text, 'action', action,
    'sheet', (SELECT s.sheet FROM rehydra.sheets s WHERE s.model = d.model AND s.dataset = d.dataset AND NOT s.satellite),
    'tenant', rehydra.way_text(d.model, d.dataset), 'row_key', NULLIF(array_to_string(d.key_columns, ', '), ''),
    'note', rehydra.registration_note(d.model, d.dataset))
  FROM rehydra.datasets d WHERE d.model = registration_row.model AND d.dataset = registration_row.dataset
$$;
COMMENT ON FUNCTION rehydra.registration_row(text, text, text) IS 'A line of what registration answers';

CREATE FUNCTION rehydra.guess_tenant_type(model text, tables oid[], tenant_column text) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  kind text;
  likely text;
BEGIN
  kind := (SELECT m.tenant_type FROM rehydra.models m WHERE m.model = guess_tenant_type.model);
  IF kind IS NULL THEN
    SELECT rehydra.column_type(t.relation, tenant_column) INTO kind FROM unnest(tables) AS t (relation)
    WHERE rehydra.has_column(t.relation, tenant_column) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1;
  END IF;
  IF kind IS NULL THEN
    SELECT string_agg(name, ', ') INTO likely FROM (
      SELECT a.attname AS name FROM pg_attribute a WHERE a.attrelid = ANY (tables) AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attname ~* '(tenant|customer|org|account|company|workspace|client|team)'
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5) AS names;
    RAISE EXCEPTION 'no table has a column "%"', tenant_column
      USING ERRCODE = 'undefined_column',
            HINT = COALESCE(format('Name the column that holds the tenant with tenant_column; there are: %s.', likely),
                            'Name the column that holds the tenant with tenant_column.');
  END IF;
  RETURN kind;
END
$$;
COMMENT ON FUNCTION rehydra.guess_tenant_type(text, oid[], text) IS 'A model''s tenant type, or for a new one that of most tenant columns; raises 42703 where there is none';

CREATE FUNCTION rehydra.check_table_names(schema text, names text[], purpose text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  unknown text;
BEGIN
  SELECT string_agg(quote_ident(n), ', ') INTO unknown FROM unnest(names) AS n
  WHERE NOT EXISTS (SELECT FROM rehydra.application_relations() a WHERE a.schema_name = check_table_names.schema AND a.table_name = n);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'schema "%" has no table % (%)', schema, unknown, purpose
      USING ERRCODE = 'undefined_table', HINT = 'Name tables of the schema, without the schema''s name.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_table_names(text, text[], text) IS 'Raises 42P01 where a schema lacks one of the tables named';

CREATE FUNCTION rehydra.left_over(tables oid[], answered jsonb, exclude text[], paths jsonb) RETURNS SETOF jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object('table_name', t.relation::regclass::text, 'action', CASE WHEN t.table_name = ANY (exclude) THEN 'excluded' ELSE 'left out' END, 'note',
    CASE WHEN t.table_name = ANY (exclude) THEN 'left out by decision'
         WHEN t.kind = 'v' THEN 'a view: its rows are those of other tables'
         WHEN t.kind = 'm' THEN 'a materialized view: refresh it instead'
         WHEN t.kind = 'f' THEN 'a foreign table: its rows live elsewhere'
         WHEN paths ? t.table_name THEN 'the way named in paths leads to no tenant'
         ELSE COALESCE((SELECT format('hangs on %s, which is not registered', string_agg(DISTINCT k.parent::regclass::text, ', '))
                        FROM rehydra.foreign_keys k WHERE k.child = t.relation AND k.parent <> t.relation
                          AND EXISTS (SELECT FROM jsonb_array_elements(answered) AS a
                                      WHERE a ->> 'table_name' = k.parent::regclass::text AND a ->> 'action' IN ('ambiguous', 'refused'))
                        HAVING count(*) > 0),
                       'no tenant column, and no foreign key leads to one') END)
  FROM rehydra.application_relations() t
  WHERE t.relation = ANY (tables)
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(answered) AS a WHERE a ->> 'table_name' = t.relation::regclass::text)
  ORDER BY t.table_name
$$;
COMMENT ON FUNCTION rehydra.left_over(oid[], jsonb, text[], jsonb) IS 'Lines for the relations that registration has no answer for yet, with the reason';

CREATE FUNCTION rehydra.register_found(model text, discovery jsonb, overrides jsonb) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  relation oid := (discovery ->> 'relation')::oid;
  name text := (SELECT relname FROM pg_class WHERE oid = relation);
  hint text;
BEGIN
  IF discovery ->> 'class' = 'ambiguous' THEN
    RETURN jsonb_build_object('table_name', relation::regclass::text, 'action', 'ambiguous', 'note', discovery -> 'note');
  END IF;
  IF discovery ->> 'parent' IS NOT NULL AND NOT EXISTS (
       SELECT FROM rehydra.datasets d WHERE d.model = register_found.model AND d.relation_oid = (discovery ->> 'parent')::oid) THEN
    RETURN jsonb_build_object('table_name', relation::regclass::text, 'action', 'refused',
                              'note', format('hangs on %s, which is not registered', (discovery ->> 'parent')::oid::regclass));
  END IF;
  IF discovery ->> 'class' = 'reference' AND NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = relation), 'USAGE') THEN
    RETURN jsonb_build_object('table_name', relation::regclass::text, 'action', 'refused',
                              'note', concat_ws(', ', discovery ->> 'note', 'but its owner is another role: only the database checks what refers to it'));
  END IF;
  PERFORM rehydra.register_table(model, relation, jsonb_strip_nulls(jsonb_build_object(
    'role', discovery -> 'class', 'tenant_column', discovery -> 'tenant', 'way', discovery -> 'columns', 'parent_columns', discovery -> 'parent_columns',
    'parent', (SELECT d.dataset FROM rehydra.datasets d WHERE d.model = register_found.model AND d.relation_oid = (discovery ->> 'parent')::oid),
    'secret', overrides -> 'secret_columns' -> name, 'shared_rows', overrides -> 'shared' ? name,
    'reason', discovery -> 'note')));
  RETURN rehydra.registration_row(model, name, CASE discovery ->> 'class' WHEN 'reference' THEN 'reference' ELSE 'registered' END);
EXCEPTION
  -- What cannot be registered is said, and keeps nobody else out.
  WHEN invalid_table_definition OR too_many_columns OR feature_not_supported OR wrong_object_type OR duplicate_object OR undefined_object THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN jsonb_build_object('table_name', relation::regclass::text, 'action', 'refused', 'note', concat_ws('. ', SQLERRM, NULLIF(hint, '')));
END
$$;
COMMENT ON FUNCTION rehydra.register_found(text, jsonb, jsonb) IS 'Registers a table as it was discovered; returns its data set, or the line that says why not';

CREATE FUNCTION rehydra.register_all(model text, tables oid[], tenant_column text, exclude text[], paths jsonb, overrides jsonb) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  registered oid[] := ARRAY(SELECT d.relation_oid FROM rehydra.datasets d WHERE d.model = register_all.model);
  reached oid[] := ARRAY(SELECT d.relation_oid FROM rehydra.datasets d WHERE d.model = register_all.model AND d.role IN ('data', 'own'));
  candidates oid[] := ARRAY(SELECT a.relation FROM rehydra.application_relations() a
                            WHERE a.relation = ANY (tables) AND a.relation <> ALL (registered) AND a.is_table ORDER BY a.table_name);
  excluded oid[] := ARRAY(SELECT a.relation FROM rehydra.application_relations() a WHERE a.relation = ANY (candidates) AND a.table_name = ANY (exclude));
  shared oid[] := ARRAY(SELECT a.relation FROM rehydra.application_relations() a WHERE a.relation = ANY (tables) AND overrides -> 'shared' ? a.table_name::text
                        UNION SELECT d.relation_oid FROM rehydra.datasets d WHERE d.model = register_all.model AND d.shared_rows);
  answers jsonb;
  discovered jsonb;
  ordered oid[];
  ways oid[];
  place oid;
BEGIN
  SELECT COALESCE(jsonb_agg(
           rehydra.registration_row(d.model, d.dataset, CASE d.role WHEN 'left_out' THEN 'excluded' ELSE 'kept' END)
           -- Not silently: the call may ask for something else.
           || CASE WHEN (d.table_name = ANY (exclude) AND d.role IN ('data', 'own')) OR (overrides -> 'shared' ? d.table_name::text AND NOT d.shared_rows)
                     OR rehydra.text_array(overrides -> 'secret_columns' -> d.table_name::text) <> d.secret_columns
                   THEN jsonb_build_object('note', 'registered before in another way, which stays: change it with rehydra_register or rehydra_unregister')
                   ELSE '{}' END
           ORDER BY d.position), '[]') INTO answers
  FROM rehydra.datasets d WHERE d.model = register_all.model AND d.relation_oid = ANY (tables);
  SELECT COALESCE(jsonb_object_agg(d.relation, to_jsonb(d)), '{}'), COALESCE(array_agg(d.relation), '{}'), array_agg(d.parent) INTO discovered, ordered, ways
  FROM rehydra.discover(candidates, reached, tenant_column, rehydra.own_table(candidates || reached, tenant_column), shared, paths) AS d
  WHERE d.relation <> ALL (registered);
  FOREACH place IN ARRAY rehydra.parents_first(ordered, ways) LOOP
    CONTINUE WHEN place = ANY (excluded) AND NOT EXISTS (
      SELECT FROM rehydra.foreign_keys k WHERE k.parent = place AND k.child <> ALL (excluded) AND (k.child = ANY (ordered) OR k.child = ANY (reached)));
    -- What the others refer to is not exported then, but has to be there to be checked.
    answers := answers || rehydra.register_found(model,
      CASE WHEN place = ANY (excluded) THEN discovered -> place::text || '{"class": "reference", "note": "left out by decision, but referred to"}'
           ELSE discovered -> place::text END, overrides);
  END LOOP;
  answers := answers || COALESCE((SELECT jsonb_agg(l) FROM rehydra.left_over(tables, answers, exclude, paths) AS l), '[]');
  PERFORM rehydra.add_dataset(model, a.relation, 'left_out', reason => 'left out by decision')
  FROM rehydra.application_relations() a
  WHERE a.relation = ANY (excluded) AND NOT EXISTS (SELECT FROM rehydra.datasets d WHERE d.model = register_all.model AND d.relation_oid = a.relation);
  PERFORM rehydra.add_foreign_keys(model);
  PERFORM rehydra.check_model(model);
  RETURN answers;
END
$$;
COMMENT ON FUNCTION rehydra.register_all(text, oid[], text, text[], jsonb, jsonb) IS
  'Registers what is found among the tables; returns a line for each of them. overrides: {secret_columns: {table: [column]}, shared: [table]}';

CREATE FUNCTION rehydra.protect_new(model text, answers jsonb, everything boolean, dry_run boolean) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  gone record;
  news text[] := ARRAY(SELECT d.dataset FROM rehydra.datasets d
                       WHERE d.model = protect_new.model AND (everything OR EXISTS (
                         SELECT FROM jsonb_array_elements(answers) AS a WHERE a ->> 'table_name' = d.relation_oid::regclass::text
                           AND (a ->> 'action' IN ('registered', 'reference') OR a ->> 'action' = 'excluded' AND d.tenant_column IS NOT NULL)))
                       ORDER BY d.position);
BEGIN
  IF NOT dry_run THEN
    PERFORM rehydra.protect(model, news);
    -- A table that was registered and is left out now is what it was before.
    FOR gone IN SELECT rehydra.release_ddl(d.model, d.relation_oid) AS ddl FROM rehydra.datasets d
                JOIN jsonb_array_elements(answers) AS a ON a ->> 'table_name' = d.relation_oid::regclass::text
                WHERE d.model = protect_new.model AND a ->> 'action' = 'excluded' AND d.tenant_column IS NULL LOOP
      EXECUTE gone.ddl;
    END LOOP;
    RETURN answers;
  END IF;
  PERFORM rehydra.check_acting_role(model);
  RETURN answers || COALESCE((SELECT jsonb_agg(jsonb_build_object('table_name', d.relation_oid::regclass::text, 'action', 'would run', 'note', ddl) ORDER BY d.position, n)
                              FROM rehydra.datasets d CROSS JOIN LATERAL rehydra.protection_ddl(d.model, d.dataset) WITH ORDINALITY AS p (ddl, n)
                              WHERE d.model = protect_new.model AND d.dataset = ANY (news)), '[]');
END
$$;
COMMENT ON FUNCTION rehydra.protect_new(text, jsonb, boolean, boolean) IS
  'Protects the tables that were registered just now, or everything where the model''s isolation changed; a dry run adds a line for each statement instead';

CREATE FUNCTION rehydra.is_kept_apart_anew(before rehydra.models) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM rehydra.models m WHERE m.model = before.model AND (m.isolation, m.acting_role) <> (before.isolation, before.acting_role))
$$;
COMMENT ON FUNCTION rehydra.is_kept_apart_anew(rehydra.models) IS 'Whether a model''s isolation or acting role is another than before';

CREATE FUNCTION rehydra_register_schema(schema text, tenant_column text DEFAULT 'tenant_id', model text DEFAULT 'default',
                                        isolation text DEFAULT NULL, acting_role name DEFAULT NULL, exclude text[] DEFAULT '{}',
                                        paths jsonb DEFAULT '{}', secret_columns jsonb DEFAULT '{}', shared text[] DEFAULT '{}',
                                        dry_run boolean DEFAULT false)
  RETURNS TABLE (table_name text, action text, sheet text, tenant text, row_key text, note text)
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  tables oid[] := ARRAY(SELECT a.relation FROM rehydra.application_relations() a WHERE a.schema_name = schema ORDER BY a.table_name);
  m rehydra.models;
  answers jsonb;
BEGIN
  tenant_column := COALESCE(tenant_column, 'tenant_id');
  model := COALESCE(model, 'default');
  exclude := COALESCE(exclude, '{}');
  paths := COALESCE(paths, '{}');
  secret_columns := COALESCE(secret_columns, '{}');
  shared := COALESCE(shared, '{}');
  dry_run := COALESCE(dry_run, false);
  PERFORM rehydra.check_object(paths, 'paths'), rehydra.check_object(secret_columns, 'secret_columns');
  PERFORM rehydra.check_list(value, format('secret_columns of table %s', key)) FROM jsonb_each(secret_columns);
  IF schema IS NULL OR to_regnamespace(quote_ident(schema)) IS NULL THEN
    RAISE EXCEPTION 'schema "%" does not exist', schema USING ERRCODE = 'invalid_schema_name', HINT = 'Name the schema of the application''s tables.';
  END IF;
  PERFORM rehydra.check_table_names(schema, exclude, 'exclude'), rehydra.check_table_names(schema, shared, 'shared'),
          rehydra.check_table_names(schema, ARRAY(SELECT jsonb_object_keys(paths)), 'paths'),
          rehydra.check_table_names(schema, ARRAY(SELECT jsonb_object_keys(secret_columns)), 'secret_columns');
  -- One set-up at a time: it reads what it is going to write.
  LOCK TABLE rehydra.models IN SHARE ROW EXCLUSIVE MODE;
  PERFORM rehydra.follow_catalog(model);
  SELECT * INTO m FROM rehydra.models r WHERE r.model = rehydra_register_schema.model;
  BEGIN
    PERFORM rehydra.add_model(model, rehydra.guess_tenant_type(model, tables, tenant_column), COALESCE(isolation, m.isolation, 'worker'),
                              COALESCE(acting_role, m.acting_role, 'rehydra_worker'));
    answers := rehydra.register_all(model, tables, tenant_column, exclude, paths, jsonb_build_object('secret_columns', secret_columns, 'shared', shared));
    answers := rehydra.protect_new(model, answers, rehydra.is_kept_apart_anew(m), dry_run);
    IF dry_run THEN
      RAISE EXCEPTION USING ERRCODE = 'RH000';
    END IF;
  EXCEPTION
    WHEN SQLSTATE 'RH000' THEN
      NULL;  -- a dry run leaves nothing but its answer
  END;
  RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answers) AS a (table_name text, action text, sheet text, tenant text, row_key text, note text);
END
$$;
COMMENT ON FUNCTION rehydra_register_schema(text, text, text, text, name, text[], jsonb, jsonb, text[], boolean) IS
  'Registers every table of a schema that belongs to a tenant: by its tenant column, or by a shortest way of foreign keys to a table that has one; protects them, and says table by table what it did or why not. isolation: worker (default), all or existing; exclude: tables left out; paths: {table: foreign key column} where several ways lead to a tenant; secret_columns: {table: [column, ...]} (default: those whose names say so); shared: tables whose rows without a tenant all tenants share; dry_run: answer only, with the statements that would run. Can be run again: what is registered stays as it is';

CREATE FUNCTION rehydra.way_spec(model text, relation regclass, tenant_column text, tenant_path text) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  reached oid[] := ARRAY(SELECT d.relation_oid FROM rehydra.datasets d WHERE d.model = way_spec.model AND d.role IN ('data', 'own') AND d.relation_oid <> relation);
  usual text := (SELECT d.tenant_column FROM rehydra.datasets d WHERE d.model = way_spec.model AND d.tenant_column IS NOT NULL AND d.role = 'data'
                 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1);
  shared oid[] := ARRAY(SELECT d.relation_oid FROM rehydra.datasets d WHERE d.model = way_spec.model AND d.shared_rows);
  way record;
BEGIN
  IF tenant_path IS NULL AND (tenant_column IS NOT NULL OR rehydra.has_column(relation, COALESCE(usual, 'tenant_id'))) THEN
    RETURN jsonb_build_object('tenant_column', COALESCE(tenant_column, usual, 'tenant_id'));
  END IF;
  -- A way that rows may lack only where there is no other.
  SELECT w.* INTO way
  FROM unnest('{true,false}'::boolean[]) AS turn (firm)
  CROSS JOIN LATERAL rehydra.ways_down(ARRAY[relation::oid], reached, shared,
    CASE WHEN tenant_path IS NULL THEN '{}' ELSE jsonb_build_object((SELECT relname FROM pg_class WHERE oid = relation), tenant_path) END, turn.firm) AS w
  ORDER BY turn.firm DESC LIMIT 1;
  IF NOT FOUND OR way.choices > 1 THEN
    RAISE EXCEPTION 'table % does not say which tenant its rows belong to', relation
      USING ERRCODE = 'invalid_object_definition', DETAIL = CASE WHEN way.choices > 1 THEN format('Several ways lead to one: %s.', way.choice_list)
                         ELSE 'No foreign key that is meant leads to a registered table.' END,
            HINT = 'Name tenant_column, or with tenant_path the foreign key (its column or its name) to a registered table.';
  END IF;
  RETURN jsonb_build_object('way', way.columns, 'parent', (SELECT d.dataset FROM rehydra.datasets d WHERE d.model = way_spec.model AND d.relation_oid = way.parent),
                            'parent_columns', way.parent_columns);
END
$$;
COMMENT ON FUNCTION rehydra.way_spec(text, regclass, text, text) IS 'Which way a table''s rows lead to their tenant, as rehydra.register_table takes it; raises 42P17 for none or several';

CREATE FUNCTION rehydra.registered_spec(model text, relation regclass) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE((
    SELECT rehydra.without_nulls(jsonb_build_object(
      'role', d.role, 'tenant_column', d.tenant_column, 'way', r.columns, 'parent', r.parent, 'parent_columns', r.parent_columns,
      'key', CASE WHEN d.key_columns <> '{}' THEN d.key_columns END, 'match_keys', d.match_keys, 'secret', d.secret_columns,
      'leave_out', d.left_out_columns, 'order_by', d.order_columns, 'shared_rows', d.shared_rows,
      'time_column', d.time_column, 'changed_column', d.changed_column, 'reason', d.reason,
      'sheet', (SELECT s.sheet FROM rehydra.sheets s WHERE s.model = d.model AND s.dataset = d.dataset AND NOT s.satellite),
      'headers', (SELECT jsonb_object_agg(c.column_name, c.header) FROM rehydra.sheets s JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet
                  WHERE s.model = d.model AND s.dataset = d.dataset AND NOT s.satellite AND c.kind = 'data'),
      'display', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('header', c.header, 'reference', c.reference, 'column', c.column_name, 'expression', c.expression))
                                   ORDER BY c.position)
                  FROM rehydra.sheets s JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet
                  WHERE s.model = d.model AND s.dataset = d.dataset AND NOT s.satellite AND c.kind = 'display')))
    FROM rehydra.datasets d
    LEFT JOIN rehydra.dataset_references r ON r.model = d.model AND r.dataset = d.dataset AND r.reference = d.tenant_reference
    WHERE d.model = registered_spec.model AND d.relation_oid = relation AND d.role IN ('data', 'own')), '{}')
$$;
COMMENT ON FUNCTION rehydra.registered_spec(text, regclass) IS 'How a table is registered, as rehydra.register_table takes it; {} where it is not exported';

CREATE FUNCTION rehydra.check_role(relation regclass, role text, reason text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF role NOT IN ('data', 'own', 'reference', 'left_out') THEN
    RAISE EXCEPTION 'role "%" does not exist', role
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Roles: data, own (the tenant''s own row), reference (referred to, not exported), left_out.';
  END IF;
  IF role = 'left_out' AND COALESCE(btrim(reason), '') = '' THEN
    RAISE EXCEPTION 'leaving table % out is a decision without a reason', relation
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Say why with reason => ''...'': rehydra_coverage() shows it to whoever asks.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_role(regclass, text, text) IS 'Raises 22023 for a role that there is not, or a decision without a reason';

CREATE FUNCTION rehydra.merged_spec(model text, relation regclass, role text, tenant_column text, tenant_path text, given jsonb) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  before jsonb := rehydra.registered_spec(model, relation);
  told boolean := tenant_column IS NOT NULL OR tenant_path IS NOT NULL;
BEGIN
  IF role IN ('reference', 'left_out') THEN
    RETURN CASE WHEN told THEN rehydra.way_spec(model, relation, tenant_column, tenant_path)
                WHEN role = 'left_out' THEN '{}'
                ELSE before - '{key,match_keys,secret,leave_out,order_by,time_column,changed_column,reason,sheet,headers,display}'::text[] END || given;
  END IF;
  IF told OR before = '{}' THEN
    before := before - '{tenant_column,way,parent,parent_columns}'::text[] || rehydra.way_spec(model, relation, tenant_column, tenant_path);
  END IF;
  -- What the call says nothing about stays as it is registered; of the headers each for itself.
  RETURN before || given || CASE WHEN before ? 'headers' AND given ? 'headers' THEN jsonb_build_object('headers', (before -> 'headers') || (given -> 'headers')) ELSE '{}' END;
END
$$;
COMMENT ON FUNCTION rehydra.merged_spec(text, regclass, text, text, text, jsonb) IS 'What rehydra_register was told, over how the table is registered already';

CREATE FUNCTION rehydra_register(relation regclass, model text DEFAULT 'default', role text DEFAULT NULL, tenant_column text DEFAULT NULL,
                                 tenant_path text DEFAULT NULL, key_columns text[] DEFAULT NULL, sheet text DEFAULT NULL, headers jsonb DEFAULT NULL,
                                 leave_out text[] DEFAULT NULL, secret_columns text[] DEFAULT NULL, match_keys jsonb DEFAULT NULL,
                                 shared_rows boolean DEFAULT NULL, order_by text[] DEFAULT NULL, time_column text DEFAULT NULL,
                                 changed_column text DEFAULT NULL, checks jsonb DEFAULT NULL,
                                 reason text DEFAULT NULL, isolation text DEFAULT NULL, acting_role name DEFAULT NULL, dry_run boolean DEFAULT false)
  RETURNS TABLE (table_name text, action text, sheet_title text, tenant text, row_key text, note text)
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  m rehydra.models;
  answers jsonb;
BEGIN
  model := COALESCE(model, 'default');
  dry_run := COALESCE(dry_run, false);
  PERFORM rehydra.check_relation(relation), rehydra.check_object(headers, 'headers'), rehydra.check_object(checks, 'checks');
  LOCK TABLE rehydra.models IN SHARE ROW EXCLUSIVE MODE;
  PERFORM rehydra.follow_catalog(model);
  role := COALESCE(role, rehydra.registered_spec(model, relation) ->> 'role', 'data');
  PERFORM rehydra.check_role(relation, role, reason);
  SELECT * INTO m FROM rehydra.models r WHERE r.model = rehydra_register.model;
  BEGIN
    PERFORM rehydra.add_model(model, rehydra.guess_tenant_type(model, ARRAY[relation::oid], COALESCE(tenant_column, 'tenant_id')),
                              COALESCE(isolation, m.isolation, 'worker'), COALESCE(acting_role, m.acting_role, 'rehydra_worker'));
    PERFORM rehydra.register_table(model, relation, rehydra.merged_spec(model, relation, role, tenant_column, tenant_path,
      rehydra.without_nulls(jsonb_build_object('role', role, 'key', key_columns, 'sheet', sheet, 'headers', headers, 'leave_out', leave_out,
        'secret', secret_columns, 'match_keys', match_keys, 'shared_rows', shared_rows, 'order_by', order_by,
        'time_column', time_column, 'changed_column', changed_column, 'checks', checks, 'reason', reason))));
    PERFORM rehydra.add_foreign_keys(model), rehydra.check_model(model);
    answers := rehydra.protect_new(model, jsonb_build_array(rehydra.registration_row(model, rehydra.dataset_of(model, relation),
      CASE role WHEN 'reference' THEN 'reference' WHEN 'left_out' THEN 'excluded' ELSE 'registered' END)),
      rehydra.is_kept_apart_anew(m), dry_run);
    IF dry_run THEN
      RAISE EXCEPTION USING ERRCODE = 'RH000';
    END IF;
  EXCEPTION
    WHEN SQLSTATE 'RH000' THEN
      NULL;  -- a dry run leaves nothing but its answer
  END;
  RETURN QUERY SELECT a.* FROM jsonb_to_recordset(answers) AS a (table_name text, action text, sheet text, tenant text, row_key text, note text);
END
$$;
COMMENT ON FUNCTION rehydra_register(regclass, text, text, text, text, text[], text, jsonb, text[], text[], jsonb, boolean, text[], text, text, jsonb, text, text, name, boolean) IS
  'Registers one table, or changes how it is registered: what is not named stays. role: data, own (the tenant''s own row), reference (referred to, not exported) or left_out (a decision, with its reason); tenant_column, or tenant_path: the foreign key (column or name) to a registered table; key_columns: what tells rows apart; headers: {column: header}; match_keys: [[column, ...], ...]; checks: {name: boolean expression over the row}; the others as in rehydra_register_schema';

CREATE FUNCTION rehydra.release_ddl(model text, relation regclass) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- Policies that bind everybody protect the application too: they stay. So do those that another model needs.
  SELECT ddl FROM rehydra.models m
  CROSS JOIN LATERAL (
    SELECT format('REVOKE SELECT, INSERT, UPDATE, DELETE ON %s FROM %I', relation, m.acting_role)
    UNION ALL
    SELECT ddl FROM rehydra.drop_policies_ddl(relation) AS p (ddl) WHERE m.isolation = 'worker'
    UNION ALL
    SELECT format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', relation)
    WHERE m.isolation = 'worker' AND EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'rehydra_pass')
      AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND NOT rehydra.is_own_policy(polname))) AS statements (ddl)
  WHERE m.model = release_ddl.model
    AND NOT EXISTS (SELECT FROM rehydra.datasets d WHERE d.relation_oid = relation AND d.model <> release_ddl.model)
$$;
COMMENT ON FUNCTION rehydra.release_ddl(text, regclass) IS 'The statements that take the acting role''s privileges off a table, and the policies where they bind that role alone';

CREATE FUNCTION rehydra_unregister(relation regclass, model text DEFAULT 'default') RETURNS SETOF text
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  d rehydra.datasets;
  children text;
  statement text;
BEGIN
  LOCK TABLE rehydra.models IN SHARE ROW EXCLUSIVE MODE;
  PERFORM rehydra.follow_catalog(model);
  SELECT * INTO d FROM rehydra.datasets r WHERE r.relation_oid = relation AND r.model = rehydra_unregister.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'table % is not registered in model "%"', relation, model
      USING ERRCODE = 'undefined_object',
            HINT = COALESCE((SELECT format('It is registered in: %s.', string_agg(r.model, ', ' ORDER BY r.model)) FROM rehydra.datasets r WHERE r.relation_oid = relation HAVING count(*) > 0),
                            'SELECT * FROM rehydra_coverage() shows what is registered.');
  END IF;
  SELECT string_agg(c.dataset, ', ' ORDER BY c.dataset) INTO children
  FROM rehydra.datasets c JOIN rehydra.dataset_references r ON r.model = c.model AND r.dataset = c.dataset AND r.reference = c.tenant_reference
  WHERE c.model = d.model AND r.parent = d.dataset AND c.dataset <> d.dataset;
  IF children IS NOT NULL THEN
    RAISE EXCEPTION 'the way of % to its tenant leads through table %', children, relation
      USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Unregister those tables first, or register them with another tenant_path.';
  END IF;
  FOR statement IN SELECT rehydra.release_ddl(model, relation) LOOP
    EXECUTE statement;
    RETURN NEXT statement;
  END LOOP;
  DELETE FROM rehydra.datasets r WHERE r.model = d.model AND r.dataset = d.dataset;
  RETURN NEXT format('table %s is no longer registered in model "%s"', relation, model);
  IF EXISTS (SELECT FROM rehydra.datasets r WHERE r.relation_oid = relation) THEN
    RETURN NEXT 'its policies and privileges stay: another model needs them';
  ELSIF EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND rehydra.is_own_policy(polname)) THEN
    RETURN NEXT 'its policies named rehydra_* stay, because they keep tenants apart for everybody: drop them yourself if that is meant';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra_unregister(regclass, text) IS
  'Takes a table out of a model: it is no longer exported, and no file can change it. Policies that bind the acting role alone go, those that bind everybody stay. Returns what was done';

REVOKE ALL ON FUNCTION rehydra.way_text(text, text), rehydra.registration_note(text, text), rehydra.registration_row(text, text, text),
  rehydra.guess_tenant_type(text, oid[], text), rehydra.check_table_names(text, text[], text), rehydra.left_over(oid[], jsonb, text[], jsonb),
  rehydra.register_found(text, jsonb, jsonb), rehydra.register_all(text, oid[], text, text[], jsonb, jsonb), rehydra.protect_new(text, jsonb, boolean, boolean), rehydra.is_kept_apart_anew(rehydra.models),
  rehydra_register_schema(text, text, text, text, name, text[], jsonb, jsonb, text[], boolean), rehydra.way_spec(text, regclass, text, text),
  rehydra.registered_spec(text, regclass), rehydra.check_role(regclass, text, text), rehydra.merged_spec(text, regclass, text, text, text, jsonb),
  rehydra_register(regclass, text, text, text, text, text[], text, jsonb, text[], text[], jsonb, boolean, text[], text, text, jsonb, text, text, name, boolean),
  rehydra.release_ddl(text, regclass), rehydra_unregister(regclass, text) FROM PUBLIC;
