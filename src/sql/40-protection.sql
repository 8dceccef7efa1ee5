-- Protection: the policies and privileges that keep one tenant's statements to that tenant's rows. The expressions carry the value that
-- rehydra.tenant_setting has when a model is protected: after changing it, protect the models again.
CREATE FUNCTION rehydra.tenant_setting() RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(NULLIF(current_setting('rehydra.tenant_setting', true), ''), 'rehydra.tenant')
$$;
COMMENT ON FUNCTION rehydra.tenant_setting() IS 'The name of the setting that holds a session''s tenant';

CREATE FUNCTION rehydra.own_rows(model text, dataset text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- A foreign key leads to a table's own rows, never to those of tables that inherit from it.
  SELECT CASE relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || oid::regclass FROM pg_class WHERE oid = rehydra.relation_of(own_rows.model, own_rows.dataset)
$$;
COMMENT ON FUNCTION rehydra.own_rows(text, text) IS 'The FROM item of a registered table''s rows that foreign keys can lead to';

CREATE FUNCTION rehydra.way_to_tenant(model text, dataset text) RETURNS rehydra.dataset_references
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT r.* FROM rehydra.datasets d JOIN rehydra.dataset_references r ON (r.model, r.dataset, r.reference) = (d.model, d.dataset, d.tenant_reference)
  WHERE d.model = way_to_tenant.model AND d.dataset = way_to_tenant.dataset AND d.tenant_column IS NULL
$$;
COMMENT ON FUNCTION rehydra.way_to_tenant(text, text) IS 'The reference by which a data set without the tenant column belongs to a tenant; NULL for others';

CREATE FUNCTION rehydra.joined(way rehydra.dataset_references, row_alias text, parent_alias text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(format('%I.%I = %I.%I', parent_alias, l.parent, row_alias, l.child), ' AND ' ORDER BY l.n)
  FROM unnest(way.columns, way.parent_columns) WITH ORDINALITY AS l (child, parent, n)
$$;
COMMENT ON FUNCTION rehydra.joined(rehydra.dataset_references, text, text) IS 'That a row refers to a row of its parent';

CREATE FUNCTION rehydra.next_alias(alias text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT regexp_replace(alias, '[0-9]+$', '') || (substring(alias FROM '[0-9]+$')::int + 1)
$$;
COMMENT ON FUNCTION rehydra.next_alias(text) IS 'The alias of the next table on a way: rehydra_p2 behind rehydra_p1';

CREATE FUNCTION rehydra.tenant_condition(model text, dataset text, writes boolean, alias text DEFAULT NULL) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  way rehydra.dataset_references;
  row_alias text;
  parent_alias text;
  condition text;
BEGIN
  IF COALESCE(current_setting('rehydra.tenant_template', true), '') <> '' THEN
    RAISE EXCEPTION 'rehydra''s own policies cannot read a tenant by rehydra.tenant_template'
      USING ERRCODE = 'feature_not_supported', HINT = 'Register the model with isolation existing, or give rehydra.tenant_setting a setting that holds the tenant alone.';
  END IF;
  SELECT * INTO d FROM rehydra.datasets WHERE model = tenant_condition.model AND dataset = tenant_condition.dataset;
  row_alias := COALESCE(alias, (SELECT relname FROM pg_class WHERE oid = d.relation_oid));
  IF d.tenant_column IS NOT NULL THEN
    condition := format('%I.%I = NULLIF(current_setting(%L, true), '''')::%s', row_alias, d.tenant_column, rehydra.tenant_setting(),
                        rehydra.column_type(d.relation_oid, d.tenant_column));
    IF d.shared_rows AND NOT writes THEN
      condition := format('(%s OR %I.%I IS NULL)', condition, row_alias, d.tenant_column);
    END IF;
    RETURN condition;
  END IF;
  IF d.tenant_reference IS NULL THEN
    RETURN 'true';  -- belongs to nobody
  END IF;
  way := rehydra.way_to_tenant(d.model, d.dataset);
  -- No alias may be a name that the condition means otherwise: the table's own, or one further out.
  parent_alias := CASE WHEN alias IS NOT NULL THEN rehydra.next_alias(alias)
                       WHEN row_alias ~ '^rehydra_p[0-9]+$' THEN 'rehydra_q1' ELSE 'rehydra_p1' END;
  -- EXISTS and not IN: the planner may then look one parent up, and need not reckon with collecting all of them for each row that an
  -- index finds. With IN it reads the whole table, other tenants' rows too.
  condition := rehydra.joined(way, row_alias, parent_alias);
  -- The parent's own policy for SELECT decides, which shows its shared rows; what hangs on those is nobody's to write.
  IF writes AND rehydra.tenant_condition(d.model, way.parent, true, parent_alias)
                <> rehydra.tenant_condition(d.model, way.parent, false, parent_alias) THEN
    condition := format('%s AND %s', condition, rehydra.tenant_condition(d.model, way.parent, true, parent_alias));
  END IF;
  condition := format('EXISTS (SELECT FROM %s AS %I WHERE %s)', rehydra.own_rows(d.model, way.parent), parent_alias, condition);
  RETURN CASE WHEN alias IS NULL THEN rehydra.whole_condition(way, writes, row_alias, parent_alias, condition) ELSE condition END;
END
$$;
COMMENT ON FUNCTION rehydra.tenant_condition(text, text, boolean, text) IS
  'The policy expression of a data set: its row belongs to the session''s tenant, or, for reading, is shared; alias: of the row, NULL for its table''s name';

CREATE FUNCTION rehydra.whole_condition(way rehydra.dataset_references, writes boolean, row_alias text, parent_alias text, one_by_one text) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  further rehydra.dataset_references := rehydra.way_to_tenant(way.model, way.parent);
  last_alias text := rehydra.next_alias(parent_alias);
  only_own text := '';
BEGIN
  -- Each further table on the way doubles what the planner has to plan: of longer ones, parents are looked up one by one. Policies for
  -- everybody keep to that form too: the other one names columns of the parent, which not every role may read.
  IF further.parent IS NULL OR (rehydra.way_to_tenant(way.model, further.parent)).parent IS NOT NULL
     OR (SELECT m.isolation <> 'worker' FROM rehydra.models m WHERE m.model = way.model) THEN
    RETURN one_by_one;
  END IF;
  IF writes AND rehydra.tenant_condition(way.model, further.parent, true, last_alias) <> rehydra.tenant_condition(way.model, further.parent, false, last_alias) THEN
    only_own := ' AND ' || rehydra.tenant_condition(way.model, further.parent, true, last_alias);
  END IF;
  RETURN format('CASE WHEN (SELECT current_setting(''rehydra.whole_tenant'', true) = ''on'') THEN EXISTS (SELECT FROM %s AS %I JOIN %s AS %I ON %s WHERE %s%s) ELSE %s END',
                rehydra.own_rows(way.model, way.parent), parent_alias, rehydra.own_rows(way.model, further.parent), last_alias,
                rehydra.joined(further, parent_alias, last_alias), rehydra.joined(way, row_alias, parent_alias), only_own, one_by_one);
END
$$;
COMMENT ON FUNCTION rehydra.whole_condition(rehydra.dataset_references, boolean, text, text, text) IS
  'A table''s condition as it is given; of one two steps from the tenant column in two forms: from the tenant column on, where all of a tenant''s rows are read, whose parents the planner then collects once; else parent by parent, as is best for single rows';

CREATE FUNCTION rehydra.check_acting_role(model text) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  acting pg_roles;
  owned regclass;
BEGIN
  SELECT r.* INTO acting FROM rehydra.models m JOIN pg_roles r ON r.rolname = m.acting_role WHERE m.model = check_acting_role.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the acting role of model "%" does not exist', check_acting_role.model
      USING ERRCODE = 'undefined_object', HINT = 'Create the role, or name another.';
  END IF;
  IF acting.rolsuper OR acting.rolbypassrls THEN
    RAISE EXCEPTION 'acting role "%" bypasses row level security', acting.rolname
      USING ERRCODE = 'insufficient_privilege', HINT = format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS, or name another role.', acting.rolname);
  END IF;
  SELECT c.oid::regclass INTO owned
  FROM rehydra.datasets d JOIN pg_class c ON c.oid = d.relation_oid
  WHERE d.model = check_acting_role.model AND pg_has_role(acting.oid, c.relowner, 'USAGE')
  ORDER BY d.position LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'acting role "%" owns table %', acting.rolname, owned
      USING ERRCODE = 'insufficient_privilege', HINT = 'Owners are not bound by policies: name a role that neither owns the tables nor inherits from their owner.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_acting_role(text) IS 'Raises 42501 where the model''s acting role is not bound by policies';

CREATE FUNCTION rehydra.policy_ddl(relation regclass, policy name, kind text, command text, grantee name, reads text, writes text)
  RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', policy, relation, kind, command,
                CASE grantee WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(grantee) END)
         || CASE WHEN command <> 'INSERT' THEN format(' USING (%s)', reads) ELSE '' END
         || CASE WHEN command NOT IN ('SELECT', 'DELETE') THEN format(' WITH CHECK (%s)', writes) ELSE '' END
$$;
COMMENT ON FUNCTION rehydra.policy_ddl(regclass, name, text, text, name, text, text) IS 'The statement that creates one policy';

CREATE FUNCTION rehydra.restrict_ddl(relation regclass, grantee name, reads text, writes text) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  -- Where shared rows are there to be seen, what finds the rows to change must stay strict, so each command has its own.
  SELECT rehydra.policy_ddl(relation, 'rehydra_restrict' || suffix, 'RESTRICTIVE', command, grantee, CASE command WHEN 'SELECT' THEN reads ELSE writes END, writes)
  FROM (VALUES ('', 'ALL', true), ('_select', 'SELECT', false), ('_insert', 'INSERT', false), ('_update', 'UPDATE', false), ('_delete', 'DELETE', false))
         AS policies (suffix, command, is_one)
  WHERE is_one = (reads = writes)
$$;
COMMENT ON FUNCTION rehydra.restrict_ddl(regclass, name, text, text) IS 'The statements that create a table''s restrictive tenant policies, for one role or for public';

CREATE FUNCTION rehydra.is_own_policy(policy name) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT policy IN ('rehydra_permit', 'rehydra_pass', 'rehydra_restrict', 'rehydra_restrict_select', 'rehydra_restrict_insert',
                    'rehydra_restrict_update', 'rehydra_restrict_delete')
$$;
COMMENT ON FUNCTION rehydra.is_own_policy(name) IS 'Whether a policy is one that rehydra makes';

CREATE FUNCTION rehydra.drop_policies_ddl(relation regclass) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('DROP POLICY %I ON %s', polname, relation) FROM pg_policy
  WHERE polrelid = relation AND rehydra.is_own_policy(polname) ORDER BY polname
$$;
COMMENT ON FUNCTION rehydra.drop_policies_ddl(regclass) IS 'The statements that drop rehydra''s own policies of a table, and no others';

CREATE FUNCTION rehydra.protect_for_all_ddl(relation regclass, acting_role name, reads text, writes text) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rehydra.drop_policies_ddl(relation)
  UNION ALL SELECT rehydra.restrict_ddl(relation, 'public', reads, writes)
  -- Where the application has permissive policies, one for everybody would undo them: only the acting role gets its own there.
  UNION ALL SELECT rehydra.policy_ddl(relation, 'rehydra_permit', 'PERMISSIVE', 'ALL',
    CASE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polpermissive AND NOT rehydra.is_own_policy(polname))
         THEN acting_role ELSE 'public' END, reads, writes)
  UNION ALL SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', relation)
$$;
COMMENT ON FUNCTION rehydra.protect_for_all_ddl(regclass, name, text, text) IS 'Isolation all: the tenant policies bind everybody but superusers';

CREATE FUNCTION rehydra.was_open(relation regclass) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT NOT relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'rehydra_pass')
  FROM pg_class WHERE oid = relation
$$;
COMMENT ON FUNCTION rehydra.was_open(regclass) IS 'Whether row level security of a table is off, or on for rehydra''s sake alone';

CREATE FUNCTION rehydra.protect_for_worker_ddl(relation regclass, acting_role name, reads text, writes text) RETURNS SETOF text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND NOT polpermissive AND polroles = '{0}' AND polname LIKE 'rehydra\_restrict%') THEN
    RAISE EXCEPTION 'table % is protected for everybody', relation
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Isolation worker would open it: register it with isolation all, or drop its policies named rehydra_* yourself first.';
  END IF;
  RETURN QUERY SELECT rehydra.drop_policies_ddl(relation);
  RETURN QUERY SELECT rehydra.restrict_ddl(relation, acting_role, reads, writes);
  RETURN NEXT rehydra.policy_ddl(relation, 'rehydra_permit', 'PERMISSIVE', 'ALL', acting_role, reads, writes);
  IF rehydra.was_open(relation) THEN
    -- Row level security is ours here: everybody else goes on as before.
    RETURN NEXT rehydra.policy_ddl(relation, 'rehydra_pass', 'PERMISSIVE', 'ALL', 'public', 'true', 'true');
  END IF;
  RETURN NEXT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
END
$$;
COMMENT ON FUNCTION rehydra.protect_for_worker_ddl(regclass, name, text, text) IS 'Isolation worker: the tenant policies bind the acting role alone';

CREATE FUNCTION rehydra.grant_ddl(relation regclass, role text, acting_role name) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, acting_role)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = relation AND NOT has_schema_privilege(acting_role, n.oid, 'USAGE')
  UNION ALL
  SELECT format('GRANT %s ON %s TO %I',
                CASE role WHEN 'data' THEN 'SELECT, INSERT, UPDATE, DELETE' WHEN 'own' THEN 'SELECT, INSERT, UPDATE' ELSE 'SELECT' END,
                relation, acting_role)
  UNION ALL
  SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', s.oid::regclass, acting_role)
  FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  WHERE role <> 'reference' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
$$;
COMMENT ON FUNCTION rehydra.grant_ddl(regclass, text, name) IS
  'What gives the acting role its privileges on a table: data is written, the tenant''s own row is not deleted, references are only read';

CREATE FUNCTION rehydra.check_owner(relation regclass) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owner oid := (SELECT relowner FROM pg_class WHERE oid = relation);
BEGIN
  IF NOT pg_has_role(owner, 'USAGE') THEN
    RAISE EXCEPTION 'table % belongs to role "%"', relation, pg_get_userbyid(owner)
      USING ERRCODE = 'insufficient_privilege', HINT = 'Policies and privileges are the owner''s to give: register it as the owner, or as a superuser.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_owner(regclass) IS 'Raises 42501 where the current user cannot act as a table''s owner';

CREATE FUNCTION rehydra.check_schema_usage(relation regclass, acting_role name) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  home pg_namespace;
BEGIN
  SELECT n.* INTO home FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation;
  IF NOT has_schema_privilege(acting_role, home.oid, 'USAGE') AND NOT pg_has_role(home.nspowner, 'USAGE')
     AND NOT has_schema_privilege(home.oid, 'USAGE WITH GRANT OPTION') THEN
    RAISE EXCEPTION 'role "%" may not use schema "%"', acting_role, home.nspname
      USING ERRCODE = 'insufficient_privilege',
            HINT = format('Ask the owner of the schema for: GRANT USAGE ON SCHEMA %I TO %I;', home.nspname, acting_role);
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_schema_usage(regclass, name) IS 'Raises 42501 where the acting role may not use a table''s schema and the current user cannot let it';

CREATE FUNCTION rehydra.check_other_models(d rehydra.datasets, m rehydra.models) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  other text;
BEGIN
  -- Policies have fixed names: those of a second model would take the place of the first one's.
  SELECT o.model INTO other
  FROM rehydra.datasets o JOIN rehydra.models om ON om.model = o.model
  WHERE o.relation_oid = d.relation_oid AND o.model <> d.model AND m.isolation <> 'existing' AND om.isolation <> 'existing'
    AND COALESCE(o.tenant_column, o.tenant_reference) IS NOT NULL AND COALESCE(d.tenant_column, d.tenant_reference) IS NOT NULL
    AND ((om.isolation, om.acting_role) <> (m.isolation, m.acting_role)
         OR rehydra.tenant_condition(o.model, o.dataset, true) <> rehydra.tenant_condition(d.model, d.dataset, true)
         OR rehydra.tenant_condition(o.model, o.dataset, false) <> rehydra.tenant_condition(d.model, d.dataset, false));
  IF FOUND THEN
    RAISE EXCEPTION 'table % is kept apart in another way by model "%"', d.relation_oid::regclass, other
      USING ERRCODE = 'object_in_use', HINT = 'A table has one tenant: register it by the same tenant column, isolation and acting role, or unregister it there.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_other_models(rehydra.datasets, rehydra.models) IS 'Raises 55006 where another model protects the same table by other policies';

CREATE FUNCTION rehydra.protection_ddl(model text, dataset text) RETURNS SETOF text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  m rehydra.models;
  reads text;
  writes text;
BEGIN
  SELECT * INTO m FROM rehydra.models WHERE model = protection_ddl.model;
  SELECT * INTO d FROM rehydra.datasets WHERE model = protection_ddl.model AND dataset = protection_ddl.dataset;
  PERFORM rehydra.check_relation(d.relation_oid);
  IF d.role <> 'left_out' OR d.tenant_column IS NOT NULL THEN
    PERFORM rehydra.check_owner(d.relation_oid), rehydra.check_schema_usage(d.relation_oid, m.acting_role);
  END IF;
  PERFORM rehydra.check_other_models(d, m);
  -- A table that belongs to nobody is only read; a left-out one is protected where it was registered with its tenant column.
  IF m.isolation <> 'existing' AND (d.tenant_column IS NOT NULL OR d.role <> 'left_out' AND d.tenant_reference IS NOT NULL) THEN
    reads := rehydra.tenant_condition(d.model, d.dataset, false);
    writes := rehydra.tenant_condition(d.model, d.dataset, true);
    RETURN QUERY SELECT rehydra.protect_for_all_ddl(d.relation_oid, m.acting_role, reads, writes) WHERE m.isolation = 'all';
    IF m.isolation = 'worker' THEN
      RETURN QUERY SELECT rehydra.protect_for_worker_ddl(d.relation_oid, m.acting_role, reads, writes);
    END IF;
  END IF;
  IF d.role <> 'left_out' THEN
    RETURN QUERY SELECT rehydra.grant_ddl(d.relation_oid, d.role, m.acting_role);
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.protection_ddl(text, text) IS 'The statements that put a model''s isolation into force on one of its tables: policies and privileges';

CREATE FUNCTION rehydra.protect(model text, datasets text[] DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  name text;
  statement text;
BEGIN
  PERFORM rehydra.follow_catalog(protect.model);
  PERFORM rehydra.check_acting_role(protect.model);
  FOR name IN
    -- What hangs on a table has policies that repeat whether its rows are shared.
    WITH RECURSIVE wanted AS (
      SELECT d.dataset FROM rehydra.datasets d WHERE d.model = protect.model AND (protect.datasets IS NULL OR d.dataset = ANY (protect.datasets))
      UNION
      SELECT d.dataset FROM wanted w
      JOIN rehydra.dataset_references r ON r.model = protect.model AND r.parent = w.dataset
      JOIN rehydra.datasets d ON d.model = r.model AND d.dataset = r.dataset AND d.tenant_reference = r.reference)
    SELECT d.dataset FROM rehydra.datasets d JOIN wanted w ON w.dataset = d.dataset WHERE d.model = protect.model ORDER BY d.position
  LOOP
    FOR statement IN SELECT rehydra.protection_ddl(protect.model, name) LOOP
      EXECUTE statement;
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.protect(text, text[]) IS
  'Puts a model''s isolation into force, on all of its tables or on those named. Can be run again, and must be after a change of rehydra.tenant_setting';

REVOKE ALL ON FUNCTION rehydra.tenant_setting(), rehydra.own_rows(text, text), rehydra.way_to_tenant(text, text),
  rehydra.joined(rehydra.dataset_references, text, text), rehydra.next_alias(text), rehydra.tenant_condition(text, text, boolean, text),
  rehydra.whole_condition(rehydra.dataset_references, boolean, text, text, text), rehydra.check_acting_role(text),
  rehydra.policy_ddl(regclass, name, text, text, name, text, text), rehydra.restrict_ddl(regclass, name, text, text), rehydra.is_own_policy(name),
  rehydra.drop_policies_ddl(regclass), rehydra.protect_for_all_ddl(regclass, name, text, text), rehydra.was_open(regclass),
  rehydra.protect_for_worker_ddl(regclass, name, text, text), rehydra.grant_ddl(regclass, text, name), rehydra.check_owner(regclass), rehydra.check_schema_usage(regclass, name),
  rehydra.check_other_models(rehydra.datasets, rehydra.models), rehydra.protection_ddl(text, text),
  rehydra.protect(text, text[]) FROM PUBLIC;
