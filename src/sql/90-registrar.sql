-- What members of rehydra_registrar need to register the tables that they own: the registry, and every set-up function there is.
GRANT SELECT, INSERT, UPDATE, DELETE ON rehydra.models, rehydra.datasets, rehydra.dataset_references, rehydra.sheets, rehydra.sheet_columns,
  rehydra.dataset_checks, rehydra.dataset_columns, rehydra.column_aliases, rehydra.overview_charts, rehydra.legacy_sheets,
  rehydra.legacy_columns, rehydra.policies, rehydra.profiles TO rehydra_registrar;
GRANT SELECT ON rehydra.foreign_keys, rehydra.moved_datasets TO rehydra_registrar;

DO $$
DECLARE
  setup regprocedure;
BEGIN
  FOR setup IN
    SELECT p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'rehydra'
    -- Operations are C and have roles of their own; what runs with its owner's rights is nobody's to call.
    WHERE l.lanname IN ('sql', 'plpgsql') AND NOT p.prosecdef
  LOOP
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO rehydra_registrar', setup);
  END LOOP;
END
$$;
