-- The registry's own guard: whoever is no superuser writes what concerns the tables that he owns, and nothing else. The setting-up
-- functions run with their caller's rights, so the registry's tables themselves have to say no.
CREATE FUNCTION rehydra.is_superuser() RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rolsuper FROM pg_roles WHERE rolname = current_user
$$;
COMMENT ON FUNCTION rehydra.is_superuser() IS 'Whether the current user is a superuser';

CREATE FUNCTION rehydra.require_owner(relation oid) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owner oid := (SELECT relowner FROM pg_class WHERE oid = relation);
BEGIN
  IF owner IS NOT NULL AND NOT pg_has_role(owner, 'USAGE') THEN
    RAISE EXCEPTION 'table % belongs to role "%"', relation::regclass, pg_get_userbyid(owner)
      USING ERRCODE = 'insufficient_privilege', HINT = 'What is registered of a table is its owner''s to say: ask the owner, or a superuser.';
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.require_owner(oid) IS 'Raises 42501 where the current user cannot act as a table''s owner';

CREATE FUNCTION rehydra.guard_model() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT rehydra.is_superuser() THEN
    -- The model says how all of its tables are kept apart.
    PERFORM rehydra.require_owner(d.relation_oid) FROM rehydra.datasets d WHERE d.model = OLD.model;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION rehydra.guard_model() IS 'Trigger: a model is changed by those alone who may act as the owners of all of its tables';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON rehydra.models FOR EACH ROW EXECUTE FUNCTION rehydra.guard_model();

CREATE FUNCTION rehydra.guard_dataset() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT rehydra.is_superuser() THEN
    IF TG_OP <> 'INSERT' THEN
      PERFORM rehydra.require_owner(OLD.relation_oid);
    END IF;
    IF TG_OP <> 'DELETE' THEN
      PERFORM rehydra.require_owner(NEW.relation_oid);
      -- A table of one's own in somebody else's model would run one's triggers with that model's rights.
      PERFORM rehydra.require_owner(d.relation_oid) FROM rehydra.datasets d WHERE d.model = NEW.model;
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION rehydra.guard_dataset() IS 'Trigger: a data set is written by those alone who may act as its table''s owner, in models that are theirs';
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.datasets FOR EACH ROW EXECUTE FUNCTION rehydra.guard_dataset();

CREATE FUNCTION rehydra.guard_part() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  place jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
BEGIN
  IF NOT rehydra.is_superuser() THEN
    PERFORM rehydra.require_owner(d.relation_oid) FROM rehydra.datasets d
    WHERE d.model = place ->> 'model'
      AND d.dataset = COALESCE(place ->> 'dataset', (SELECT s.dataset FROM rehydra.sheets s WHERE s.model = place ->> 'model' AND s.sheet = place ->> 'sheet'));
    IF TG_OP = 'UPDATE'
       AND (to_jsonb(OLD) ->> 'model', to_jsonb(OLD) ->> 'dataset', to_jsonb(OLD) ->> 'sheet')
           IS DISTINCT FROM (place ->> 'model', place ->> 'dataset', place ->> 'sheet') THEN
      RAISE EXCEPTION 'what is registered of one table is not moved to another'
        USING ERRCODE = 'insufficient_privilege', HINT = 'Register the tables with rehydra_register.';
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION rehydra.guard_part() IS 'Trigger: what belongs to a data set is written by those alone who may act as its table''s owner';
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.dataset_references FOR EACH ROW EXECUTE FUNCTION rehydra.guard_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.dataset_checks FOR EACH ROW EXECUTE FUNCTION rehydra.guard_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.dataset_columns FOR EACH ROW EXECUTE FUNCTION rehydra.guard_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.column_aliases FOR EACH ROW EXECUTE FUNCTION rehydra.guard_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.sheets FOR EACH ROW EXECUTE FUNCTION rehydra.guard_part();
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON rehydra.sheet_columns FOR EACH ROW EXECUTE FUNCTION rehydra.guard_part();

REVOKE ALL ON FUNCTION rehydra.is_superuser(), rehydra.require_owner(oid), rehydra.guard_model(), rehydra.guard_dataset(), rehydra.guard_part() FROM PUBLIC;
