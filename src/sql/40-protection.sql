-- Protection: the policies and privileges that keep one tenant's statements to that tenant's rows. The expressions carry the value that
-- rehydra.tenant_setting has when a model is protected: after changing it, protect the models again.
CREATE FUNCTION rehydra.tenant_setting() RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(NULLIF(current_setting('rehydra.tenant_setting', true), ''), 'rehydra.tenant')
$$;
COMMENT ON FUNCTION rehydra.tenant_setting() IS 'The name of the setting that holds a session''s tenant';

CREATE FUNCTION rehydra.tenant_condition(model text, dataset text, writes boolean, alias text DEFAULT '') RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  d rehydra.datasets;
  way rehydra.dataset_references;
  parent regclass;
  parent_alias text := alias || 'p';
  prefix text := CASE alias WHEN '' THEN '' ELSE quote_ident(alias) || '.' END;
  condition text;
BEGIN
  IF COALESCE(current_setting('rehydra.tenant_template', true), '') <> '' THEN
    RAISE EXCEPTION 'rehydra''s own policies cannot read a tenant by rehydra.tenant_template'
      USING ERRCODE = 'feature_not_supported', HINT = 'Register the model with isolation existing, or give rehydra.tenant_setting a setting that holds the tenant alone.';
  END IF;
  SELECT * INTO d FROM rehydra.datasets WHERE model = tenant_condition.model AND dataset = tenant_condition.dataset;
  IF d.tenant_column IS NOT NULL THEN
    condition := format('%s%I = NULLIF(current_setting(%L, true), '''')::%s', prefix, d.tenant_column, rehydra.tenant_setting(),
                        rehydra.column_type(d.relation_oid, d.tenant_column));
    IF d.shared_rows AND NOT writes THEN
      condition := format('%s OR %s%I IS NULL', condition, prefix, d.tenant_column);
    END IF;
    RETURN condition;
  END IF;
  SELECT * INTO way FROM rehydra.dataset_references WHERE model = d.model AND dataset = d.dataset AND reference = d.tenant_reference;
  parent := rehydra.relation_of(d.model, way.parent);
  condition := format('(%s) IN (SELECT %s FROM %s AS %I',
    (SELECT string_agg(prefix || quote_ident(c), ', ' ORDER BY n) FROM unnest(way.columns) WITH ORDINALITY AS t (c, n)),
    (SELECT string_agg(format('%I.%I', parent_alias, c), ', ' ORDER BY n) FROM unnest(way.parent_columns) WITH ORDINALITY AS t (c, n)),
    parent, parent_alias);
  -- The parent's own policy for SELECT decides, which shows its shared rows; what hangs on those is nobody's to write.
  IF writes AND rehydra.tenant_condition(d.model, way.parent, true, parent_alias)
                <> rehydra.tenant_condition(d.model, way.parent, false, parent_alias) THEN
    condition := format('%s WHERE %s', condition, rehydra.tenant_condition(d.model, way.parent, true, parent_alias));
  END IF;
  RETURN condition || ')';
END
$$;
COMMENT ON FUNCTION rehydra.tenant_condition(text, text, boolean, text) IS
  'The policy expression of a data set: its row belongs to the session''s tenant, or, for reading, is shared';

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

CREATE FUNCTION rehydra.set_policy(relation regclass, policy name, kind text, command text, grantee name, reads text, writes text)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', policy, relation, kind, command,
                 CASE grantee WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(grantee) END)
          || CASE WHEN command <> 'INSERT' THEN format(' USING (%s)', reads) ELSE '' END
          || CASE WHEN command NOT IN ('SELECT', 'DELETE') THEN format(' WITH CHECK (%s)', writes) ELSE '' END;
END
$$;
COMMENT ON FUNCTION rehydra.set_policy(regclass, name, text, text, name, text, text) IS 'Creates one policy';

CREATE FUNCTION rehydra.restrict_table(relation regclass, grantee name, reads text, writes text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF reads = writes THEN
    PERFORM rehydra.set_policy(relation, 'rehydra_restrict', 'RESTRICTIVE', 'ALL', grantee, reads, writes);
  ELSE
    -- Shared rows are there to be seen: what finds the rows to change must stay strict, so each command has its own.
    PERFORM rehydra.set_policy(relation, 'rehydra_restrict_select', 'RESTRICTIVE', 'SELECT', grantee, reads, NULL);
    PERFORM rehydra.set_policy(relation, 'rehydra_restrict_insert', 'RESTRICTIVE', 'INSERT', grantee, NULL, writes);
    PERFORM rehydra.set_policy(relation, 'rehydra_restrict_update', 'RESTRICTIVE', 'UPDATE', grantee, writes, writes);
    PERFORM rehydra.set_policy(relation, 'rehydra_restrict_delete', 'RESTRICTIVE', 'DELETE', grantee, writes, NULL);
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.restrict_table(regclass, name, text, text) IS 'Creates the restrictive tenant policies of a table, for one role or for public';

CREATE FUNCTION rehydra.drop_policies(relation regclass) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  policy name;
BEGIN
  FOR policy IN
    SELECT polname FROM pg_policy
    WHERE polrelid = relation
      AND polname IN ('rehydra_permit', 'rehydra_pass', 'rehydra_restrict', 'rehydra_restrict_select', 'rehydra_restrict_insert',
                      'rehydra_restrict_update', 'rehydra_restrict_delete')
  LOOP
    EXECUTE format('DROP POLICY %I ON %s', policy, relation);
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.drop_policies(regclass) IS 'Drops rehydra''s own policies of a table, and no others';

CREATE FUNCTION rehydra.protect_for_all(relation regclass, acting_role name, reads text, writes text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM rehydra.drop_policies(relation);
  PERFORM rehydra.restrict_table(relation, 'public', reads, writes);
  -- Where the application has permissive policies, one for everybody would undo them: only the acting role gets its own there.
  PERFORM rehydra.set_policy(relation, 'rehydra_permit', 'PERMISSIVE', 'ALL',
    CASE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polpermissive) THEN acting_role ELSE 'public' END, reads, writes);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', relation);
END
$$;
COMMENT ON FUNCTION rehydra.protect_for_all(regclass, name, text, text) IS 'Isolation all: the tenant policies bind everybody but superusers';

CREATE FUNCTION rehydra.protect_for_worker(relation regclass, acting_role name, reads text, writes text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was_off boolean;
BEGIN
  IF EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND NOT polpermissive AND polroles = '{0}' AND polname LIKE 'rehydra\_restrict%') THEN
    RAISE EXCEPTION 'table % is protected for everybody', relation
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Isolation worker would open it: register it with isolation all, or drop its policies named rehydra_* yourself first.';
  END IF;
  SELECT NOT relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'rehydra_pass') INTO was_off
  FROM pg_class WHERE oid = relation;
  PERFORM rehydra.drop_policies(relation);
  PERFORM rehydra.restrict_table(relation, acting_role, reads, writes);
  PERFORM rehydra.set_policy(relation, 'rehydra_permit', 'PERMISSIVE', 'ALL', acting_role, reads, writes);
  IF was_off THEN
    -- Row level security is ours here: everybody else goes on as before.
    PERFORM rehydra.set_policy(relation, 'rehydra_pass', 'PERMISSIVE', 'ALL', 'public', 'true', 'true');
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
END
$$;
COMMENT ON FUNCTION rehydra.protect_for_worker(regclass, name, text, text) IS 'Isolation worker: the tenant policies bind the acting role alone';

CREATE FUNCTION rehydra.grant_to_acting_role(relation regclass, role text, acting_role name) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  target regclass;
  home pg_namespace;
BEGIN
  SELECT n.* INTO home FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation;
  IF NOT has_schema_privilege(acting_role, home.oid, 'USAGE') THEN
    IF NOT pg_has_role(home.nspowner, 'USAGE') AND NOT has_schema_privilege(home.oid, 'USAGE WITH GRANT OPTION') THEN
      RAISE EXCEPTION 'role "%" may not use schema "%"', acting_role, home.nspname
        USING ERRCODE = 'insufficient_privilege',
              HINT = format('Ask the owner of the schema for: GRANT USAGE ON SCHEMA %I TO %I;', home.nspname, acting_role);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', home.nspname, acting_role);
  END IF;
  EXECUTE format('GRANT %s ON %s TO %I',
                 CASE role WHEN 'data' THEN 'SELECT, INSERT, UPDATE, DELETE' WHEN 'own' THEN 'SELECT, INSERT, UPDATE' ELSE 'SELECT' END,
                 relation, acting_role);
  IF role <> 'reference' THEN
    FOR target IN
      SELECT s.oid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND d.refobjsubid > 0
        AND d.deptype IN ('a', 'i')
    LOOP
      EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', target, acting_role);
    END LOOP;
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.grant_to_acting_role(regclass, text, name) IS
  'Gives the acting role what it needs on a table: data is written, the tenant''s own row is not deleted, references are only read';

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

CREATE FUNCTION rehydra.protect(model text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  protected record;
BEGIN
  PERFORM rehydra.follow_catalog(protect.model);
  PERFORM rehydra.check_acting_role(protect.model);
  FOR protected IN
    SELECT d.dataset, d.relation_oid::regclass AS relation, d.role, m.isolation, m.acting_role
    FROM rehydra.datasets d JOIN rehydra.models m ON m.model = d.model
    -- A left-out table is protected only where it was registered with its tenant column.
    WHERE d.model = protect.model AND (d.role <> 'left_out' OR d.tenant_column IS NOT NULL)
    ORDER BY d.position
  LOOP
    PERFORM rehydra.check_relation(protected.relation);
    PERFORM rehydra.check_owner(protected.relation);
    IF protected.isolation = 'all' THEN
      PERFORM rehydra.protect_for_all(protected.relation, protected.acting_role,
        rehydra.tenant_condition(protect.model, protected.dataset, false), rehydra.tenant_condition(protect.model, protected.dataset, true));
    ELSIF protected.isolation = 'worker' THEN
      PERFORM rehydra.protect_for_worker(protected.relation, protected.acting_role,
        rehydra.tenant_condition(protect.model, protected.dataset, false), rehydra.tenant_condition(protect.model, protected.dataset, true));
    END IF;
    IF protected.role <> 'left_out' THEN
      PERFORM rehydra.grant_to_acting_role(protected.relation, protected.role, protected.acting_role);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.protect(text) IS
  'Puts a model''s isolation into force: policies and privileges on its tables. Can be run again, and must be after a change of rehydra.tenant_setting';

REVOKE ALL ON FUNCTION rehydra.tenant_setting(), rehydra.tenant_condition(text, text, boolean, text), rehydra.check_acting_role(text),
  rehydra.set_policy(regclass, name, text, text, name, text, text), rehydra.restrict_table(regclass, name, text, text),
  rehydra.drop_policies(regclass), rehydra.protect_for_all(regclass, name, text, text), rehydra.protect_for_worker(regclass, name, text, text),
  rehydra.grant_to_acting_role(regclass, text, name), rehydra.check_owner(regclass), rehydra.protect(text) FROM PUBLIC;
