-- The operations: out, preview, in, backup and back.
CREATE FUNCTION rehydra_export(customer_id text DEFAULT NULL, format text DEFAULT 'xlsx', datasets text[] DEFAULT NULL,
                               selection jsonb DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                               options jsonb DEFAULT '{}')
  RETURNS bytea LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_export';
COMMENT ON FUNCTION rehydra_export(text, text, text[], jsonb, timestamptz, tstzrange, jsonb) IS
  'One customer''s data as a file. customer_id: NULL for the session''s tenant; format: xlsx (a workbook), json (one document) or csv (a zip of csv files and a manifest); datasets: names of tables, NULL for all; selection: rows by key, with all rows below them: {"accounts": [17, "EXT-1", {"region": "EMEA"}]}; changed_since, period: rows changed since a moment, or of a time, as the data sets'' columns say (such files are merged, they cannot replace); options: {"model": name}. Errors: 42501 for another customer or a missing privilege, 22023 for wrong arguments';

CREATE FUNCTION rehydra_export(customer_id bigint, format text DEFAULT 'xlsx', datasets text[] DEFAULT NULL,
                               selection jsonb DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                               options jsonb DEFAULT '{}')
  RETURNS bytea LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_export';
COMMENT ON FUNCTION rehydra_export(bigint, text, text[], jsonb, timestamptz, tstzrange, jsonb) IS 'As rehydra_export(text, ...), for a number';

CREATE FUNCTION rehydra_export(customer_id uuid, format text DEFAULT 'xlsx', datasets text[] DEFAULT NULL,
                               selection jsonb DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                               options jsonb DEFAULT '{}')
  RETURNS bytea LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_export';
COMMENT ON FUNCTION rehydra_export(uuid, text, text[], jsonb, timestamptz, tstzrange, jsonb) IS 'As rehydra_export(text, ...), for a uuid';

CREATE FUNCTION rehydra_preview(file bytea, mode text DEFAULT 'replace', customer_id text DEFAULT NULL, datasets text[] DEFAULT NULL,
                                selection jsonb DEFAULT NULL, match jsonb DEFAULT NULL, on_error text DEFAULT 'stop',
                                options jsonb DEFAULT '{}')
  RETURNS TABLE (dataset text, sheet text, in_tenant bigint, in_file bigint, to_insert bigint, to_update bigint, to_delete bigint,
                 blocked bigint, unchanged bigint, skipped bigint, rejected bigint)
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_preview';
COMMENT ON FUNCTION rehydra_preview(bytea, text, text, text[], jsonb, jsonb, text, jsonb) IS
  'What an import of this file (xlsx, json or csv, known by its content) would do, in numbers a data set: no locks and no writes on tenant data. A file that is refused raises; rows that would be rejected are counted, and described as warnings';

CREATE FUNCTION rehydra_import(file bytea, mode text DEFAULT 'replace', dry_run boolean DEFAULT false, customer_id text DEFAULT NULL,
                               confirm text DEFAULT NULL, datasets text[] DEFAULT NULL, selection jsonb DEFAULT NULL,
                               match jsonb DEFAULT NULL, on_error text DEFAULT 'stop', options jsonb DEFAULT '{}')
  RETURNS jsonb LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import';
COMMENT ON FUNCTION rehydra_import(bytea, text, boolean, text, text, text[], jsonb, jsonb, text, jsonb) IS
  'Puts an exported file back (xlsx, json or csv, known by its content). mode: replace (the tenant ends up as the file says), merge (update and insert, never delete) or insert (only what is missing); dry_run: do it and roll it back; confirm: ''DELETE'' or the report''s token, where rows go away; datasets, selection: only these tables, only these rows and those below them; match: how rows are recognised, {"accounts": ["external_account_id"]}; on_error: stop, or skip (leave out rows that are wrong); options: {"model", "max_delete": 0..1, "missing_columns": "keep", "raise": true, "profile": name, "policy": {...}}. Returns the report; its status says what happened';

CREATE FUNCTION rehydra_snapshot(customer_id text DEFAULT NULL, reason text DEFAULT NULL, options jsonb DEFAULT '{}')
  RETURNS uuid LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_snapshot';
COMMENT ON FUNCTION rehydra_snapshot(text, text, jsonb) IS 'Keeps the customer''s rows as they are now, secrets included; returns the snapshot''s id';

CREATE FUNCTION rehydra_restore(snapshot_id uuid, dry_run boolean DEFAULT false, confirm text DEFAULT NULL, options jsonb DEFAULT '{}')
  RETURNS jsonb LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_restore';
COMMENT ON FUNCTION rehydra_restore(uuid, boolean, text, jsonb) IS
  'Puts a snapshot back: a replace import whose source is the snapshot, with the same plan, proof and report. confirm: ''DELETE'' where rows go away';

CREATE FUNCTION rehydra_version() RETURNS text
  LANGUAGE C IMMUTABLE PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'rehydra_version';
COMMENT ON FUNCTION rehydra_version() IS 'The version of the loaded library';

REVOKE ALL ON FUNCTION rehydra_export(text, text, text[], jsonb, timestamptz, tstzrange, jsonb), rehydra_export(bigint, text, text[], jsonb, timestamptz, tstzrange, jsonb),
  rehydra_export(uuid, text, text[], jsonb, timestamptz, tstzrange, jsonb), rehydra_preview(bytea, text, text, text[], jsonb, jsonb, text, jsonb),
  rehydra_import(bytea, text, boolean, text, text, text[], jsonb, jsonb, text, jsonb), rehydra_snapshot(text, text, jsonb),
  rehydra_restore(uuid, boolean, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra_export(text, text, text[], jsonb, timestamptz, tstzrange, jsonb), rehydra_export(bigint, text, text[], jsonb, timestamptz, tstzrange, jsonb),
  rehydra_export(uuid, text, text[], jsonb, timestamptz, tstzrange, jsonb) TO rehydra_exporter, rehydra_operator;
GRANT EXECUTE ON FUNCTION rehydra_preview(bytea, text, text, text[], jsonb, jsonb, text, jsonb),
  rehydra_import(bytea, text, boolean, text, text, text[], jsonb, jsonb, text, jsonb) TO rehydra_importer, rehydra_operator;
GRANT EXECUTE ON FUNCTION rehydra_snapshot(text, text, jsonb), rehydra_restore(uuid, boolean, text, jsonb)
  TO rehydra_restorer, rehydra_operator;
