-- Isolation: how a registered model is kept apart, changed by one call, and what a registrar who is no superuser may say about it.
CREATE FUNCTION rehydra.trusted_path(schemas text[]) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  open record;
  unknown text;
BEGIN
  SELECT string_agg(s.name, ', ') INTO unknown FROM unnest(schemas) AS s (name)
  WHERE s.name IN ('pg_catalog', 'pg_temp') OR NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s.name);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'schema % cannot stand on a model''s search_path', unknown
      USING ERRCODE = 'invalid_schema_name', HINT = 'Name schemas that exist; pg_catalog comes first and pg_temp last by themselves.';
  END IF;
  -- Whoever can put an operator there runs it as whoever acts for the model.
  SELECT n.nspname, r.rolname INTO open
  FROM unnest(schemas) AS s (name) JOIN pg_namespace n ON n.nspname = s.name
  CROSS JOIN LATERAL (
    SELECT 'PUBLIC' AS rolname WHERE EXISTS (SELECT FROM aclexplode(n.nspacl) AS a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
    UNION ALL
    SELECT r.rolname FROM pg_roles r
    WHERE NOT r.rolsuper AND r.oid <> n.nspowner AND r.rolname NOT LIKE 'pg\_%' AND has_schema_privilege(r.oid, n.oid, 'CREATE')
      AND EXISTS (SELECT FROM unnest('{rehydra_exporter,rehydra_importer,rehydra_restorer,rehydra_operator}'::text[]) AS g WHERE pg_has_role(r.oid, g, 'MEMBER'))
  ) AS r LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% may create objects in schema "%"', open.rolname, open.nspname
      USING ERRCODE = 'insufficient_privilege',
            HINT = format('A model''s search_path holds schemas where callers cannot create anything: REVOKE CREATE ON SCHEMA %I FROM %s;', open.nspname, open.rolname);
  END IF;
  RETURN (SELECT COALESCE(string_agg(quote_ident(name), ', ' ORDER BY place), '') FROM unnest(schemas) WITH ORDINALITY AS s (name, place));
END
$$;
COMMENT ON FUNCTION rehydra.trusted_path(text[]) IS 'Schemas as a search_path; raises 42501 where a caller of rehydra could create objects in one';

CREATE FUNCTION rehydra.is_superuser() RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT rolsuper FROM pg_roles WHERE rolname = current_user $$;
COMMENT ON FUNCTION rehydra.is_superuser() IS 'Whether the current user is a superuser';

CREATE FUNCTION rehydra.foreign_table_of(model text) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('%I.%I', d.schema_name, d.table_name)
  FROM rehydra.datasets d LEFT JOIN pg_class c ON c.oid = rehydra.table_of_dataset(d)
  -- A table that is gone is nobody's; what stood in its place is found by its owner.
  WHERE d.model = foreign_table_of.model
    AND NOT COALESCE(pg_has_role(c.relowner, 'USAGE'),
                     (SELECT pg_has_role(r.oid, 'USAGE') FROM pg_roles r WHERE r.rolname = d.relation_owner), false)
  ORDER BY d.position LIMIT 1
$$;
COMMENT ON FUNCTION rehydra.foreign_table_of(text) IS 'The first table of a model that the current user does not own; NULL for none';

CREATE FUNCTION rehydra.check_model_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  others text;
BEGIN
  IF rehydra.is_superuser() THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    others := rehydra.foreign_table_of(OLD.model);
    IF others IS NOT NULL AND (TG_OP = 'DELETE' OR (NEW.model, NEW.tenant_type, NEW.isolation, NEW.acting_role)
                                                   IS DISTINCT FROM (OLD.model, OLD.tenant_type, OLD.isolation, OLD.acting_role)) THEN
      RAISE EXCEPTION 'model "%" is not yours to change: table % belongs to somebody else', OLD.model, others
        USING ERRCODE = 'insufficient_privilege', HINT = 'Ask the owner of all its tables, or a superuser.';
    END IF;
    IF TG_OP = 'DELETE' THEN
      RETURN OLD;
    END IF;
  END IF;
  -- Triggers of the registrar's own tables run as the acting role.
  IF NEW.acting_role <> 'rehydra_worker' AND NOT pg_has_role(NEW.acting_role, 'MEMBER') THEN
    RAISE EXCEPTION 'role "%" is not yours to act as', NEW.acting_role
      USING ERRCODE = 'insufficient_privilege', HINT = 'Name rehydra_worker or a role that you are a member of, or ask a superuser.';
  END IF;
  IF NEW.search_path <> (CASE TG_OP WHEN 'INSERT' THEN '' ELSE OLD.search_path END) THEN
    RAISE EXCEPTION 'only a superuser sets a model''s search_path' USING ERRCODE = 'insufficient_privilege', HINT = 'Give the functions a search_path of their own: ALTER FUNCTION ... SET search_path.';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION rehydra.check_model_change() IS 'Trigger: a registrar who is no superuser names no acting role but rehydra_worker and its own, and changes no model with tables of others';
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.models FOR EACH ROW EXECUTE FUNCTION rehydra.check_model_change();

CREATE FUNCTION rehydra.require_own_dataset(d rehydra.datasets, must_exist boolean DEFAULT false) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owner oid;
BEGIN
  -- The table that an operation would take, whatever oid the row says.
  SELECT c.relowner INTO owner FROM pg_class c WHERE c.oid = rehydra.table_of_dataset(d);
  IF owner IS NULL AND NOT must_exist THEN
    SELECT r.oid INTO owner FROM pg_roles r WHERE r.rolname = d.relation_owner;
  END IF;
  IF owner IS NULL OR NOT pg_has_role(owner, 'USAGE') THEN
    RAISE EXCEPTION 'table %.% is not yours to register', quote_ident(d.schema_name), quote_ident(d.table_name)
      USING ERRCODE = 'insufficient_privilege', HINT = 'Register it as its owner, or as a superuser.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.require_own_dataset(rehydra.datasets, boolean) IS 'Raises 42501 where the current user does not own a data set''s table';

CREATE FUNCTION rehydra.check_dataset_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  others text;
BEGIN
  IF rehydra.is_superuser() THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM rehydra.require_own_dataset(OLD);
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  PERFORM rehydra.require_own_dataset(NEW, true);
  IF TG_OP = 'INSERT' OR NEW.model <> OLD.model THEN
    others := rehydra.foreign_table_of(NEW.model);
    IF others IS NOT NULL THEN
      RAISE EXCEPTION 'model "%" is not yours to add to: table % belongs to somebody else', NEW.model, others
        USING ERRCODE = 'insufficient_privilege', HINT = 'Register the table in a model of its own, or ask a superuser.';
    END IF;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION rehydra.check_dataset_change() IS 'Trigger: a registrar who is no superuser registers his own tables alone, in models of his own';
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.datasets FOR EACH ROW EXECUTE FUNCTION rehydra.check_dataset_change();

CREATE FUNCTION rehydra.check_detail_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  touched jsonb;
  d rehydra.datasets;
BEGIN
  IF NOT rehydra.is_superuser() THEN
    FOREACH touched IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)] WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)] ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END LOOP
      -- What goes with its data set finds none any more: that one's own trigger has let it go.
      FOR d IN
        SELECT * FROM rehydra.datasets one
        WHERE one.model = touched ->> 'model'
          AND one.dataset = COALESCE(touched ->> 'dataset', (SELECT s.dataset FROM rehydra.sheets s WHERE s.model = touched ->> 'model' AND s.sheet = touched ->> 'sheet'))
      LOOP
        PERFORM rehydra.require_own_dataset(d);
      END LOOP;
    END LOOP;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION rehydra.check_detail_change() IS 'Trigger: what belongs to a data set is changed by the owner of its table or a superuser';
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.dataset_references FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.sheets FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.sheet_columns FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.dataset_checks FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.dataset_columns FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.column_aliases FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();

CREATE FUNCTION rehydra_set_isolation(model text, isolation text DEFAULT NULL, acting_role name DEFAULT NULL, search_path text[] DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  UPDATE rehydra.models AS m
  SET isolation = COALESCE(rehydra_set_isolation.isolation, m.isolation), acting_role = COALESCE(rehydra_set_isolation.acting_role, m.acting_role),
      search_path = CASE WHEN rehydra_set_isolation.search_path IS NULL THEN m.search_path ELSE rehydra.trusted_path(rehydra_set_isolation.search_path) END
  WHERE m.model = rehydra_set_isolation.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'model "%" is not registered', rehydra_set_isolation.model USING ERRCODE = 'undefined_object', HINT = 'SELECT model FROM rehydra.models;';
  END IF;
  PERFORM rehydra.protect(rehydra_set_isolation.model);
END
$$;
COMMENT ON FUNCTION rehydra_set_isolation(text, text, name, text[]) IS
  'Changes how a model is kept apart, and puts it into force. isolation: worker, all or existing (policies that rehydra made before stay); acting_role: who runs data statements where the caller is not bound; search_path: schemas that the functions of the application''s policies and triggers look in. NULL leaves as it is';

REVOKE ALL ON FUNCTION rehydra.trusted_path(text[]), rehydra.check_model_change(), rehydra.is_superuser(), rehydra.foreign_table_of(text),
  rehydra.require_own_dataset(rehydra.datasets, boolean), rehydra.check_dataset_change(), rehydra.check_detail_change(), rehydra_set_isolation(text, text, name, text[]) FROM PUBLIC;
