-- Group roles: what a session may do with rehydra. Created where absent, never dropped (they belong to the whole cluster).
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT * FROM (VALUES
      ('rehydra_exporter', 'may export the tenant of its session'),
      ('rehydra_importer', 'may preview and import for the tenant of its session'),
      ('rehydra_restorer', 'may take and restore snapshots of the tenant of its session'),
      ('rehydra_operator', 'may act for any tenant that a call names'),
      ('rehydra_registrar','may register the tables that it owns'),
      ('rehydra_auditor',  'reads the whole activity log'),
      ('rehydra_worker',   'runs rehydra''s statements on tenant data, bound by row level security; nobody logs in as it'))
      AS roles(role_name, purpose)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.role_name) THEN
      EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT', wanted.role_name);
      EXECUTE pg_catalog.format('COMMENT ON ROLE %I IS %L', wanted.role_name, 'rehydra: ' || wanted.purpose);
    END IF;
    IF (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = wanted.role_name)
       AND wanted.role_name = 'rehydra_worker' THEN
      RAISE EXCEPTION 'role rehydra_worker bypasses row level security'
        USING ERRCODE = 'insufficient_privilege', HINT = 'ALTER ROLE rehydra_worker NOSUPERUSER NOBYPASSRLS;';
    END IF;
  END LOOP;
END
$$;

CREATE SCHEMA rehydra;
COMMENT ON SCHEMA rehydra IS 'rehydra: registry, log and snapshots';
GRANT USAGE ON SCHEMA rehydra TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor, rehydra_registrar;
