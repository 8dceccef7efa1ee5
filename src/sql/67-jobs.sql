-- Background work: jobs, and what comes of them. Only the extension's C++ writes here, as the tables' owner. Neither jobs nor files are
-- dumped: where a dump is restored, nothing shall run that was submitted elsewhere; the activity log has what was done.
CREATE TABLE rehydra.job (
  operation_id uuid PRIMARY KEY,
  number       bigint GENERATED ALWAYS AS IDENTITY,
  database     oid NOT NULL,
  model        text NOT NULL,
  customer_id  text NOT NULL,
  action       text NOT NULL,
  arguments    jsonb NOT NULL,
  settings     jsonb,
  session_role oid NOT NULL,
  role         oid NOT NULL,
  client_addr  inet,
  status       text NOT NULL,
  outcome      text,
  sqlstate     text,
  message      text,
  detail       text,
  hint         text,
  report       jsonb,
  file_bytes   bigint NOT NULL,
  submitted_at timestamptz NOT NULL,
  started_at   timestamptz,
  ended_at     timestamptz,
  pid          int
);
CREATE INDEX job_open ON rehydra.job (number) WHERE status IN ('queued', 'running');
CREATE INDEX job_customer ON rehydra.job (model, customer_id);
COMMENT ON TABLE rehydra.job IS 'Exports and imports that were submitted to run in the background';
COMMENT ON COLUMN rehydra.job.database IS 'Where it was submitted: in a copy of that database it does not run';
COMMENT ON COLUMN rehydra.job.arguments IS 'What is to be done, as the library understands it';
COMMENT ON COLUMN rehydra.job.settings IS 'The settings of the session that submitted it; gone when it has ended';

CREATE TABLE rehydra.job_chunk (
  operation_id uuid NOT NULL REFERENCES rehydra.job ON DELETE CASCADE,
  chunk        int NOT NULL,
  data         bytea NOT NULL,
  PRIMARY KEY (operation_id, chunk)
);
ALTER TABLE rehydra.job_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE rehydra.job_chunk IS 'The file that an import reads, until it has ended; the file that an export has written';

CREATE VIEW rehydra.jobs WITH (security_barrier) AS
  SELECT operation_id, model, customer_id, action, status, outcome, sqlstate, message, detail, hint, report,
         CASE WHEN status = 'done' AND action = 'export' THEN file_bytes END AS file_bytes,
         pg_catalog.pg_get_userbyid(role) AS submitted_by, client_addr, submitted_at, started_at, ended_at
  FROM rehydra.job
  WHERE pg_catalog.pg_has_role('rehydra_auditor', 'MEMBER') OR pg_catalog.pg_has_role('rehydra_operator', 'MEMBER')
     OR customer_id = rehydra.session_tenant() AND model IN (SELECT u.model FROM rehydra.usable_models u);
COMMENT ON VIEW rehydra.jobs IS
  'The jobs of the session''s tenant in the models that the current user may use; auditors and operators see all';
COMMENT ON COLUMN rehydra.jobs.operation_id IS 'What rehydra_submit returned: the same in rehydra.progress, rehydra.activity_log, rehydra_errors and rehydra_cancel';
COMMENT ON COLUMN rehydra.jobs.status IS 'queued, running; done (outcome and report say what happened), failed (an error), cancelled, interrupted (the server or the worker ended first; nothing was changed)';
COMMENT ON COLUMN rehydra.jobs.outcome IS 'As in rehydra.activity_log: of an import the status of its report';
COMMENT ON COLUMN rehydra.jobs.file_bytes IS 'The size of the file that rehydra_job_file gives';
COMMENT ON COLUMN rehydra.jobs.submitted_by IS 'The role that it runs as';

CREATE FUNCTION rehydra_submit(action text, customer_id text DEFAULT NULL, file bytea DEFAULT NULL, format text DEFAULT NULL,
                               mode text DEFAULT NULL, dry_run boolean DEFAULT NULL, confirm text DEFAULT NULL,
                               datasets text[] DEFAULT NULL, selection jsonb DEFAULT NULL, match jsonb DEFAULT NULL,
                               on_error text DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                               options jsonb DEFAULT '{}')
  RETURNS uuid LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_submit';
COMMENT ON FUNCTION rehydra_submit(text, text, bytea, text, text, boolean, text, text[], jsonb, jsonb, text, timestamptz, tstzrange, jsonb) IS
  'Queues an export or an import (action) to run in the background once this transaction has committed, as the current role and with the session''s settings and tenant; the other arguments are those of rehydra_export and rehydra_import. Returns the operation''s id, for rehydra_job, rehydra_job_file, rehydra.progress, rehydra_cancel and rehydra_errors. Errors: 55000 where rehydra is not in shared_preload_libraries; 22023, 42501 as the direct call';

CREATE FUNCTION rehydra_job(operation_id uuid) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found jsonb;
BEGIN
  SELECT to_jsonb(j) INTO found FROM rehydra.jobs j WHERE j.operation_id = $1;
  IF found IS NULL THEN
    RAISE EXCEPTION 'there is no job % of this customer', $1
      USING ERRCODE = 'insufficient_privilege', HINT = 'SELECT operation_id, submitted_at, action, status FROM rehydra.jobs;';
  END IF;
  RETURN jsonb_strip_nulls(found) || COALESCE(
    (SELECT jsonb_build_object('progress', jsonb_strip_nulls(to_jsonb(p) - '{operation_id,model,customer_id,kind,pid}'::text[]))
     FROM rehydra.progress p WHERE p.operation_id = $1), '{}');
END
$$;
COMMENT ON FUNCTION rehydra_job(uuid) IS
  'A job as rehydra.jobs shows it, and how far it is where it runs. Raises 42501 for a job that rehydra.jobs does not show';

CREATE FUNCTION rehydra_job_file(operation_id uuid) RETURNS bytea
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_job_file';
COMMENT ON FUNCTION rehydra_job_file(uuid) IS
  'The file of an export that has run in the background. For sessions of its customer whose role may act as the one that submitted it, and for operators in a session without a customer. Errors: 42501 for others, 22023 where there is no file (yet)';

CREATE FUNCTION rehydra_job_chunks(operation_id uuid) RETURNS TABLE (number int, data bytea)
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_job_chunks';
COMMENT ON FUNCTION rehydra_job_chunks(uuid) IS
  'The same file in pieces of about 1 MiB, in order, of any size: one after the other they are what rehydra_job_file gives. Errors as there';

CREATE FUNCTION rehydra_forget_jobs(older_than interval DEFAULT '7 days') RETURNS bigint
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_forget_jobs';
COMMENT ON FUNCTION rehydra_forget_jobs(interval) IS
  'Removes the jobs that ended longer ago, with their files: of the session''s customer, or, for operators in a session without one, all. Returns their number; the activity log keeps what they did';

REVOKE ALL ON FUNCTION rehydra_submit(text, text, bytea, text, text, boolean, text, text[], jsonb, jsonb, text, timestamptz, tstzrange, jsonb),
  rehydra_job(uuid), rehydra_job_file(uuid), rehydra_job_chunks(uuid), rehydra_forget_jobs(interval) FROM PUBLIC;
GRANT SELECT ON rehydra.jobs TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;
GRANT EXECUTE ON FUNCTION rehydra_submit(text, text, bytea, text, text, boolean, text, text[], jsonb, jsonb, text, timestamptz, tstzrange, jsonb),
  rehydra_forget_jobs(interval) TO rehydra_exporter, rehydra_importer, rehydra_operator;
GRANT EXECUTE ON FUNCTION rehydra_job(uuid) TO rehydra_exporter, rehydra_importer, rehydra_operator, rehydra_auditor;
GRANT EXECUTE ON FUNCTION rehydra_job_file(uuid), rehydra_job_chunks(uuid) TO rehydra_exporter, rehydra_operator;
