-- The ledger: one row an operation, and the snapshots taken before changes. Only the extension's C++ writes here, as the tables' owner.
CREATE FUNCTION rehydra.session_tenant() RETURNS text
  LANGUAGE C STABLE PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'rehydra_session_tenant';
COMMENT ON FUNCTION rehydra.session_tenant() IS 'The tenant that this session acts for, read from the setting that rehydra.tenant_setting names; NULL for none';

CREATE TABLE rehydra.activity (
  operation_id     uuid PRIMARY KEY,
  model            text,
  customer_id      text,
  at               timestamptz NOT NULL,
  kind             text NOT NULL,
  mode             text,
  dry_run          boolean,
  outcome          text NOT NULL,
  sqlstate         text,
  session_role     name NOT NULL,
  effective_role   name,
  app_user         text,
  client_addr      inet,
  application_name text,
  options          jsonb NOT NULL,
  file_sha256      text,
  file_bytes       bigint,
  datasets         jsonb,
  duration_ms      numeric(12,1),
  detail           text,
  error_count      bigint
);
CREATE INDEX activity_customer ON rehydra.activity (model, customer_id, at);
COMMENT ON TABLE rehydra.activity IS 'One row an operation, also for refused and failed ones; append-only';
COMMENT ON COLUMN rehydra.activity.error_count IS 'How many errors the operation found, of which rehydra_errors(operation_id) shows the first rehydra.max_errors; NULL for operations that look for none';

CREATE FUNCTION rehydra.refuse_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'the activity log is append-only'
    USING ERRCODE = 'insufficient_privilege', HINT = 'Export the rows you want to keep, and keep the log.';
END
$$;
REVOKE ALL ON FUNCTION rehydra.refuse_change() FROM PUBLIC;
COMMENT ON FUNCTION rehydra.refuse_change() IS 'Trigger: keeps rehydra.activity append-only';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rehydra.activity
  FOR EACH STATEMENT EXECUTE FUNCTION rehydra.refuse_change();

CREATE TABLE rehydra.activity_end (
  operation_id uuid PRIMARY KEY,
  at           timestamptz NOT NULL,
  outcome      text NOT NULL,
  file_sha256  text,
  file_bytes   bigint,
  datasets     jsonb,
  duration_ms  numeric(12,1),
  detail       text
);
COMMENT ON TABLE rehydra.activity_end IS
  'How operations ended whose row in rehydra.activity was written when they began (outcome streaming); append-only';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rehydra.activity_end
  FOR EACH STATEMENT EXECUTE FUNCTION rehydra.refuse_change();

-- The same customer id in two models is two customers.
CREATE VIEW rehydra.usable_models WITH (security_barrier) AS
  SELECT DISTINCT d.model
  -- By name: after a restore the noted oids mean nothing until an operation has noted them anew.
  FROM rehydra.datasets d JOIN pg_catalog.pg_namespace n ON n.nspname = d.schema_name
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = d.table_name
  WHERE d.role IN ('data', 'own') AND pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT');
COMMENT ON VIEW rehydra.usable_models IS
  'The models that the current user may use: those with a data set of role data or own that it can read (USAGE on the schema, SELECT on the table or on a column)';

CREATE VIEW rehydra.activity_log WITH (security_barrier) AS
  SELECT a.operation_id, a.model, a.customer_id, a.at, a.kind, a.mode, a.dry_run, COALESCE(e.outcome, a.outcome) AS outcome, a.sqlstate,
         a.session_role, a.effective_role, a.app_user, a.client_addr, a.application_name, a.options,
         COALESCE(e.file_sha256, a.file_sha256) AS file_sha256, COALESCE(e.file_bytes, a.file_bytes) AS file_bytes,
         COALESCE(e.datasets, a.datasets) AS datasets, COALESCE(e.duration_ms, a.duration_ms) AS duration_ms,
         COALESCE(e.detail, a.detail) AS detail, a.error_count
  FROM rehydra.activity a LEFT JOIN rehydra.activity_end e USING (operation_id)
  WHERE pg_catalog.pg_has_role('rehydra_auditor', 'MEMBER') OR pg_catalog.pg_has_role('rehydra_operator', 'MEMBER')
     OR a.customer_id = rehydra.session_tenant() AND a.model IN (SELECT u.model FROM rehydra.usable_models u);
COMMENT ON VIEW rehydra.activity_log IS
  'The operations of the session''s tenant in the models that the current user may use (one of whose data sets it can read); auditors and operators see all';

CREATE TABLE rehydra.snapshot (
  snapshot_id  uuid PRIMARY KEY,
  model        text NOT NULL,
  customer_id  text NOT NULL,
  taken_at     timestamptz NOT NULL,
  reason       text,
  operation_id uuid NOT NULL,
  scope        jsonb NOT NULL,
  selection    jsonb,
  rows         bigint NOT NULL,
  bytes        bigint NOT NULL,
  expires_at   timestamptz
);
CREATE INDEX snapshot_customer ON rehydra.snapshot (model, customer_id, taken_at);
COMMENT ON TABLE rehydra.snapshot IS 'A tenant''s rows as they were before a change';
COMMENT ON COLUMN rehydra.snapshot.selection IS 'The rows that it holds, with those below them, where it was taken before an import of a part; NULL: all';
COMMENT ON COLUMN rehydra.snapshot.scope IS 'Data sets in order: name, columns and types, rows';

CREATE TABLE rehydra.snapshot_chunk (
  snapshot_id uuid NOT NULL REFERENCES rehydra.snapshot ON DELETE CASCADE,
  chunk       int NOT NULL,
  dataset     text NOT NULL,
  rows        bigint NOT NULL,
  data        bytea NOT NULL,
  PRIMARY KEY (snapshot_id, chunk)
);
ALTER TABLE rehydra.snapshot_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE rehydra.snapshot_chunk IS 'The rows of a snapshot, deflated, about 1 MiB a chunk before compression, secrets included';

CREATE VIEW rehydra.snapshots WITH (security_barrier) AS
  SELECT snapshot_id, model, customer_id, taken_at, reason, operation_id, scope, selection, rows, bytes, expires_at
  FROM rehydra.snapshot
  WHERE pg_catalog.pg_has_role('rehydra_auditor', 'MEMBER') OR pg_catalog.pg_has_role('rehydra_operator', 'MEMBER')
     OR customer_id = rehydra.session_tenant() AND model IN (SELECT u.model FROM rehydra.usable_models u);
COMMENT ON VIEW rehydra.snapshots IS
  'The snapshots of the session''s tenant in the models that the current user may use (one of whose data sets it can read); auditors and operators see all';

REVOKE ALL ON FUNCTION rehydra.session_tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra.session_tenant() TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;
GRANT SELECT ON rehydra.activity_log, rehydra.snapshots TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;

SELECT pg_catalog.pg_extension_config_dump('rehydra.activity', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.activity_end', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.snapshot', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.snapshot_chunk', '');
