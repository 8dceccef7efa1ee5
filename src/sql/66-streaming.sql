-- Files piece by piece: out as a set of chunks.
CREATE FUNCTION rehydra_export_chunks(customer_id text DEFAULT NULL, format text DEFAULT 'xlsx', datasets text[] DEFAULT NULL,
                                      selection jsonb DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                                      options jsonb DEFAULT '{}')
  RETURNS SETOF bytea LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000
  AS 'MODULE_PATHNAME', 'rehydra_export_chunks';
COMMENT ON FUNCTION rehydra_export_chunks(text, text, text[], jsonb, timestamptz, tstzrange, jsonb) IS
  'As rehydra_export, 1 MiB a row, for files of any size in little memory: SELECT rehydra_export_chunks(...), through a cursor or row by row (FROM would keep all of it in a temporary file first). All chunks are of the moment of the first. rehydra.activity_log says streaming while it is read, then applied, or stopped where the reader wanted no more';

CREATE FUNCTION rehydra_export_chunks(customer_id bigint, format text DEFAULT 'xlsx', datasets text[] DEFAULT NULL,
                                      selection jsonb DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                                      options jsonb DEFAULT '{}')
  RETURNS SETOF bytea LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000
  AS 'MODULE_PATHNAME', 'rehydra_export_chunks';
COMMENT ON FUNCTION rehydra_export_chunks(bigint, text, text[], jsonb, timestamptz, tstzrange, jsonb) IS 'As rehydra_export_chunks(text, ...), for a number';

CREATE FUNCTION rehydra_export_chunks(customer_id uuid, format text DEFAULT 'xlsx', datasets text[] DEFAULT NULL,
                                      selection jsonb DEFAULT NULL, changed_since timestamptz DEFAULT NULL, period tstzrange DEFAULT NULL,
                                      options jsonb DEFAULT '{}')
  RETURNS SETOF bytea LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000
  AS 'MODULE_PATHNAME', 'rehydra_export_chunks';
COMMENT ON FUNCTION rehydra_export_chunks(uuid, text, text[], jsonb, timestamptz, tstzrange, jsonb) IS 'As rehydra_export_chunks(text, ...), for a uuid';

REVOKE ALL ON FUNCTION rehydra_export_chunks(text, text, text[], jsonb, timestamptz, tstzrange, jsonb),
  rehydra_export_chunks(bigint, text, text[], jsonb, timestamptz, tstzrange, jsonb),
  rehydra_export_chunks(uuid, text, text[], jsonb, timestamptz, tstzrange, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra_export_chunks(text, text, text[], jsonb, timestamptz, tstzrange, jsonb),
  rehydra_export_chunks(bigint, text, text[], jsonb, timestamptz, tstzrange, jsonb),
  rehydra_export_chunks(uuid, text, text[], jsonb, timestamptz, tstzrange, jsonb) TO rehydra_exporter, rehydra_operator;

-- Files piece by piece: in as uploads. Only the extension's C++ writes here, as the tables' owner; a dump leaves them out.
CREATE TABLE rehydra.upload (
  upload_id    uuid PRIMARY KEY,
  model        text NOT NULL,
  customer_id  text NOT NULL,
  role         oid NOT NULL,
  begun_at     timestamptz NOT NULL,
  last_at      timestamptz NOT NULL,
  bytes        bigint NOT NULL,
  pieces       int NOT NULL,
  large_object oid,
  server_file  text
);
CREATE INDEX upload_customer ON rehydra.upload (model, customer_id);
COMMENT ON TABLE rehydra.upload IS 'Files that are on their way in, of the role that began them';

CREATE TABLE rehydra.upload_piece (
  upload_id uuid NOT NULL REFERENCES rehydra.upload ON DELETE CASCADE,
  position  bigint NOT NULL,
  data      bytea NOT NULL,
  PRIMARY KEY (upload_id, position)
);
ALTER TABLE rehydra.upload_piece ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE rehydra.upload_piece IS 'The bytes of an upload, at most 1 MiB a piece';

CREATE VIEW rehydra.uploads WITH (security_barrier) AS
  SELECT upload_id, model, customer_id, pg_catalog.pg_get_userbyid(role) AS role, begun_at, last_at, bytes, large_object, server_file
  FROM rehydra.upload
  WHERE pg_catalog.pg_has_role('rehydra_auditor', 'MEMBER') OR pg_catalog.pg_has_role('rehydra_operator', 'MEMBER')
     OR customer_id = rehydra.session_tenant() AND role = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user);
COMMENT ON VIEW rehydra.uploads IS
  'Files on their way in: those that the current user has begun for the session''s tenant; auditors and operators see all. bytes: where to go on';

CREATE FUNCTION rehydra_import_begin(customer_id text DEFAULT NULL, large_object oid DEFAULT NULL, server_file text DEFAULT NULL,
                                     options jsonb DEFAULT '{}')
  RETURNS uuid LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import_begin';
COMMENT ON FUNCTION rehydra_import_begin(text, oid, text, jsonb) IS
  'Begins an upload and returns its id, for rehydra_import_add, _run, _preview, _diff and _abort. Instead of pieces: large_object, which the caller may read, or server_file, for operators, below the folder that rehydra.server_folder names. options: {"model": name}. It is kept until it was imported, or for rehydra.upload_hours';

CREATE FUNCTION rehydra_import_add(upload_id uuid, piece bytea, at_byte bigint DEFAULT NULL)
  RETURNS bigint LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import_add';
COMMENT ON FUNCTION rehydra_import_add(uuid, bytea, bigint) IS
  'Adds the next bytes of a file, as many at a time as the caller likes, and returns how many there are. at_byte: where they belong, so that a piece that is sent again after a lost connection is taken once; NULL: behind the last';

CREATE FUNCTION rehydra_import_run(upload_id uuid, mode text DEFAULT 'replace', dry_run boolean DEFAULT false, customer_id text DEFAULT NULL,
                                   confirm text DEFAULT NULL, datasets text[] DEFAULT NULL, selection jsonb DEFAULT NULL,
                                   match jsonb DEFAULT NULL, on_error text DEFAULT 'stop', options jsonb DEFAULT '{}')
  RETURNS jsonb LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import_run';
COMMENT ON FUNCTION rehydra_import_run(uuid, text, boolean, text, text, text[], jsonb, jsonb, text, jsonb) IS
  'rehydra_import of an upload. What was imported is dropped; an upload that was refused, or waits for a confirmation, stays';

CREATE FUNCTION rehydra_import_preview(upload_id uuid, mode text DEFAULT 'replace', customer_id text DEFAULT NULL, datasets text[] DEFAULT NULL,
                                       selection jsonb DEFAULT NULL, match jsonb DEFAULT NULL, on_error text DEFAULT 'stop',
                                       options jsonb DEFAULT '{}')
  RETURNS TABLE (dataset text, sheet text, in_tenant bigint, in_file bigint, to_insert bigint, to_update bigint, to_delete bigint,
                 blocked bigint, unchanged bigint, skipped bigint, rejected bigint)
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import_preview';
COMMENT ON FUNCTION rehydra_import_preview(uuid, text, text, text[], jsonb, jsonb, text, jsonb) IS 'rehydra_preview of an upload';

CREATE FUNCTION rehydra_import_diff(upload_id uuid, mode text DEFAULT 'replace', customer_id text DEFAULT NULL, datasets text[] DEFAULT NULL,
                                    selection jsonb DEFAULT NULL, match jsonb DEFAULT NULL, on_error text DEFAULT 'stop', options jsonb DEFAULT '{}')
  RETURNS TABLE (dataset text, row_key text, action text, column_name text, old_value text, new_value text, sheet text, cell text)
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import_diff';
COMMENT ON FUNCTION rehydra_import_diff(uuid, text, text, text[], jsonb, jsonb, text, jsonb) IS 'rehydra_diff of an upload';

CREATE FUNCTION rehydra_import_abort(upload_id uuid)
  RETURNS boolean LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_import_abort';
COMMENT ON FUNCTION rehydra_import_abort(uuid) IS 'Drops an upload. false: there is none, or not of this role and customer';

REVOKE ALL ON FUNCTION rehydra_import_begin(text, oid, text, jsonb), rehydra_import_add(uuid, bytea, bigint),
  rehydra_import_run(uuid, text, boolean, text, text, text[], jsonb, jsonb, text, jsonb),
  rehydra_import_preview(uuid, text, text, text[], jsonb, jsonb, text, jsonb),
  rehydra_import_diff(uuid, text, text, text[], jsonb, jsonb, text, jsonb), rehydra_import_abort(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra_import_begin(text, oid, text, jsonb), rehydra_import_add(uuid, bytea, bigint),
  rehydra_import_run(uuid, text, boolean, text, text, text[], jsonb, jsonb, text, jsonb),
  rehydra_import_preview(uuid, text, text, text[], jsonb, jsonb, text, jsonb),
  rehydra_import_diff(uuid, text, text, text[], jsonb, jsonb, text, jsonb), rehydra_import_abort(uuid) TO rehydra_importer, rehydra_operator;
GRANT SELECT ON rehydra.uploads TO rehydra_importer, rehydra_operator, rehydra_auditor;
