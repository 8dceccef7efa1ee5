-- Following: the registry goes with its tables when they are renamed, and when a dump brings them to another database. A table is known
-- by its oid where that was noted, and by its name elsewhere; a column likewise by its number.
CREATE FUNCTION rehydra.registry_home() RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- A restore into the same database makes the registry anew, so its own oid is part of the place.
  SELECT format('%s/%s/%s', (SELECT system_identifier FROM pg_control_system()),
                (SELECT oid FROM pg_database WHERE datname = current_database()), 'rehydra.datasets'::regclass::oid)
$$;
COMMENT ON FUNCTION rehydra.registry_home() IS 'Where the oids of this registry are valid: cluster, database and installation';

CREATE FUNCTION rehydra.table_of_dataset(d rehydra.datasets) RETURNS oid
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.oid FROM (
    SELECT oid, 1 AS rank FROM pg_class WHERE oid = d.relation_oid AND d.relation_home = rehydra.registry_home()
    UNION ALL
    SELECT c.oid, 2 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = d.schema_name AND c.relname = d.table_name
      -- Dropped here and made again: somebody else's table of that name is not it.
      AND (d.relation_home IS DISTINCT FROM rehydra.registry_home() OR pg_get_userbyid(c.relowner) = d.relation_owner)) AS c
  JOIN pg_class k ON k.oid = c.oid AND k.relkind IN ('r', 'p')
  ORDER BY c.rank LIMIT 1
$$;
COMMENT ON FUNCTION rehydra.table_of_dataset(rehydra.datasets) IS 'The table that a data set means today; NULL where it is gone';

CREATE FUNCTION rehydra.renamed(names text[], map jsonb) RETURNS text[]
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(array_agg(COALESCE(map ->> n.name, n.name) ORDER BY n.place), '{}') FROM unnest(names) WITH ORDINALITY AS n (name, place)
$$;
COMMENT ON FUNCTION rehydra.renamed(text[], jsonb) IS 'Names, each replaced by what the map says';

CREATE FUNCTION rehydra.rename_columns(model text, dataset text, map jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  UPDATE rehydra.datasets d
  SET key_columns = rehydra.renamed(key_columns, map), secret_columns = rehydra.renamed(secret_columns, map),
      left_out_columns = rehydra.renamed(left_out_columns, map), order_columns = rehydra.renamed(order_columns, map),
      tenant_column = COALESCE(map ->> tenant_column, tenant_column),
      time_column = COALESCE(map ->> time_column, time_column), changed_column = COALESCE(map ->> changed_column, changed_column),
      match_keys = (SELECT COALESCE(jsonb_agg(to_jsonb(rehydra.renamed(ARRAY(SELECT jsonb_array_elements_text(one)), map)) ORDER BY place), '[]')
                    FROM jsonb_array_elements(d.match_keys) WITH ORDINALITY AS m (one, place))
  WHERE d.model = rename_columns.model AND d.dataset = rename_columns.dataset;
  UPDATE rehydra.sheet_columns c SET column_name = map ->> c.column_name
  FROM rehydra.sheets s LEFT JOIN rehydra.dataset_references r ON r.model = s.model AND r.dataset = s.dataset
  WHERE s.model = rename_columns.model AND c.model = s.model AND c.sheet = s.sheet AND map ? c.column_name
    AND (c.kind = 'data' AND s.dataset = rename_columns.dataset OR c.reference = r.reference AND r.parent = rename_columns.dataset);
  UPDATE rehydra.dataset_checks k SET columns = rehydra.renamed(columns, map)
  WHERE k.model = rename_columns.model AND k.dataset = rename_columns.dataset;
  UPDATE rehydra.dataset_references r SET columns = rehydra.renamed(columns, map)
  WHERE r.model = rename_columns.model AND r.dataset = rename_columns.dataset;
  UPDATE rehydra.dataset_references r SET parent_columns = rehydra.renamed(parent_columns, map)
  WHERE r.model = rename_columns.model AND r.parent = rename_columns.dataset;
  UPDATE rehydra.overview_charts c SET label_columns = rehydra.renamed(label_columns, map), value_column = COALESCE(map ->> value_column, value_column)
  WHERE c.model = rename_columns.model AND c.dataset = rename_columns.dataset;
  UPDATE rehydra.legacy_columns c SET column_name = map ->> c.column_name
  WHERE c.model = rename_columns.model AND c.dataset = rename_columns.dataset AND map ? c.column_name;
  UPDATE rehydra.legacy_sheets s SET attach_same = rehydra.renamed(attach_same, map)
  WHERE s.model = rename_columns.model AND s.dataset = rename_columns.dataset;
  UPDATE rehydra.legacy_sheets s SET attach_parent = rehydra.renamed(attach_parent, map), attach_newest = COALESCE(map ->> attach_newest, attach_newest)
  FROM rehydra.dataset_references r
  WHERE s.model = rename_columns.model AND r.model = s.model AND r.dataset = s.dataset AND r.reference = s.attach_by AND r.parent = rename_columns.dataset;
  UPDATE rehydra.column_aliases a SET column_name = map ->> column_name
  WHERE a.model = rename_columns.model AND a.dataset = rename_columns.dataset AND map ? column_name;
  INSERT INTO rehydra.column_aliases (model, dataset, alias, column_name, until)
  SELECT rename_columns.model, rename_columns.dataset, key, value, now() FROM jsonb_each_text(map)
  ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION rehydra.rename_columns(text, text, jsonb) IS
  'Writes new column names, {old: new}, wherever the registry names them, and keeps the old ones as aliases';

CREATE FUNCTION rehydra.follow_columns(model text, dataset text, relation oid) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  map jsonb;
  taken text;
BEGIN
  SELECT jsonb_object_agg(h.column_name, a.attname) FILTER (WHERE a.attname <> h.column_name AND NOT a.attisdropped),
         min(h.column_name) FILTER (WHERE (a.attnum IS NULL OR a.attisdropped) AND EXISTS (
           SELECT FROM rehydra.dataset_columns other JOIN pg_attribute now ON now.attrelid = relation AND now.attnum = other.attnum
           WHERE other.model = h.model AND other.dataset = h.dataset AND other.column_name <> h.column_name AND now.attname = h.column_name))
  INTO map, taken
  FROM rehydra.dataset_columns h LEFT JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = h.attnum
  WHERE h.model = follow_columns.model AND h.dataset = follow_columns.dataset;
  IF taken IS NOT NULL THEN
    RAISE EXCEPTION 'column "%" of table % was dropped, and another column took its name', taken, relation::regclass
      USING ERRCODE = 'undefined_object', HINT = 'Register the table again, so that the registry says which column is meant.';
  END IF;
  IF map IS NOT NULL THEN
    PERFORM rehydra.rename_columns(follow_columns.model, follow_columns.dataset, map);
  END IF;
  RETURN COALESCE(map, '{}');
END
$$;
COMMENT ON FUNCTION rehydra.follow_columns(text, text, oid) IS 'Follows renamed columns by their numbers; returns {old: new}';

CREATE FUNCTION rehydra.note_columns(model text, dataset text, relation oid) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM rehydra.dataset_columns h WHERE h.model = note_columns.model AND h.dataset = note_columns.dataset;
  INSERT INTO rehydra.dataset_columns (model, dataset, column_name, attnum)
  SELECT note_columns.model, note_columns.dataset, attname, attnum FROM pg_attribute
  WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
END
$$;
COMMENT ON FUNCTION rehydra.note_columns(text, text, oid) IS 'Notes a table''s columns and their numbers as they are now';

CREATE VIEW rehydra.moved_datasets AS
  SELECT d.* FROM rehydra.datasets d
  LEFT JOIN pg_catalog.pg_class c ON c.oid = d.relation_oid
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE d.relation_home IS DISTINCT FROM (SELECT rehydra.registry_home()) OR d.schema_name IS DISTINCT FROM n.nspname
     OR d.table_name IS DISTINCT FROM c.relname OR d.relation_owner IS DISTINCT FROM pg_catalog.pg_get_userbyid(c.relowner)
     OR (SELECT pg_catalog.array_agg(pg_catalog.format('%s %s', a.attnum, a.attname) COLLATE "C" ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = d.relation_oid AND a.attnum > 0 AND NOT a.attisdropped)
        IS DISTINCT FROM
        (SELECT pg_catalog.array_agg(pg_catalog.format('%s %s', h.attnum, h.column_name) COLLATE "C" ORDER BY h.attnum) FROM rehydra.dataset_columns h
         WHERE h.model = d.model AND h.dataset = d.dataset);
COMMENT ON VIEW rehydra.moved_datasets IS 'The data sets whose tables are not as the registry noted them';

CREATE FUNCTION rehydra.follow_catalog(model text) RETURNS TABLE (dataset text, kind text, was text, now text)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  home text := rehydra.registry_home();
  relation oid;
  table_schema name;
  own_name name;
  owner name;
BEGIN
  -- The first operations after a restore may be many at once: one of them follows, and what it noted is there for the others.
  PERFORM FROM rehydra.models m WHERE m.model = follow_catalog.model FOR NO KEY UPDATE;
  FOR d IN SELECT * FROM rehydra.moved_datasets AS moved WHERE moved.model = follow_catalog.model ORDER BY moved.position LOOP
    relation := rehydra.table_of_dataset(d);
    CONTINUE WHEN relation IS NULL;
    SELECT n.nspname, c.relname, pg_get_userbyid(c.relowner) INTO table_schema, own_name, owner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation;
    -- A registrar follows his own tables; those of others are followed by their owners, and by every operation.
    CONTINUE WHEN NOT pg_has_role(owner, 'USAGE');
    -- Numbers of columns mean something for the table where they were noted alone.
    IF d.relation_home = home AND d.relation_oid = relation THEN
      RETURN QUERY SELECT d.dataset, 'column', key, value
                   FROM jsonb_each_text(rehydra.follow_columns(d.model, d.dataset, relation));
    END IF;
    PERFORM rehydra.note_columns(d.model, d.dataset, relation);
    UPDATE rehydra.datasets AS t
    SET relation_oid = relation, relation_home = home, relation_owner = owner, schema_name = table_schema, table_name = own_name
    WHERE t.model = d.model AND t.dataset = d.dataset;
    IF (d.schema_name, d.table_name) <> (table_schema, own_name) THEN
      RETURN QUERY SELECT d.dataset, 'table', format('%I.%I', d.schema_name, d.table_name), format('%I.%I', table_schema, own_name);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.follow_catalog(text) IS
  'Follows renamed tables, schemas and columns of a model, and takes root after a restore; returns what had another name';

CREATE FUNCTION rehydra_follow_renames(model text DEFAULT NULL) RETURNS TABLE (model text, dataset text, kind text, was text, now text)
  LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.model, f.dataset, f.kind, f.was, f.now
  FROM rehydra.models m CROSS JOIN LATERAL rehydra.follow_catalog(m.model) AS f
  WHERE m.model = COALESCE(rehydra_follow_renames.model, m.model)
$$;
COMMENT ON FUNCTION rehydra_follow_renames(text) IS
  'Lets the registry follow tables, schemas and columns that were renamed; every operation does so by itself: call it before a dump that no operation comes before. model: NULL for all';

CREATE FUNCTION rehydra.named_model(model text) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  chosen text := COALESCE(named_model.model, (SELECT min(m.model) FROM rehydra.models m HAVING count(*) = 1));
BEGIN
  IF chosen IS NULL THEN
    RAISE EXCEPTION 'the model is not named' USING ERRCODE = 'invalid_parameter_value', HINT = 'Name one with model => ''...''.';
  END IF;
  RETURN chosen;
END
$$;
COMMENT ON FUNCTION rehydra.named_model(text) IS 'The model of that name, or the only one where none is named; raises 22023 where there are several';

CREATE FUNCTION rehydra_add_alias(dataset text, alias text, column_name text, model text DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  owner_model text := rehydra.named_model(rehydra_add_alias.model);
BEGIN
  PERFORM rehydra.check_columns(rehydra.relation_of(owner_model, rehydra_add_alias.dataset), ARRAY[rehydra_add_alias.column_name], 'alias');
  INSERT INTO rehydra.column_aliases AS a (model, dataset, alias, column_name)
  VALUES (owner_model, rehydra_add_alias.dataset, rehydra_add_alias.alias, rehydra_add_alias.column_name)
  ON CONFLICT (model, dataset, alias, until) DO UPDATE SET column_name = EXCLUDED.column_name;
END
$$;
COMMENT ON FUNCTION rehydra_add_alias(text, text, text, text) IS
  'Says that a column had another name, for files and snapshots of before: one that was dropped and made again under a new name, or renamed before a restore. A plain ALTER TABLE ... RENAME COLUMN needs no such word';

REVOKE ALL ON FUNCTION rehydra.registry_home(), rehydra.table_of_dataset(rehydra.datasets), rehydra.renamed(text[], jsonb),
  rehydra.rename_columns(text, text, jsonb), rehydra.follow_columns(text, text, oid), rehydra.note_columns(text, text, oid),
  rehydra.follow_catalog(text), rehydra.named_model(text), rehydra_follow_renames(text), rehydra_add_alias(text, text, text, text) FROM PUBLIC;
