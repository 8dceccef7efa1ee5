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

CREATE FUNCTION rehydra.check_model_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RETURN NEW;
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
COMMENT ON FUNCTION rehydra.check_model_change() IS 'Trigger: a registrar who is no superuser names no acting role but rehydra_worker and its own';
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE ON rehydra.models FOR EACH ROW EXECUTE FUNCTION rehydra.check_model_change();

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

REVOKE ALL ON FUNCTION rehydra.trusted_path(text[]), rehydra.check_model_change(), rehydra_set_isolation(text, text, name, text[]) FROM PUBLIC;
