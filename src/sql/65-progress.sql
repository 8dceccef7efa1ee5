-- The operations that run at the moment, seen and stopped from another session.
CREATE FUNCTION rehydra.running_operations()
  RETURNS TABLE (operation_id uuid, model text, customer_id text, kind text, phase text, dataset text, rows_done bigint, rows_total bigint,
                 bytes_done bigint, bytes_total bigint, started_at timestamptz, counted_since timestamptz, pid int)
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_running_operations';
COMMENT ON FUNCTION rehydra.running_operations() IS 'What the view rehydra.progress shows, without the estimate';

CREATE VIEW rehydra.progress AS
  SELECT operation_id, model, customer_id, kind, phase, dataset, rows_done, rows_total, bytes_done, bytes_total, started_at,
         CASE WHEN rows_done BETWEEN 1 AND rows_total
              THEN (pg_catalog.clock_timestamp() - counted_since) * ((rows_total - rows_done)::double precision / rows_done) END AS estimated_left,
         pid
  FROM rehydra.running_operations();
COMMENT ON VIEW rehydra.progress IS
  'The operations that run in this database: those of the session''s tenant in the models that the current user may use; auditors and operators see all';
COMMENT ON COLUMN rehydra.progress.kind IS 'export, import, preview, restore or snapshot';
COMMENT ON COLUMN rehydra.progress.phase IS
  'opening, staging, waiting (for another import of the customer), planning, snapshot, locking, deleting, updating, inserting, proving; writing (a file)';
COMMENT ON COLUMN rehydra.progress.dataset IS 'The data set that the phase is at';
COMMENT ON COLUMN rehydra.progress.rows_done IS
  'Rows that the phase has done with; locking, deleting, updating and inserting are counted as one. NULL where none are counted';
COMMENT ON COLUMN rehydra.progress.rows_total IS 'Rows that the phase has to do, as far as that is known (a file says it of itself)';
COMMENT ON COLUMN rehydra.progress.bytes_done IS 'Bytes written so far, of a file or a snapshot';
COMMENT ON COLUMN rehydra.progress.bytes_total IS 'The size of the file that comes in, while it is read';
COMMENT ON COLUMN rehydra.progress.estimated_left IS 'Time left until rows_total, at the pace of rows_done; the phases after it are not in it';
COMMENT ON COLUMN rehydra.progress.pid IS 'The backend that runs the operation';

CREATE FUNCTION rehydra_cancel(operation_id uuid) RETURNS boolean
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_cancel';
COMMENT ON FUNCTION rehydra_cancel(uuid) IS
  'Asks a running operation (rehydra.progress) to end: it raises 57014 and is rolled back, and nothing else of its session is touched. true: asked; false: no such operation runs. Errors: 42501 for another customer''s';

REVOKE ALL ON FUNCTION rehydra.running_operations(), rehydra_cancel(uuid) FROM PUBLIC;
-- running_operations() asks as the caller which models it may use.
GRANT SELECT ON rehydra.usable_models, rehydra.progress TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;
GRANT EXECUTE ON FUNCTION rehydra.running_operations() TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;
GRANT EXECUTE ON FUNCTION rehydra_cancel(uuid) TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator;
