-- Registration: what set-up functions write into the registry, each name checked against the catalog first. Nothing here is granted to anybody.
CREATE FUNCTION rehydra.check_columns(relation regclass, names text[], purpose text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(quote_ident(named.name), ', ') INTO missing
  FROM unnest(check_columns.names) AS named (name)
  WHERE NOT rehydra.has_column(check_columns.relation, named.name);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'table % has no column % (%)', relation, missing, purpose
      USING ERRCODE = 'undefined_column', HINT = 'Name columns of the table as it is.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_columns(regclass, text[], text) IS 'Raises 42703 where a table lacks one of the columns named';

CREATE FUNCTION rehydra.has_column(relation regclass, name text) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_attribute
                 WHERE attrelid = relation AND attname = has_column.name AND attnum > 0 AND NOT attisdropped)
$$;
COMMENT ON FUNCTION rehydra.has_column(regclass, text) IS 'Whether a table has a column of this name';

CREATE FUNCTION rehydra.column_type(relation regclass, name text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- Without the length: a cast to varchar(3) would cut a longer customer id down to somebody else's.
  SELECT format_type(atttypid, -1) FROM pg_attribute
  WHERE attrelid = relation AND attname = column_type.name AND attnum > 0 AND NOT attisdropped
$$;
COMMENT ON FUNCTION rehydra.column_type(regclass, text) IS 'A column''s type, without length or precision';

CREATE FUNCTION rehydra.check_relation(relation regclass) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  kind "char";
  persistence "char";
  distributed boolean;
BEGIN
  IF (SELECT relispartition FROM pg_class WHERE oid = relation) THEN
    RAISE EXCEPTION '% is a partition of %', relation, pg_partition_root(relation)
      USING ERRCODE = 'wrong_object_type', HINT = 'Register the partitioned table: its partitions are part of it.';
  END IF;
  SELECT relkind, relpersistence INTO kind, persistence FROM pg_class WHERE oid = relation;
  IF kind IS NULL OR kind NOT IN ('r', 'p') OR persistence = 't' THEN
    RAISE EXCEPTION '% is not an ordinary or partitioned table', relation
      USING ERRCODE = 'wrong_object_type',
            HINT = 'Register the tables that hold the rows; views, foreign tables and temporary tables cannot be exported.';
  END IF;
  IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
    EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = $1)' INTO distributed USING relation;
    IF distributed THEN
      RAISE EXCEPTION 'table % is distributed by Citus', relation
        USING ERRCODE = 'feature_not_supported', HINT = 'Register tables that are local to this server.';
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_relation(regclass) IS 'Raises 42809 for anything but an ordinary or partitioned table, 0A000 for a distributed one';

CREATE FUNCTION rehydra.primary_key(relation regclass) RETURNS text[]
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(a.attname::text ORDER BY k.place)
  FROM pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE i.indrelid = relation AND i.indisprimary AND k.place <= i.indnkeyatts
$$;
COMMENT ON FUNCTION rehydra.primary_key(regclass) IS 'The primary key''s columns, in the key''s order; NULL for none';

CREATE FUNCTION rehydra.has_unique_index(relation regclass, names text[]) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT bool_or(i.indimmediate)
  FROM pg_index i
  CROSS JOIN LATERAL (
    SELECT array_agg(a.attname::text) AS names
    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE k.place <= i.indnkeyatts) AS indexed
  WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    AND indexed.names @> has_unique_index.names AND indexed.names <@ has_unique_index.names
$$;
COMMENT ON FUNCTION rehydra.has_unique_index(regclass, text[]) IS
  'Whether a unique index over exactly these columns holds at once; false where those that exist are deferrable, NULL for none';

CREATE FUNCTION rehydra.check_key(relation regclass, key_columns text[]) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF COALESCE(cardinality(key_columns), 0) = 0 THEN
    RAISE EXCEPTION 'table % has no primary key', relation
      USING ERRCODE = 'invalid_table_definition', HINT = 'Add one, or name the columns that tell its rows apart.';
  END IF;
  PERFORM rehydra.check_columns(relation, key_columns, 'key');
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = ANY (key_columns) AND NOT attnotnull)
     OR rehydra.has_unique_index(relation, key_columns) IS NULL
  THEN
    RAISE EXCEPTION 'columns % of table % do not tell its rows apart', array_to_string(key_columns, ', '), relation
      USING ERRCODE = 'invalid_table_definition',
            HINT = 'A key is NOT NULL and unique: a primary key, or a unique index over exactly these columns.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_key(regclass, text[]) IS 'Raises 42P16 where the columns are no key of the table';

CREATE FUNCTION rehydra.relation_of(model text, dataset text) RETURNS regclass
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  relation regclass;
BEGIN
  SELECT relation_oid::regclass INTO relation FROM rehydra.datasets
  WHERE model = relation_of.model AND dataset = relation_of.dataset;
  IF relation IS NULL THEN
    RAISE EXCEPTION 'data set "%" is not registered in model "%"', relation_of.dataset, relation_of.model
      USING ERRCODE = 'undefined_object', HINT = 'Register its table first.';
  END IF;
  RETURN relation;
END
$$;
COMMENT ON FUNCTION rehydra.relation_of(text, text) IS 'The table of a registered data set; raises 42704 for none';

CREATE FUNCTION rehydra.add_model(model text, tenant_type text, isolation text DEFAULT 'worker', acting_role name DEFAULT 'rehydra_worker')
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF to_regtype(add_model.tenant_type) IS NULL THEN
    RAISE EXCEPTION 'type "%" does not exist', add_model.tenant_type
      USING ERRCODE = 'undefined_object', HINT = 'Name the type of the tenant column, with its schema.';
  END IF;
  INSERT INTO rehydra.models (model, tenant_type, isolation, acting_role)
  VALUES (add_model.model, add_model.tenant_type, add_model.isolation, add_model.acting_role)
  ON CONFLICT (model) DO UPDATE
    SET tenant_type = EXCLUDED.tenant_type, isolation = EXCLUDED.isolation, acting_role = EXCLUDED.acting_role;
END
$$;
COMMENT ON FUNCTION rehydra.add_model(text, text, text, name) IS 'Registers a model, or changes how it is kept apart; rehydra.protect() puts it into force';

CREATE FUNCTION rehydra.dataset_of(model text, relation regclass) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- A data set keeps its name when its table gets another.
  SELECT COALESCE((SELECT d.dataset FROM rehydra.datasets d WHERE d.model = dataset_of.model AND d.relation_oid = relation),
                  (SELECT relname::text FROM pg_class WHERE oid = relation))
$$;
COMMENT ON FUNCTION rehydra.dataset_of(text, regclass) IS 'The data set of a table: the one it is registered as, else named after it';

CREATE FUNCTION rehydra.base_type(type oid) RETURNS oid
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE base AS (
    SELECT oid, typtype, typbasetype FROM pg_type WHERE oid = base_type.type
    UNION ALL
    SELECT t.oid, t.typtype, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
  SELECT oid FROM base WHERE typtype <> 'd'
$$;
COMMENT ON FUNCTION rehydra.base_type(oid) IS 'What a domain is made of in the end; other types are themselves';

CREATE FUNCTION rehydra.check_tenant_column(relation regclass, tenant_column text, key_columns text[], tenant_type text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  generated text;
  own_type regtype := rehydra.column_type(relation, tenant_column);
BEGIN
  SELECT quote_ident(attname) INTO generated FROM pg_attribute
  WHERE attrelid = relation AND attgenerated <> '' AND NOT attisdropped AND attname::text = ANY (key_columns || tenant_column) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'column % of table % is generated', generated, relation
      USING ERRCODE = 'invalid_table_definition', HINT = 'No row could be put back: the tenant and the key have to be columns that can be written.';
  END IF;
  IF NOT EXISTS (
       SELECT FROM pg_type a, pg_type b
       WHERE a.oid = rehydra.base_type(own_type) AND b.oid = rehydra.base_type(to_regtype(tenant_type))
         AND (a.oid = b.oid OR (a.typcategory = 'S' AND b.typcategory = 'S')
              OR EXISTS (SELECT FROM pg_operator o WHERE o.oprname = '=' AND o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft = a.oid AND o.oprright = b.oid)))
     AND tenant_column IS NOT NULL THEN
    RAISE EXCEPTION 'tenant column "%" of table % is of type %, and the model''s tenants are %', tenant_column, relation, own_type, tenant_type
      USING ERRCODE = 'invalid_table_definition', HINT = 'Register the table in a model of its own, or give the column the type of the others.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_tenant_column(regclass, text, text[], text) IS
  'Raises 42P16 where the tenant or the key is generated, or the tenant cannot be compared with the model''s';

CREATE FUNCTION rehydra.add_dataset(model text, relation regclass, role text DEFAULT 'data', tenant_column text DEFAULT NULL,
                                    tenant_reference text DEFAULT NULL, key_columns text[] DEFAULT NULL, match_keys jsonb DEFAULT '[]',
                                    secret_columns text[] DEFAULT '{}', shared_rows boolean DEFAULT false, reason text DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  key text[] := COALESCE(add_dataset.key_columns, rehydra.primary_key(relation));
  table_schema name;
  own_name name;
  name text := rehydra.dataset_of(add_dataset.model, relation);
BEGIN
  PERFORM rehydra.check_relation(relation);
  SELECT n.nspname, c.relname INTO table_schema, own_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation;
  IF EXISTS (SELECT FROM rehydra.datasets
             WHERE model = add_dataset.model AND dataset = name AND relation_oid <> relation
               AND (schema_name <> table_schema OR EXISTS (SELECT FROM pg_class WHERE oid = relation_oid))) THEN
    RAISE EXCEPTION 'model "%" has a data set "%" of another table', add_dataset.model, name
      USING ERRCODE = 'duplicate_object', HINT = 'A data set is named after its table: unregister the other, or register this one in a model of its own.';
  END IF;
  IF COALESCE(cardinality(key), 0) = 0 AND add_dataset.role IN ('data', 'own') THEN
    PERFORM rehydra.check_keyless(relation, add_dataset.role, add_dataset.secret_columns);
  ELSIF add_dataset.role IN ('data', 'own') THEN
    PERFORM rehydra.check_key(relation, key);
  END IF;
  PERFORM rehydra.check_columns(relation, ARRAY[add_dataset.tenant_column], 'tenant column') WHERE add_dataset.tenant_column IS NOT NULL;
  PERFORM rehydra.check_tenant_column(relation, add_dataset.tenant_column, key, (SELECT tenant_type FROM rehydra.models WHERE model = add_dataset.model))
  WHERE add_dataset.role IN ('data', 'own');
  IF add_dataset.shared_rows AND add_dataset.tenant_column IS NULL THEN
    RAISE EXCEPTION 'table % has no tenant column, so no rows that are shared', relation
      USING ERRCODE = 'invalid_table_definition', HINT = 'Rows are shared where their tenant column is NULL; what hangs on another table follows that one.';
  END IF;
  PERFORM rehydra.check_columns(relation, add_dataset.secret_columns, 'secret');
  PERFORM rehydra.check_columns(relation, ARRAY(SELECT jsonb_array_elements_text(one) FROM jsonb_array_elements(add_dataset.match_keys) AS one),
                                'match key');

  INSERT INTO rehydra.datasets AS d (model, dataset, schema_name, table_name, relation_oid, role, position, key_columns, tenant_column,
                                     tenant_reference, shared_rows, match_keys, secret_columns, reason)
  VALUES (add_dataset.model, name, table_schema, own_name, relation, add_dataset.role,
          (SELECT COALESCE(max(position), 0) + 1 FROM rehydra.datasets WHERE model = add_dataset.model),
          COALESCE(key, '{}'), add_dataset.tenant_column, add_dataset.tenant_reference, add_dataset.shared_rows, add_dataset.match_keys,
          add_dataset.secret_columns, add_dataset.reason)
  ON CONFLICT (model, dataset) DO UPDATE
    -- Another table: what was noted of the columns of the former one says nothing of it.
    SET relation_home = CASE WHEN d.relation_oid = EXCLUDED.relation_oid THEN d.relation_home END,
        schema_name = EXCLUDED.schema_name, table_name = EXCLUDED.table_name, relation_oid = EXCLUDED.relation_oid,
        role = EXCLUDED.role, key_columns = EXCLUDED.key_columns,
        tenant_column = EXCLUDED.tenant_column, tenant_reference = EXCLUDED.tenant_reference, shared_rows = EXCLUDED.shared_rows,
        match_keys = EXCLUDED.match_keys, secret_columns = EXCLUDED.secret_columns, reason = EXCLUDED.reason;
END
$$;
COMMENT ON FUNCTION rehydra.add_dataset(text, regclass, text, text, text, text[], jsonb, text[], boolean, text) IS
  'Registers a table as a data set named after it; key_columns: NULL for the primary key, or all columns where there is none. A left-out table is protected only where its tenant column is given';

CREATE FUNCTION rehydra.add_reference(model text, dataset text, reference text, columns text[], parent text, parent_columns text[] DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  target text[] := COALESCE(add_reference.parent_columns, rehydra.primary_key(rehydra.relation_of(add_reference.model, add_reference.parent)));
BEGIN
  PERFORM rehydra.check_columns(rehydra.relation_of(add_reference.model, add_reference.dataset), add_reference.columns,
                                'reference ' || add_reference.reference);
  PERFORM rehydra.check_columns(rehydra.relation_of(add_reference.model, add_reference.parent), target,
                                'reference ' || add_reference.reference || ' of ' || add_reference.dataset);
  IF cardinality(add_reference.columns) IS DISTINCT FROM cardinality(target) THEN
    RAISE EXCEPTION 'reference "%" of data set "%" has % columns, and its parent''s key %', add_reference.reference, add_reference.dataset,
      cardinality(add_reference.columns), cardinality(target)
      USING ERRCODE = 'invalid_foreign_key', HINT = 'Name as many parent columns as columns.';
  END IF;
  INSERT INTO rehydra.dataset_references (model, dataset, reference, columns, parent, parent_columns)
  VALUES (add_reference.model, add_reference.dataset, add_reference.reference, add_reference.columns, add_reference.parent, target)
  ON CONFLICT (model, dataset, reference) DO UPDATE
    SET columns = EXCLUDED.columns, parent = EXCLUDED.parent, parent_columns = EXCLUDED.parent_columns;
END
$$;
COMMENT ON FUNCTION rehydra.add_reference(text, text, text, text[], text, text[]) IS
  'Declares that rows of a data set refer to rows of another; parent_columns: NULL for the parent''s primary key';

CREATE FUNCTION rehydra.free_reference_name(model text, dataset text, wanted text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT candidate FROM (
    SELECT CASE n WHEN 1 THEN wanted ELSE wanted || '_' || n END AS candidate, n
    FROM generate_series(1, 1 + (SELECT count(*)::int FROM rehydra.dataset_references r
                                 WHERE r.model = free_reference_name.model AND r.dataset = free_reference_name.dataset)) AS n) AS candidates
  WHERE NOT EXISTS (SELECT FROM rehydra.dataset_references r
                    WHERE r.model = free_reference_name.model AND r.dataset = free_reference_name.dataset AND r.reference = candidate)
  ORDER BY n LIMIT 1
$$;
COMMENT ON FUNCTION rehydra.free_reference_name(text, text, text) IS 'The wanted name, or that with the first number that is not taken';

CREATE FUNCTION rehydra.reference_name(columns text[], parent text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN cardinality(columns) = 1 THEN regexp_replace(columns[1], '(.)_id$', '\1') ELSE parent END
$$;
COMMENT ON FUNCTION rehydra.reference_name(text[], text) IS 'What a foreign key is called: account for account_id, its parent where it has several columns';

CREATE FUNCTION rehydra.add_foreign_keys(model text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT child.dataset, parent.dataset AS parent, k.columns, k.parent_columns
    FROM rehydra.foreign_keys k
    JOIN rehydra.datasets child ON child.model = add_foreign_keys.model AND child.relation_oid = k.child AND child.role <> 'left_out'
    JOIN rehydra.datasets parent ON parent.model = add_foreign_keys.model AND parent.relation_oid = k.parent
    -- The tenant key alone is set from the session, so that it needs no look-up.
    WHERE k.columns IS DISTINCT FROM ARRAY[child.tenant_column]
      AND NOT EXISTS (SELECT FROM rehydra.dataset_references r
                      WHERE r.model = child.model AND r.dataset = child.dataset AND r.parent = parent.dataset
                        AND r.columns = k.columns AND r.parent_columns = k.parent_columns)
    ORDER BY child.position, k.name
  LOOP
    PERFORM rehydra.add_reference(add_foreign_keys.model, found.dataset,
      rehydra.free_reference_name(add_foreign_keys.model, found.dataset,
        rehydra.reference_name(found.columns, found.parent)),
      found.columns, found.parent, found.parent_columns);
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.add_foreign_keys(text) IS
  'Declares every foreign key between the model''s tables that is not declared yet, but those that are the tenant key alone';

CREATE FUNCTION rehydra.check_sheet_column(model text, dataset text, declared jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  shown rehydra.dataset_references;
  relation regclass := rehydra.relation_of(check_sheet_column.model, check_sheet_column.dataset);
BEGIN
  SELECT * INTO d FROM rehydra.datasets WHERE model = check_sheet_column.model AND dataset = check_sheet_column.dataset;
  IF declared ? 'expression' THEN
    -- Reads no row: it only has to be understood.
    EXECUTE format('SELECT %s FROM %s AS t LIMIT 0', declared ->> 'expression', relation);
  ELSIF declared ? 'reference' THEN
    SELECT * INTO shown FROM rehydra.dataset_references
    WHERE model = d.model AND dataset = d.dataset AND reference = declared ->> 'reference';
    IF NOT FOUND THEN
      RAISE EXCEPTION 'data set "%" has no reference "%"', d.dataset, declared ->> 'reference'
        USING ERRCODE = 'undefined_object', HINT = 'Declare the reference before the sheet that shows it.';
    END IF;
    PERFORM rehydra.check_columns(rehydra.relation_of(d.model, shown.parent), ARRAY[declared ->> 'column'], declared ->> 'header');
  ELSE
    PERFORM rehydra.check_columns(relation, ARRAY[declared ->> 'column'], declared ->> 'header');
    IF declared ->> 'column' = d.tenant_column OR declared ->> 'column' = ANY (d.secret_columns)
       OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = declared ->> 'column' AND attgenerated <> '') THEN
      RAISE EXCEPTION 'column "%" of data set "%" is never exported', declared ->> 'column', d.dataset
        USING ERRCODE = 'invalid_parameter_value', HINT = 'The tenant column, secrets and generated columns are on no sheet.';
    END IF;
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_sheet_column(text, text, jsonb) IS
  'Raises where a declared column of a sheet does not exist, or must not be exported';

CREATE FUNCTION rehydra.add_sheet(model text, dataset text, sheet text, columns jsonb, satellite boolean DEFAULT false)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  place int;
  twice text;
BEGIN
  SELECT string_agg(header, ', ') INTO twice FROM (
    SELECT min(one ->> 'header') AS header FROM jsonb_array_elements(add_sheet.columns) AS one
    GROUP BY lower(btrim(one ->> 'header')) HAVING count(*) > 1) AS repeated;
  IF twice IS NOT NULL THEN
    RAISE EXCEPTION 'sheet "%" has the header % twice', add_sheet.sheet, twice
      USING ERRCODE = 'duplicate_column', HINT = 'Columns are found by their headers: case and surrounding space do not tell them apart.';
  END IF;
  IF lower(add_sheet.sheet) = 'export metadata' OR EXISTS (
       SELECT FROM rehydra.sheets WHERE model = add_sheet.model AND lower(sheet) = lower(add_sheet.sheet)
         AND (dataset, sheet) <> (add_sheet.dataset, add_sheet.sheet)) THEN
    RAISE EXCEPTION 'the name of sheet "%" is taken', add_sheet.sheet
      USING ERRCODE = 'duplicate_object', HINT = 'Sheets are told apart without regard to case, and "Export Metadata" is reserved.';
  END IF;
  PERFORM rehydra.check_sheet_column(add_sheet.model, add_sheet.dataset, one) FROM jsonb_array_elements(add_sheet.columns) AS one;

  SELECT position INTO place FROM rehydra.sheets WHERE model = add_sheet.model AND sheet = add_sheet.sheet;
  DELETE FROM rehydra.sheets WHERE model = add_sheet.model AND sheet = add_sheet.sheet;
  INSERT INTO rehydra.sheets (model, dataset, sheet, position, satellite)
  VALUES (add_sheet.model, add_sheet.dataset, add_sheet.sheet,
          COALESCE(place, (SELECT COALESCE(max(position), 0) + 1 FROM rehydra.sheets WHERE model = add_sheet.model)), add_sheet.satellite);
  INSERT INTO rehydra.sheet_columns (model, sheet, position, header, kind, column_name, reference, expression)
  SELECT add_sheet.model, add_sheet.sheet, n, btrim(one ->> 'header'),
         CASE WHEN one ? 'reference' OR one ? 'expression' THEN 'display' ELSE 'data' END,
         one ->> 'column', one ->> 'reference', one ->> 'expression'
  FROM jsonb_array_elements(add_sheet.columns) WITH ORDINALITY AS declared (one, n);
END
$$;
COMMENT ON FUNCTION rehydra.add_sheet(text, text, text, jsonb, boolean) IS
  'Declares a sheet, left to right: [{"header", "column"}, {"header", "reference", "column"}, {"header", "expression"}, ...]; satellite: a second sheet of a table, joined by key';

CREATE FUNCTION rehydra.check_tenant_path(model text, dataset text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  visited text[] := '{}';
  next text := check_tenant_path.dataset;
BEGIN
  LOOP
    SELECT * INTO d FROM rehydra.datasets WHERE model = check_tenant_path.model AND dataset = next;
    EXIT WHEN d.tenant_column IS NOT NULL AND d.role <> 'left_out';
    SELECT parent INTO next FROM rehydra.dataset_references
    WHERE model = d.model AND dataset = d.dataset AND reference = d.tenant_reference;
    IF next IS NULL OR d.role = 'left_out' OR d.dataset = ANY (visited) THEN
      RAISE EXCEPTION 'data set "%" does not lead to a tenant', check_tenant_path.dataset
        USING ERRCODE = 'invalid_object_definition',
              DETAIL = format('The way ends at data set "%s".', d.dataset),
              HINT = 'Name the tenant column, or a declared reference whose parents have one.';
    END IF;
    visited := visited || d.dataset;
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.check_tenant_path(text, text) IS 'Raises 42P17 where the rows of a data set cannot be told apart by tenant';

CREATE FUNCTION rehydra.check_model(model text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  wrong record;
BEGIN
  PERFORM rehydra.check_tenant_path(d.model, d.dataset) FROM rehydra.datasets d
  WHERE d.model = check_model.model AND (d.role IN ('data', 'own') OR d.role = 'reference' AND d.tenant_reference IS NOT NULL);
  PERFORM rehydra.check_keyless_datasets(check_model.model);
  SELECT d.dataset, count(s.sheet) AS sheets INTO wrong
  FROM rehydra.datasets d LEFT JOIN rehydra.sheets s ON s.model = d.model AND s.dataset = d.dataset AND NOT s.satellite
  WHERE d.model = check_model.model AND d.role IN ('data', 'own')
  GROUP BY d.dataset HAVING count(s.sheet) <> 1 ORDER BY d.dataset LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'data set "%" has % main sheets', wrong.dataset, wrong.sheets
      USING ERRCODE = 'invalid_object_definition', HINT = 'It needs one; further sheets of the table are satellites.';
  END IF;
  SELECT s.sheet, k.name INTO wrong
  FROM rehydra.sheets s JOIN rehydra.datasets d ON d.model = s.model AND d.dataset = s.dataset
  CROSS JOIN LATERAL unnest(d.key_columns) AS k (name)
  WHERE s.model = check_model.model AND k.name IS DISTINCT FROM d.tenant_column
    AND NOT EXISTS (SELECT FROM rehydra.sheet_columns c
                    WHERE c.model = s.model AND c.sheet = s.sheet AND c.kind = 'data' AND c.column_name = k.name)
  ORDER BY s.position LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sheet "%" lacks the key column "%"', wrong.sheet, wrong.name
      USING ERRCODE = 'invalid_object_definition', HINT = 'Rows are recognised by their key: every sheet of a data set shows it.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_model(text) IS 'Raises 42P17 where the model as a whole cannot work: ways to the tenant, main sheets, keys on sheets';

REVOKE ALL ON FUNCTION rehydra.check_columns(regclass, text[], text), rehydra.has_column(regclass, text), rehydra.column_type(regclass, text),
  rehydra.check_relation(regclass), rehydra.primary_key(regclass), rehydra.has_unique_index(regclass, text[]), rehydra.check_key(regclass, text[]),
  rehydra.relation_of(text, text), rehydra.dataset_of(text, regclass), rehydra.base_type(oid),
  rehydra.check_tenant_column(regclass, text, text[], text),
  rehydra.add_model(text, text, text, name),
  rehydra.add_dataset(text, regclass, text, text, text, text[], jsonb, text[], boolean, text),
  rehydra.add_reference(text, text, text, text[], text, text[]), rehydra.free_reference_name(text, text, text),
  rehydra.reference_name(text[], text), rehydra.add_foreign_keys(text), rehydra.check_sheet_column(text, text, jsonb), rehydra.add_sheet(text, text, text, jsonb, boolean),
  rehydra.check_tenant_path(text, text), rehydra.check_model(text) FROM PUBLIC;
