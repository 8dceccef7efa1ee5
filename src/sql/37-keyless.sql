-- Tables without a primary key: their rows are told apart by all columns, and equal rows are counted.
CREATE FUNCTION rehydra.check_keyless(relation regclass, role text, secret_columns text[]) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF check_keyless.role <> 'data' THEN
    RAISE EXCEPTION 'table % has no primary key', relation
      USING ERRCODE = 'invalid_table_definition', HINT = 'Add one, or name the columns that tell its rows apart.';
  END IF;
  IF EXISTS (SELECT FROM rehydra.foreign_keys k WHERE k.parent = relation AND k.child <> relation) THEN
    RAISE EXCEPTION 'table % has no primary key, and others refer to it', relation
      USING ERRCODE = 'invalid_table_definition', HINT = 'Add a primary key, or make the columns referred to NOT NULL.';
  END IF;
  IF cardinality(check_keyless.secret_columns) > 0 THEN
    RAISE EXCEPTION 'table % has no primary key, so its secrets could not be given back to their rows', relation
      USING ERRCODE = 'invalid_table_definition', HINT = 'Add a primary key, or export the columns.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_keyless(regclass, text, text[]) IS
  'Raises 42P16 where a table needs a key: rows that others refer to, the tenant''s own row, rows with secrets';

CREATE FUNCTION rehydra.check_keyless_datasets(model text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  wrong record;
BEGIN
  SELECT d.relation_oid::regclass AS relation, r.dataset AS child INTO wrong
  FROM rehydra.datasets d JOIN rehydra.dataset_references r ON r.model = d.model AND r.parent = d.dataset
  WHERE d.model = check_keyless_datasets.model AND d.role = 'data' AND d.key_columns = '{}'
  ORDER BY d.position LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'table % has no primary key, and data set "%" refers to it', wrong.relation, wrong.child
      USING ERRCODE = 'invalid_table_definition', HINT = 'Add a primary key, or name the columns that tell its rows apart.';
  END IF;
  SELECT d.relation_oid::regclass AS relation, a.attname AS missing INTO wrong
  FROM rehydra.datasets d JOIN pg_attribute a ON a.attrelid = d.relation_oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  WHERE d.model = check_keyless_datasets.model AND d.role = 'data' AND d.key_columns = '{}' AND a.attname IS DISTINCT FROM d.tenant_column
    AND NOT EXISTS (SELECT FROM rehydra.sheets s JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet
                    WHERE s.model = d.model AND s.dataset = d.dataset AND NOT s.satellite AND c.kind = 'data' AND c.column_name = a.attname)
  ORDER BY d.position, a.attnum LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'table % has no primary key, and its sheet lacks column "%"', wrong.relation, wrong.missing
      USING ERRCODE = 'invalid_table_definition', HINT = 'Show every column, or name the columns that tell its rows apart.';
  END IF;
  SELECT d.relation_oid::regclass AS relation, s.sheet INTO wrong
  FROM rehydra.datasets d JOIN rehydra.sheets s ON s.model = d.model AND s.dataset = d.dataset AND s.satellite
  WHERE d.model = check_keyless_datasets.model AND d.key_columns = '{}' AND d.role = 'data' ORDER BY s.position LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'table % has no primary key, so sheet "%" cannot be joined to it', wrong.relation, wrong.sheet
      USING ERRCODE = 'invalid_table_definition', HINT = 'Show all columns on one sheet.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_keyless_datasets(text) IS
  'Raises 42P16 where a table without a key is referred to, does not show all its columns, or is shown on two sheets';

REVOKE ALL ON FUNCTION rehydra.check_keyless(regclass, text, text[]), rehydra.check_keyless_datasets(text) FROM PUBLIC;
