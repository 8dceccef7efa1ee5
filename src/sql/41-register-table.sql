-- One table's registration from a specification, with what can be told from the catalog as defaults. Used by rehydra_register and
-- rehydra_register_schema (43-register.sql).
CREATE FUNCTION rehydra.title_of(name text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- Names of other forms were chosen by somebody: they stay.
  SELECT CASE WHEN name ~ '^[a-z][a-z0-9_]*$'
              THEN (SELECT string_agg(CASE WHEN word IN ('id', 'url', 'uuid', 'ip', 'api', 'kpi', 'sla') THEN upper(word) ELSE initcap(word) END, ' ' ORDER BY n)
                    FROM regexp_split_to_table(btrim(name, '_'), '_+') WITH ORDINALITY AS words (word, n))
              ELSE COALESCE(NULLIF(btrim(ltrim(regexp_replace(name, '[[:cntrl:]]+', ' ', 'g'), '_ ')), ''), 'Column') END
$$;
COMMENT ON FUNCTION rehydra.title_of(text) IS 'What people read for a name: account_name is Account Name';

CREATE FUNCTION rehydra.text_array(list jsonb) RETURNS text[]
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN jsonb_typeof(list) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(list)) END
$$;
COMMENT ON FUNCTION rehydra.text_array(jsonb) IS 'The texts of a JSON array; NULL for anything else';

CREATE FUNCTION rehydra.check_object(value jsonb, argument text) RETURNS void
  LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF jsonb_typeof(value) <> 'object' THEN
    RAISE EXCEPTION '% is not an object', argument USING ERRCODE = 'invalid_parameter_value', HINT = format('Write %s => ''{"name": ...}''.', argument);
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_object(jsonb, text) IS 'Raises 22023 for JSON that is there and no object';

CREATE FUNCTION rehydra.check_list(value jsonb, argument text) RETURNS void
  LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF jsonb_typeof(value) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(value) AS one WHERE jsonb_typeof(one) <> 'string') THEN
    RAISE EXCEPTION '% is not a list of names', argument USING ERRCODE = 'invalid_parameter_value', HINT = 'Write a list also for one name: ["name"].';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_list(jsonb, text) IS 'Raises 22023 for JSON that is there and no list of texts';

CREATE FUNCTION rehydra.without_nulls(object jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(jsonb_object_agg(key, value), '{}') FROM jsonb_each(object) WHERE value <> 'null'
$$;
COMMENT ON FUNCTION rehydra.without_nulls(jsonb) IS 'An object without its own members that are null; what is inside of others stays';

CREATE FUNCTION rehydra.looks_secret(relation regclass) RETURNS text[]
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(array_agg(attname::text ORDER BY attnum), '{}') FROM pg_attribute
  WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    AND atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'bytea'::regtype)
    AND attname ~* '(^|_)(password|passwd|passphrase|secret|api_?key|private_?key|access_?key|auth_?token|access_?token|refresh_?token|api_?token)(_|$)'
    AND attname::text <> ALL (COALESCE(rehydra.primary_key(relation), '{}'))
$$;
COMMENT ON FUNCTION rehydra.looks_secret(regclass) IS 'The columns whose names say that nobody should read them in a workbook';

CREATE FUNCTION rehydra.find_key(relation regclass) RETURNS text[]
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- An insert asks the index at once whether a key is taken, so that a deferrable one is the last choice.
  SELECT array_agg(a.attname::text ORDER BY k.place)
  FROM (SELECT i.* FROM pg_index i
        WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (SELECT FROM pg_attribute n WHERE n.attrelid = i.indrelid AND n.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) AND NOT n.attnotnull)
        ORDER BY i.indimmediate DESC, i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) AS i
  CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE k.place <= i.indnkeyatts
$$;
COMMENT ON FUNCTION rehydra.find_key(regclass) IS
  'The columns that tell a table''s rows apart: its primary key, else its narrowest unique index over NOT NULL columns; NULL for none';

CREATE FUNCTION rehydra.default_match_keys(relation regclass, key_columns text[], tenant_column text) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- What is unique to the tenant names a row even where its key is another one's.
  SELECT COALESCE(jsonb_agg(to_jsonb(u.columns) ORDER BY cardinality(u.columns), u.columns), '[]')
  FROM (SELECT DISTINCT array_agg(a.attname::text ORDER BY k.place) FILTER (WHERE a.attname::text IS DISTINCT FROM tenant_column) AS columns
        FROM pg_index i
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
        GROUP BY i.indexrelid
        HAVING bool_and(a.attgenerated = '')) AS u
  WHERE u.columns IS NOT NULL AND NOT (u.columns @> key_columns)
$$;
COMMENT ON FUNCTION rehydra.default_match_keys(regclass, text[], text) IS 'Match keys by the table''s unique indexes: what they cover beside the tenant column';

CREATE FUNCTION rehydra.sheet_columns_of(relation regclass, tenant_column text, hidden text[], headers jsonb) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH named AS (
    SELECT attname::text AS name, attnum, COALESCE(btrim(headers ->> attname), rehydra.title_of(attname::text)) AS header,
           headers ? attname AS chosen
    FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      AND attname::text IS DISTINCT FROM tenant_column AND attname::text <> ALL (hidden))
  SELECT COALESCE(jsonb_agg(jsonb_build_object('column', name, 'header', CASE WHEN chosen OR place = 1 THEN header ELSE format('%s [column %s]', header, attnum) END)
                            ORDER BY attnum), '[]')
  FROM (SELECT *, row_number() OVER (PARTITION BY lower(header) ORDER BY chosen DESC, attnum) AS place FROM named) AS titled
$$;
COMMENT ON FUNCTION rehydra.sheet_columns_of(regclass, text, text[], jsonb) IS
  'A sheet of all of a table''s columns but the tenant''s, the generated and the hidden ones, as rehydra.add_sheet takes it; headers: {column: header}, else made from the name';

CREATE FUNCTION rehydra.free_sheet_title(model text, dataset text, wanted text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT candidate FROM (
    SELECT CASE n WHEN 1 THEN wanted ELSE format('%s [%s]', wanted, n) END AS candidate, n
    FROM generate_series(1, 2 + (SELECT count(*)::int FROM rehydra.sheets s WHERE s.model = free_sheet_title.model)) AS n) AS candidates
  WHERE lower(candidate) NOT IN ('export metadata', 'overview')
    AND NOT EXISTS (SELECT FROM rehydra.sheets s
                    WHERE s.model = free_sheet_title.model AND s.dataset <> free_sheet_title.dataset AND lower(s.sheet) = lower(candidate))
  ORDER BY n LIMIT 1
$$;
COMMENT ON FUNCTION rehydra.free_sheet_title(text, text, text) IS 'The wanted title, or that with the first number that no other data set of the model has';

CREATE FUNCTION rehydra.check_expression_columns(relation regclass, expression text) RETURNS text[]
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  columns text[];
BEGIN
  -- The parser says what an expression reads, once it stands in a view. A WHERE takes neither aggregates nor anything but a boolean.
  BEGIN
    EXECUTE format('CREATE TEMP VIEW rehydra_expression AS SELECT 1 AS one FROM %s AS planned WHERE NOT (%s)', relation, expression);
    SELECT array_agg(DISTINCT a.attname::text) INTO columns
    FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE r.ev_class = 'pg_temp.rehydra_expression'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND d.refobjsubid > 0;
    RAISE EXCEPTION USING ERRCODE = 'RH000';
  EXCEPTION
    WHEN SQLSTATE 'RH000' THEN
      NULL;  -- the view is gone again
  END;
  IF columns IS NULL THEN
    RAISE EXCEPTION 'check (%) reads no column of table %', expression, relation
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Write a condition on the columns of one row: month BETWEEN 1 AND 12.';
  END IF;
  RETURN columns;
END
$$;
COMMENT ON FUNCTION rehydra.check_expression_columns(regclass, text) IS 'The columns that a boolean expression over a table''s row reads; raises where it is not understood';

CREATE FUNCTION rehydra.add_check(model text, dataset text, name text, expression text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  relation regclass := rehydra.relation_of(add_check.model, add_check.dataset);
  reads text[];
  unseen text;
BEGIN
  IF COALESCE(btrim(add_check.expression), '') = '' THEN
    RAISE EXCEPTION 'check "%" has no condition', add_check.name USING ERRCODE = 'invalid_parameter_value', HINT = 'Write {name: boolean expression}.';
  END IF;
  reads := rehydra.check_expression_columns(relation, add_check.expression);
  SELECT string_agg(quote_ident(r), ', ') INTO unseen FROM unnest(reads) AS r
  WHERE NOT EXISTS (SELECT FROM rehydra.datasets d WHERE d.model = add_check.model AND d.dataset = add_check.dataset AND d.tenant_column = r)
    AND NOT EXISTS (SELECT FROM rehydra.sheets s JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet
                    WHERE s.model = add_check.model AND s.dataset = add_check.dataset AND c.kind = 'data' AND c.column_name = r);
  IF unseen IS NOT NULL THEN
    RAISE EXCEPTION 'check "%" of table % reads %, which no sheet shows', add_check.name, relation, unseen
      USING ERRCODE = 'invalid_parameter_value', HINT = 'A file brings no values for columns that are secret, generated or left out.';
  END IF;
  INSERT INTO rehydra.dataset_checks (model, dataset, name, expression, columns, read_as)
  VALUES (add_check.model, add_check.dataset, add_check.name, add_check.expression, reads, reads)
  ON CONFLICT ON CONSTRAINT dataset_checks_pkey DO UPDATE SET expression = EXCLUDED.expression, columns = EXCLUDED.columns, read_as = EXCLUDED.read_as;
END
$$;
COMMENT ON FUNCTION rehydra.add_check(text, text, text, text) IS 'Gives a data set a rule, in place of one of that name';

CREATE FUNCTION rehydra.set_checks(model text, dataset text, checks jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM rehydra.dataset_checks WHERE model = set_checks.model AND dataset = set_checks.dataset;
  PERFORM rehydra.add_check(set_checks.model, set_checks.dataset, rule.key, rule.value)
  FROM (SELECT key, value FROM jsonb_each_text(set_checks.checks) ORDER BY key) AS rule;
END
$$;
COMMENT ON FUNCTION rehydra.set_checks(text, text, jsonb) IS 'Replaces a data set''s rules: {name: boolean expression}';

CREATE FUNCTION rehydra.register_table(model text, relation regclass, spec jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
  dataset_name text := rehydra.dataset_of(model, relation);
  role text := COALESCE(spec ->> 'role', 'data');
  keys text[] := COALESCE(rehydra.text_array(spec -> 'key'), rehydra.find_key(relation));
  secrets text[] := COALESCE(rehydra.text_array(spec -> 'secret'), rehydra.looks_secret(relation));
  left_out text[] := COALESCE(rehydra.text_array(spec -> 'leave_out'), '{}');
  tenant_column text := spec ->> 'tenant_column';
  way_columns text[] := rehydra.text_array(spec -> 'way');
  way_name text := rehydra.reference_name(way_columns, spec ->> 'parent');
  place int := (SELECT min(s.position) FROM rehydra.sheets s WHERE s.model = register_table.model AND s.dataset = dataset_name);
BEGIN
  PERFORM rehydra.check_columns(relation, left_out, 'left out');
  PERFORM rehydra.check_columns(relation, ARRAY(SELECT jsonb_object_keys(spec -> 'headers')), 'header');
  PERFORM rehydra.check_columns(relation, rehydra.text_array(spec -> 'order_by'), 'order');
  PERFORM rehydra.add_dataset(model, relation, role, tenant_column, way_name, keys,
    COALESCE(spec -> 'match_keys', CASE WHEN role = 'data' THEN rehydra.default_match_keys(relation, keys, tenant_column) END, '[]'),
    secrets, COALESCE((spec ->> 'shared_rows')::boolean, false), spec ->> 'reason');
  UPDATE rehydra.datasets d
  SET left_out_columns = left_out, order_columns = COALESCE(rehydra.text_array(spec -> 'order_by'), '{}')
  WHERE d.model = register_table.model AND d.dataset = dataset_name;
  PERFORM rehydra.set_times(model, dataset_name, spec);
  IF way_columns IS NOT NULL THEN
    PERFORM rehydra.add_reference(model, dataset_name, way_name, way_columns, spec ->> 'parent', rehydra.text_array(spec -> 'parent_columns'));
  END IF;
  DELETE FROM rehydra.sheets s WHERE s.model = register_table.model AND s.dataset = dataset_name AND (NOT s.satellite OR role NOT IN ('data', 'own'));
  IF role IN ('data', 'own') THEN
    PERFORM rehydra.add_sheet(model, dataset_name, rehydra.free_sheet_title(model, dataset_name, COALESCE(spec ->> 'sheet', rehydra.title_of((SELECT relname FROM pg_class WHERE oid = relation)))),
      rehydra.sheet_columns_of(relation, tenant_column, secrets || left_out, COALESCE(spec -> 'headers', '{}')) || COALESCE(spec -> 'display', '[]'));
    UPDATE rehydra.sheets s SET position = COALESCE(place, s.position) WHERE s.model = register_table.model AND s.dataset = dataset_name;
    -- Rules stay where nothing is said of them.
    PERFORM rehydra.set_checks(model, dataset_name, spec -> 'checks') WHERE spec ? 'checks';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.register_table(text, regclass, jsonb) IS
  'Registers one table, with one sheet where it holds a tenant''s rows. spec: {role, tenant_column | way, parent, parent_columns, key, secret, leave_out, match_keys, shared_rows, sheet, headers, display, order_by, time_column, changed_column, checks, reason}, each optional';

REVOKE ALL ON FUNCTION rehydra.title_of(text), rehydra.looks_secret(regclass), rehydra.find_key(regclass), rehydra.default_match_keys(regclass, text[], text),
  rehydra.sheet_columns_of(regclass, text, text[], jsonb), rehydra.text_array(jsonb), rehydra.check_object(jsonb, text),
  rehydra.check_list(jsonb, text), rehydra.without_nulls(jsonb), rehydra.free_sheet_title(text, text, text),
  rehydra.check_expression_columns(regclass, text), rehydra.add_check(text, text, text, text), rehydra.set_checks(text, text, jsonb), rehydra.register_table(text, regclass, jsonb) FROM PUBLIC;
