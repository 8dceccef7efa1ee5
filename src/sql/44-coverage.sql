-- rehydra_coverage: what of the database belongs to a model, what was decided about the rest, and what nobody has decided yet.
CREATE FUNCTION rehydra.new_columns(relation regclass, model text, dataset text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
  FROM rehydra.datasets d JOIN pg_attribute a ON a.attrelid = new_columns.relation
  WHERE d.model = new_columns.model AND d.dataset = new_columns.dataset AND d.role IN ('data', 'own')
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    AND a.attname::text IS DISTINCT FROM d.tenant_column AND a.attname::text <> ALL (d.secret_columns || d.left_out_columns)
    AND NOT EXISTS (SELECT FROM rehydra.sheets s JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet
                    WHERE s.model = d.model AND s.dataset = d.dataset AND c.kind = 'data' AND c.column_name = a.attname)
$$;
COMMENT ON FUNCTION rehydra.new_columns(regclass, text, text) IS
  'Columns of a data set that are neither exported nor left out by decision; NULL for none';

CREATE FUNCTION rehydra.classified()
  RETURNS TABLE (relation oid, table_name text, model text, dataset text, role text, class text, note text, remedy text)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.relation, a.relation::regclass::text, d.model, d.dataset, d.role,
         CASE WHEN d.role IS NULL THEN 'unclassified'
              WHEN d.role = 'left_out' THEN 'left out'
              WHEN d.role = 'reference' AND COALESCE(d.tenant_column, d.tenant_reference) IS NULL THEN 'shared'
              WHEN d.role = 'reference' THEN 'reference'
              ELSE 'registered' END,
         rehydra.registration_note(d.model, d.dataset),
         CASE WHEN d.role IS NULL
              THEN format('SELECT * FROM rehydra_register(%L); or decide against it: role => ''left_out'', reason => ''...''', a.relation::regclass) END
  FROM rehydra.application_relations() a LEFT JOIN rehydra.datasets d ON d.relation_oid = a.relation
  WHERE a.is_table
$$;
COMMENT ON FUNCTION rehydra.classified() IS 'Every table of the application, once for each model that knows it';

CREATE FUNCTION rehydra.unclassified() RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'table ' || table_name FROM rehydra.classified() WHERE class = 'unclassified'
  UNION ALL
  SELECT format('column %s of table %s', rehydra.new_columns(relation, model, dataset), table_name) FROM rehydra.classified()
  WHERE class = 'registered' AND rehydra.new_columns(relation, model, dataset) IS NOT NULL
  ORDER BY 1
$$;
COMMENT ON FUNCTION rehydra.unclassified() IS 'Tables and columns that nobody has decided about: what rehydra.strict_coverage refuses an export for';

CREATE FUNCTION rehydra.has_index(relation oid, columns text[]) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = relation AND i.indisvalid AND i.indpred IS NULL
      AND (i.indkey::int2[])[0:cardinality(columns) - 1] @> ARRAY(SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname::text = ANY (columns)))
$$;
COMMENT ON FUNCTION rehydra.has_index(oid, text[]) IS 'Whether an index begins with these columns, in any order';

CREATE FUNCTION rehydra.leads_to_tenant(model text, dataset text, alias text) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  way rehydra.dataset_references;
  parent_alias text := alias || 'p';
BEGIN
  SELECT * INTO d FROM rehydra.datasets WHERE model = leads_to_tenant.model AND dataset = leads_to_tenant.dataset;
  IF d.tenant_column IS NOT NULL THEN
    RETURN format('%I.%I IS NOT NULL', alias, d.tenant_column);
  END IF;
  SELECT * INTO way FROM rehydra.dataset_references WHERE model = d.model AND dataset = d.dataset AND reference = d.tenant_reference;
  RETURN format('EXISTS (SELECT FROM %s AS %I WHERE %s AND %s)', rehydra.relation_of(d.model, way.parent), parent_alias,
                (SELECT string_agg(format('%I.%I = %I.%I', parent_alias, l.parent, alias, l.child), ' AND ')
                 FROM unnest(way.columns, way.parent_columns) AS l (child, parent)),
                rehydra.leads_to_tenant(d.model, way.parent, parent_alias));
END
$$;
COMMENT ON FUNCTION rehydra.leads_to_tenant(text, text, text) IS 'The condition that a row leads to some tenant';

CREATE FUNCTION rehydra.may_be_homeless(model text, dataset text) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- Where every step of the way is a foreign key that forbids NULL, and so is the tenant, there is nothing to count.
  WITH RECURSIVE way AS (
    SELECT d.* FROM rehydra.datasets d WHERE d.model = may_be_homeless.model AND d.dataset = may_be_homeless.dataset
    UNION ALL
    SELECT p.* FROM way d JOIN rehydra.dataset_references r ON r.model = d.model AND r.dataset = d.dataset AND r.reference = d.tenant_reference
    JOIN rehydra.datasets p ON p.model = r.model AND p.dataset = r.parent)
  SELECT EXISTS (
    SELECT FROM way d LEFT JOIN rehydra.dataset_references r ON r.model = d.model AND r.dataset = d.dataset AND r.reference = d.tenant_reference
    WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = d.relation_oid AND NOT a.attnotnull
                    AND a.attname::text = ANY (COALESCE(r.columns, ARRAY[d.tenant_column])))
       OR r.reference IS NOT NULL AND NOT EXISTS (
         SELECT FROM pg_constraint k
         WHERE k.conrelid = d.relation_oid AND k.contype = 'f' AND cardinality(k.conkey) = cardinality(r.columns)
           AND (SELECT bool_and(a.attname::text = ANY (r.columns)) FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))))
$$;
COMMENT ON FUNCTION rehydra.may_be_homeless(text, text) IS 'Whether the catalog allows rows of a data set that lead to no tenant';

CREATE FUNCTION rehydra.homeless_rows(model text, dataset text) RETURNS bigint
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  homeless bigint;
BEGIN
  SELECT * INTO d FROM rehydra.datasets WHERE model = homeless_rows.model AND dataset = homeless_rows.dataset;
  IF d.role <> 'data' OR d.shared_rows OR NOT rehydra.may_be_homeless(d.model, d.dataset) THEN
    RETURN 0;
  END IF;
  EXECUTE format('SELECT count(*) FROM %s AS t WHERE NOT %s', d.relation_oid::regclass, rehydra.leads_to_tenant(d.model, d.dataset, 't')) INTO homeless;
  RETURN homeless;
END
$$;
COMMENT ON FUNCTION rehydra.homeless_rows(text, text) IS
  'How many rows of a data set, of all tenants together, lead to no tenant: their own column or a step of their way is NULL, or what they hang on is shared. Row level security that binds the caller hides such rows';

CREATE FUNCTION rehydra_coverage(schema text DEFAULT NULL)
  RETURNS TABLE (table_name text, model text, class text, note text, remedy text)
  LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(*) FROM rehydra.models m CROSS JOIN LATERAL rehydra.follow_catalog(m.model) AS f;  -- tables are told by their oids below
  WITH known AS (SELECT * FROM rehydra.classified()),
       members AS (SELECT * FROM known WHERE class = 'registered'),
       findings AS (
    SELECT relation, table_name, model, 0 AS place, class, note, remedy FROM known
    UNION ALL
    SELECT relation, table_name, model, 1, 'new column', fresh,
           format('Register the table anew: rehydra_register(%L, model => %L), with leave_out for what is not to be exported', table_name, model)
    FROM members CROSS JOIN LATERAL rehydra.new_columns(relation, model, dataset) AS fresh WHERE fresh IS NOT NULL
    UNION ALL
    SELECT relation, table_name, model, 2, 'homeless rows', format('%s rows lead to no tenant and are never exported', homeless),
           'Give them a tenant, delete them, or declare them shared: shared_rows => true'
    FROM members CROSS JOIN LATERAL rehydra.homeless_rows(model, dataset) AS homeless WHERE homeless > 0
    UNION ALL
    SELECT u.relation, u.table_name, m.model, 3, 'points at tenant rows',
           format('foreign key %I refers to %s: what is deleted there may be blocked by, or take along, rows of this table', k.name, m.table_name),
           format('SELECT * FROM rehydra_register(%L, model => %L)', u.table_name, m.model)
    FROM known u JOIN rehydra.foreign_keys k ON k.child = u.relation JOIN members m ON m.relation = k.parent
    WHERE u.class = 'unclassified'
    UNION ALL
    SELECT k.child, k.child::regclass::text, m.model, 4, 'missing index',
           format('foreign key %I to %s: each deleted row there reads this whole table', k.name, m.table_name),
           format('CREATE INDEX ON %s (%s)', k.child::regclass, (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(k.columns) WITH ORDINALITY AS l (c, n)))
    FROM rehydra.foreign_keys k JOIN members m ON m.relation = k.parent AND m.role = 'data' WHERE NOT rehydra.has_index(k.child, k.columns)
    UNION ALL
    SELECT c.oid, m.table_name, m.model, 5, 'unprotected', 'row level security is off: exports and imports refuse the table', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', m.table_name)
    FROM members m JOIN pg_class c ON c.oid = m.relation WHERE NOT c.relrowsecurity
    UNION ALL
    SELECT NULL, format('%I.%I', d.schema_name, d.table_name), d.model, 6, 'missing', 'registered, but there is no such table',
           'Restore the table and register it again; until then the model refuses to work'
    FROM rehydra.datasets d WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = d.relation_oid))
  SELECT f.table_name, f.model, f.class, f.note, f.remedy
  FROM findings f LEFT JOIN pg_class c ON c.oid = f.relation LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE rehydra_coverage.schema IS NULL OR n.nspname = rehydra_coverage.schema
     OR f.class = 'missing' AND starts_with(f.table_name, format('%I.', rehydra_coverage.schema))
  ORDER BY f.table_name, f.model, f.place, f.note
$$;
COMMENT ON FUNCTION rehydra_coverage(text) IS
  'What is registered and what is not, table by table (class registered, reference, shared, left out, unclassified), then what needs a decision or a hand: new column, homeless rows, points at tenant rows, missing index, unprotected, missing; with the remedy. Reads rows only to count those without a tenant';

REVOKE ALL ON FUNCTION rehydra.new_columns(regclass, text, text), rehydra.classified(), rehydra.unclassified(), rehydra.has_index(oid, text[]), rehydra.leads_to_tenant(text, text, text),
  rehydra.may_be_homeless(text, text), rehydra.homeless_rows(text, text),
  rehydra_coverage(text) FROM PUBLIC;
