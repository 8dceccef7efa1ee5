-- What was wrong with a file: kept an operation, shown as rows, marked in the file itself. Only the extension's C++ writes here, as the
-- tables' owner.
CREATE TABLE rehydra.operation_errors (
  operation_id uuid NOT NULL,
  number       bigint NOT NULL,
  sheet        text,
  cell         text,
  line         bigint,
  position     int,
  header       text,
  dataset      text,
  row_key      text,
  column_name  text,
  value        text,
  sqlstate     text NOT NULL,
  message      text NOT NULL,
  reason       text NOT NULL,
  hint         text,
  PRIMARY KEY (operation_id, number)
);
COMMENT ON TABLE rehydra.operation_errors IS
  'The first rehydra.max_errors errors of each import, preview and restore; how many there were stands in rehydra.activity.error_count';
COMMENT ON COLUMN rehydra.operation_errors.line IS 'The row as the file counts it; NULL where the whole sheet is meant';
COMMENT ON COLUMN rehydra.operation_errors.position IS 'The column as the sheet counts it; NULL where the whole row is meant';
COMMENT ON COLUMN rehydra.operation_errors.reason IS 'The message without the place';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rehydra.operation_errors
  FOR EACH STATEMENT EXECUTE FUNCTION rehydra.refuse_change();
SELECT pg_catalog.pg_extension_config_dump('rehydra.operation_errors', '');

-- Who sees an operation sees its errors.
CREATE VIEW rehydra.error_log WITH (security_barrier) AS
  SELECT e.* FROM rehydra.operation_errors e
  WHERE EXISTS (SELECT FROM rehydra.activity_log l WHERE l.operation_id = e.operation_id);
COMMENT ON VIEW rehydra.error_log IS 'The errors of the operations that rehydra.activity_log shows';
GRANT SELECT ON rehydra.error_log TO rehydra_exporter, rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;

CREATE FUNCTION rehydra_errors(operation_id uuid)
  RETURNS TABLE (sheet text, cell text, dataset text, row_key text, column_name text, value text, sqlstate text, message text, hint text)
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF NOT EXISTS (SELECT FROM rehydra.activity_log l WHERE l.operation_id = $1) THEN
    RAISE EXCEPTION 'there is no operation % of this customer', $1
      USING ERRCODE = 'insufficient_privilege', HINT = 'SELECT operation_id, at, kind, outcome FROM rehydra.activity_log;';
  END IF;
  RETURN QUERY SELECT e.sheet, e.cell, e.dataset, e.row_key, e.column_name, e.value, e.sqlstate, e.message, e.hint
    FROM rehydra.error_log e WHERE e.operation_id = $1 ORDER BY e.number;
END
$$;
COMMENT ON FUNCTION rehydra_errors(uuid) IS
  'What an import, preview or restore found wrong, in the order it was found: the first rehydra.max_errors; how many there were is error_count of rehydra.activity_log. cell: B17 in a workbook, "row 17" in csv and json files; empty where no cell is meant. Long values are cut. Raises 42501 for an operation that rehydra.activity_log does not show';

CREATE FUNCTION rehydra_error_workbook(operation_id uuid, file bytea) RETURNS bytea
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_error_workbook';
COMMENT ON FUNCTION rehydra_error_workbook(uuid, bytea) IS
  'The file that an import or preview read, with what it found wrong: a workbook''s cells marked and commented, and a sheet "Import Errors" in front; a csv bundle with errors.csv; a json document with a member "errors". Corrected, it imports: what was added is ignored. Raises 22023 for another file than the operation read, or one without errors; 42501 for an operation that rehydra.activity_log does not show';

REVOKE ALL ON FUNCTION rehydra_errors(uuid), rehydra_error_workbook(uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra_errors(uuid) TO rehydra_importer, rehydra_restorer, rehydra_operator, rehydra_auditor;
GRANT EXECUTE ON FUNCTION rehydra_error_workbook(uuid, bytea) TO rehydra_importer, rehydra_operator;
