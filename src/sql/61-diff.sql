-- The plan of an import, row by row.
CREATE FUNCTION rehydra_diff(file bytea, mode text DEFAULT 'replace', customer_id text DEFAULT NULL, datasets text[] DEFAULT NULL,
                             selection jsonb DEFAULT NULL, match jsonb DEFAULT NULL, on_error text DEFAULT 'stop', options jsonb DEFAULT '{}')
  RETURNS TABLE (dataset text, row_key text, action text, column_name text, old_value text, new_value text, sheet text, cell text)
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_diff';
COMMENT ON FUNCTION rehydra_diff(bytea, text, text, text[], jsonb, jsonb, text, jsonb) IS
  'What an import of this file would do, row by row; arguments, locks (none) and refusals as rehydra_preview has them. action: update (a line a changed column), insert and delete (a line a row: column_name is NULL, the value a JSON object of its columns that are not NULL). Values are the types'' own text (ISO dates, UTC), whole; secrets are not shown. Data sets parents first, then sheet and line, rows that the file lacks last';

REVOKE ALL ON FUNCTION rehydra_diff(bytea, text, text, text[], jsonb, jsonb, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra_diff(bytea, text, text, text[], jsonb, jsonb, text, jsonb) TO rehydra_importer, rehydra_operator;
