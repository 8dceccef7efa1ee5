-- Discovery: which tables of a schema belong to a tenant, and which way leads there. Reads the catalog alone; walks down only.
CREATE VIEW rehydra.foreign_keys AS
  SELECT k.conname AS name, k.conrelid AS child, pairs.columns, COALESCE(pg_catalog.pg_partition_root(k.confrelid)::oid, k.confrelid) AS parent,
         pairs.parent_columns, pairs.nullable
  FROM pg_catalog.pg_constraint k
  CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::text ORDER BY pair.place) AS columns, pg_catalog.array_agg(b.attname::text ORDER BY pair.place) AS parent_columns,
           pg_catalog.bool_or(NOT a.attnotnull) AS nullable
    FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) WITH ORDINALITY AS pair (attnum, parent_attnum, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.attnum
    JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.parent_attnum) AS pairs
  -- What partitions repeat of their parent is its foreign key.
  WHERE k.contype = 'f' AND k.conparentid = 0;
COMMENT ON VIEW rehydra.foreign_keys IS
  'Every declared foreign key of the database; nullable: a row may refer to nothing';

CREATE FUNCTION rehydra.application_relations()
  RETURNS TABLE (relation oid, schema_name name, table_name name, kind "char", is_table boolean)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relkind IN ('r', 'p')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
$$;
COMMENT ON FUNCTION rehydra.application_relations() IS
  'Every table, view and foreign table that is neither PostgreSQL''s nor an extension''s; partitions are part of their table';

CREATE FUNCTION rehydra.own_table(tables oid[], tenant_column text) RETURNS oid
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- The table whose key the tenant columns refer to; of several the one that most refer to.
  SELECT k.parent FROM rehydra.foreign_keys k
  WHERE k.child = ANY (tables) AND k.parent <> k.child AND k.columns = ARRAY[own_table.tenant_column]
    AND rehydra.primary_key(k.parent) = k.parent_columns
  GROUP BY k.parent ORDER BY count(*) DESC, k.parent LIMIT 1
$$;
COMMENT ON FUNCTION rehydra.own_table(oid[], text) IS 'The table that has one row a tenant, told by the foreign keys of tenant columns; NULL for none';

CREATE FUNCTION rehydra.is_named_way(way jsonb, constraint_name text, columns text[]) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT way = to_jsonb(constraint_name) OR way = to_jsonb(columns) OR (cardinality(columns) = 1 AND way = to_jsonb(columns[1]))
$$;
COMMENT ON FUNCTION rehydra.is_named_way(jsonb, text, text[]) IS 'Whether a foreign key is the one meant: by its constraint, its column, or the list of its columns';

CREATE FUNCTION rehydra.ways_down(tables oid[], reached oid[], shared oid[], paths jsonb, firm_only boolean)
  RETURNS TABLE (child oid, name text, columns text[], parent oid, parent_columns text[], choices bigint, choice_list text)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH ways AS (
    -- A way that every row has, to a row that is one tenant's.
    SELECT k.*, NOT k.nullable AND k.parent <> ALL (shared) AS firm, paths ? c.relname AS is_named
    FROM rehydra.foreign_keys k JOIN pg_class c ON c.oid = k.child
    WHERE k.child = ANY (tables) AND k.child <> ALL (reached) AND k.parent = ANY (reached)
      AND (NOT paths ? c.relname OR rehydra.is_named_way(paths -> c.relname, k.name, k.columns)))
  SELECT DISTINCT ON (child) child, name, columns, parent, parent_columns, count(*) OVER (PARTITION BY child),
         string_agg(format('%s -> %s', array_to_string(columns, ', '), parent::regclass), '; ')
           OVER (PARTITION BY child ORDER BY name ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  FROM ways WHERE firm OR is_named OR NOT firm_only
  ORDER BY child, name
$$;
COMMENT ON FUNCTION rehydra.ways_down(oid[], oid[], oid[], jsonb, boolean) IS
  'For each table that is not reached yet and refers to one that is: a way there, and how many there are. shared: tables with rows of all tenants; paths: {table: foreign key meant}; firm_only: without ways that rows may lack';

CREATE FUNCTION rehydra.discover(tables oid[], known oid[], tenant_column text, own oid, shared oid[], paths jsonb)
  RETURNS TABLE (relation oid, class text, tenant text, columns text[], parent oid, parent_columns text[], note text)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  reached oid[] := discover.known;
  undecided oid[] := '{}';
  step record;
  news oid[];
  firm boolean := true;
BEGIN
  FOR step IN SELECT t.relation FROM unnest(discover.tables) AS t (relation)
              WHERE rehydra.has_column(t.relation, discover.tenant_column) AND t.relation IS DISTINCT FROM discover.own LOOP
    RETURN QUERY SELECT step.relation, 'data', discover.tenant_column, NULL::text[], NULL::oid, NULL::text[], NULL::text;
    reached := reached || step.relation;
  END LOOP;
  IF discover.own = ANY (discover.tables) THEN
    RETURN QUERY SELECT discover.own, 'own', (rehydra.primary_key(discover.own))[1], NULL::text[], NULL::oid, NULL::text[], NULL::text;
    reached := reached || discover.own;
  END IF;
  LOOP
    news := '{}';
    FOR step IN SELECT w.* FROM rehydra.ways_down(discover.tables, reached, discover.shared, discover.paths, firm) AS w WHERE w.child <> ALL (undecided) LOOP
      IF step.choices > 1 THEN
        undecided := undecided || step.child;
        RETURN QUERY SELECT step.child, 'ambiguous', NULL::text, NULL::text[], NULL::oid, NULL::text[],
          format('several ways lead to a tenant: %s. Name one: paths => ''{"%s": "column"}''', step.choice_list, (SELECT relname FROM pg_class WHERE oid = step.child));
      ELSIF step.parent = discover.own AND step.parent_columns = rehydra.primary_key(discover.own) THEN
        news := news || step.child;
        RETURN QUERY SELECT step.child, 'data', step.columns[1], NULL::text[], NULL::oid, NULL::text[], NULL::text;
      ELSE
        news := news || step.child;
        RETURN QUERY SELECT step.child, 'data', NULL::text, step.columns, step.parent, step.parent_columns, NULL::text;
      END IF;
    END LOOP;
    EXIT WHEN news = '{}' AND NOT firm;
    -- A way that rows may lack is taken only where no other leads anywhere, however long.
    firm := news <> '{}' OR NOT firm;
    reached := reached || news;
  END LOOP;
  RETURN QUERY
    SELECT k.parent, 'reference', CASE WHEN rehydra.has_column(k.parent, discover.tenant_column) THEN discover.tenant_column END,
           NULL::text[], NULL::oid, NULL::text[],
           'referred to by ' || string_agg(DISTINCT k.child::regclass::text, ', ')
    FROM rehydra.foreign_keys k
    WHERE k.child = ANY (reached) AND k.child <> ALL (discover.known) AND k.parent <> ALL (reached) AND k.parent <> ALL (undecided)
    GROUP BY k.parent;
END
$$;
COMMENT ON FUNCTION rehydra.discover(oid[], oid[], text, oid, oid[], jsonb) IS
  'Of these tables those that belong to a tenant: by the tenant column, or by a shortest way of foreign keys to one that does (known: reached before). class: data, own, ambiguous, or reference for what they refer to and belongs to nobody';

CREATE FUNCTION rehydra.parents_first(tables oid[], ways oid[]) RETURNS oid[]
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  children oid[];
  parents oid[];
  needed boolean[];
  placed oid[] := '{}';
  ready oid[];
BEGIN
  SELECT array_agg(k.child), array_agg(k.parent), array_agg(NOT k.nullable) INTO children, parents, needed
  FROM rehydra.foreign_keys k WHERE k.child = ANY (tables) AND k.parent = ANY (tables) AND k.child <> k.parent;
  WHILE cardinality(placed) < cardinality(tables) LOOP
    SELECT array_agg(t.relation ORDER BY c.relname) INTO ready
    FROM unnest(tables) AS t (relation) JOIN pg_class c ON c.oid = t.relation
    WHERE t.relation <> ALL (placed)
      AND NOT EXISTS (SELECT FROM unnest(children, parents) AS l (child, parent) WHERE l.child = t.relation AND l.parent <> ALL (placed));
    IF ready IS NULL THEN
      -- A cycle: it has to begin somewhere, never before what leads to the tenant, best where nothing is missing but what may be NULL.
      SELECT ARRAY[t.relation] INTO ready FROM unnest(tables) AS t (relation) JOIN pg_class c ON c.oid = t.relation
      WHERE t.relation <> ALL (placed)
      ORDER BY EXISTS (SELECT FROM unnest(tables, ways) AS w (child, parent) WHERE w.child = t.relation AND w.parent = ANY (tables) AND w.parent <> ALL (placed)),
               EXISTS (SELECT FROM unnest(children, parents, needed) AS l (child, parent, needed)
                       WHERE l.child = t.relation AND l.parent <> ALL (placed) AND l.needed), c.relname LIMIT 1;
    END IF;
    placed := placed || ready;
  END LOOP;
  RETURN placed;
END
$$;
COMMENT ON FUNCTION rehydra.parents_first(oid[], oid[]) IS
  'The tables in an order in which those referred to come before those that refer, as far as there are no cycles. ways: the table that leads each of them to its tenant, NULL for none';

REVOKE ALL ON FUNCTION rehydra.application_relations(), rehydra.own_table(oid[], text), rehydra.is_named_way(jsonb, text, text[]),
  rehydra.ways_down(oid[], oid[], oid[], jsonb, boolean), rehydra.discover(oid[], oid[], text, oid, oid[], jsonb), rehydra.parents_first(oid[], oid[]) FROM PUBLIC;
