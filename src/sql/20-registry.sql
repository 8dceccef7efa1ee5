-- The registry: models, their data sets, the sheets and columns people see, and how rows refer to each other.
-- Written by set-up functions only; read by the extension's C++ at the start of every operation.
CREATE TABLE rehydra.models (
  model         text PRIMARY KEY CHECK (model <> ''),
  tenant_type   text NOT NULL,
  isolation     text NOT NULL CHECK (isolation IN ('worker', 'all', 'existing')),
  acting_role   name NOT NULL DEFAULT 'rehydra_worker',
  search_path   text NOT NULL DEFAULT '',
  registered_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE rehydra.models IS 'One registered application schema: what a customer id means, and how its tables are kept apart';
COMMENT ON COLUMN rehydra.models.tenant_type IS 'The tenant column''s type; its output is the canonical customer id';
COMMENT ON COLUMN rehydra.models.isolation IS 'worker: policies for the acting role alone; all: policies for everybody; existing: the application''s own policies';
COMMENT ON COLUMN rehydra.models.acting_role IS 'The role that data statements run as when the caller bypasses row level security (worker: always)';

COMMENT ON COLUMN rehydra.models.search_path IS 'Schemas that functions of the application''s policies and triggers look in during an operation, quoted; empty: reads see pg_catalog alone, writes the caller''s search_path';

CREATE TABLE rehydra.datasets (
  model            text NOT NULL REFERENCES rehydra.models ON DELETE CASCADE,
  dataset          text NOT NULL,
  schema_name      name NOT NULL,
  table_name       name NOT NULL,
  relation_oid     oid NOT NULL,
  role             text NOT NULL CHECK (role IN ('data', 'own', 'reference', 'left_out')),
  position         int NOT NULL,
  key_columns      text[] NOT NULL,
  tenant_column    text,
  tenant_reference text,
  shared_rows      boolean NOT NULL DEFAULT false,
  match_keys       jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(match_keys) = 'array'),
  secret_columns   text[] NOT NULL DEFAULT '{}',
  left_out_columns text[] NOT NULL DEFAULT '{}',
  order_columns    text[] NOT NULL DEFAULT '{}',
  time_column      text,
  time_expression  text,
  changed_column   text,
  reason           text,
  relation_home    text,
  relation_owner   name,
  PRIMARY KEY (model, dataset),
  CHECK (NOT shared_rows OR tenant_column IS NOT NULL),
  CHECK (time_column IS NULL OR time_expression IS NULL),
  CHECK (CASE
           WHEN role = 'left_out' THEN true
           WHEN role = 'reference' THEN tenant_column IS NULL OR tenant_reference IS NULL
           ELSE (tenant_column IS NULL) <> (tenant_reference IS NULL)
         END)
);
COMMENT ON TABLE rehydra.datasets IS 'A registered table';
COMMENT ON COLUMN rehydra.datasets.relation_oid IS 'The table''s oid, a hint: it tells a renamed table from a missing one, but only in the database where it was noted';
COMMENT ON COLUMN rehydra.datasets.relation_home IS 'The database where relation_oid was noted; elsewhere (after a dump and restore) the table is found by its name';
COMMENT ON COLUMN rehydra.datasets.relation_owner IS 'The table''s owner: where the table was dropped, only one that the same owner made in its place is taken for it';
COMMENT ON COLUMN rehydra.datasets.role IS 'data: exported and imported; own: the tenant''s own row, update only; reference: referred to, never exported (without a way to a tenant: it belongs to nobody); left_out: left out by decision, for the reason given';
COMMENT ON COLUMN rehydra.datasets.tenant_reference IS 'For a table without the tenant column: the reference that leads to the tenant';
COMMENT ON COLUMN rehydra.datasets.shared_rows IS 'Rows whose tenant is NULL are shared by all tenants: visible, never exported, never changed';
COMMENT ON COLUMN rehydra.datasets.match_keys IS 'Lists of columns, in order, by which a row is recognised when its key is not in the database';
COMMENT ON COLUMN rehydra.datasets.left_out_columns IS 'Columns that are not exported by decision';
COMMENT ON COLUMN rehydra.datasets.time_column IS 'When what a row tells of happened: what an export''s period is about; NULL: a period takes all rows';
COMMENT ON COLUMN rehydra.datasets.time_expression IS 'The same where no column says it: SQL over the row t; names resolve in pg_catalog alone';
COMMENT ON COLUMN rehydra.datasets.changed_column IS 'When a row was last changed: what an export''s changed_since is about, and how a merge tells that a row was changed after the export';
COMMENT ON COLUMN rehydra.datasets.order_columns IS 'What an export''s rows are ordered by, before their key';

CREATE TABLE rehydra.dataset_checks (
  model      text NOT NULL,
  dataset    text NOT NULL,
  name       text NOT NULL CHECK (name <> ''),
  expression text NOT NULL,
  columns    text[] NOT NULL CHECK (cardinality(columns) > 0),
  read_as    text[] NOT NULL CHECK (cardinality(read_as) = cardinality(columns)),
  PRIMARY KEY (model, dataset, name),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE
);
COMMENT ON TABLE rehydra.dataset_checks IS 'Rules of a data set beyond the table''s constraints: an imported row for which one is false is rejected';
COMMENT ON COLUMN rehydra.dataset_checks.expression IS 'A boolean SQL expression over the row''s columns; names resolve in pg_catalog alone';
COMMENT ON COLUMN rehydra.dataset_checks.columns IS 'The columns that the expression reads';
COMMENT ON COLUMN rehydra.dataset_checks.read_as IS 'What the expression calls them: their names when it was written';

CREATE TABLE rehydra.dataset_references (
  model          text NOT NULL,
  dataset        text NOT NULL,
  reference      text NOT NULL,
  columns        text[] NOT NULL,
  parent         text NOT NULL,
  parent_columns text[] NOT NULL,
  PRIMARY KEY (model, dataset, reference),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE,
  FOREIGN KEY (model, parent) REFERENCES rehydra.datasets (model, dataset) ON DELETE CASCADE,
  CHECK (cardinality(columns) = cardinality(parent_columns) AND cardinality(columns) > 0)
);
COMMENT ON TABLE rehydra.dataset_references IS 'How rows of a data set refer to rows of another (foreign keys, declared or not)';

CREATE TABLE rehydra.sheets (
  model     text NOT NULL,
  dataset   text NOT NULL,
  sheet     text NOT NULL CHECK (sheet <> '' AND sheet NOT LIKE '\_%'),
  position  int NOT NULL,
  satellite boolean NOT NULL DEFAULT false,
  PRIMARY KEY (model, sheet),
  UNIQUE (model, dataset, sheet),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE
);
COMMENT ON TABLE rehydra.sheets IS 'The sheets of a data set: its main sheet and, where a table is shown on two, satellites joined by key';

CREATE TABLE rehydra.sheet_columns (
  model       text NOT NULL,
  sheet       text NOT NULL,
  position    int NOT NULL,
  header      text NOT NULL CHECK (header <> '' AND header NOT LIKE '\_%'),
  kind        text NOT NULL CHECK (kind IN ('data', 'display')),
  column_name text,
  reference   text,
  expression  text,
  PRIMARY KEY (model, sheet, position),
  FOREIGN KEY (model, sheet) REFERENCES rehydra.sheets ON DELETE CASCADE,
  CHECK (CASE kind
           WHEN 'data' THEN column_name IS NOT NULL AND reference IS NULL AND expression IS NULL
           ELSE (reference IS NOT NULL AND column_name IS NOT NULL AND expression IS NULL)
                OR (reference IS NULL AND column_name IS NULL AND expression IS NOT NULL)
         END)
);
CREATE UNIQUE INDEX sheet_columns_header ON rehydra.sheet_columns (model, sheet, pg_catalog.lower(header));
COMMENT ON TABLE rehydra.sheet_columns IS 'The columns of a sheet, left to right; a table''s column without a sheet column is not exported';
COMMENT ON COLUMN rehydra.sheet_columns.kind IS 'data: a column of the table; display: for the reader only, ignored on import';
COMMENT ON COLUMN rehydra.sheet_columns.reference IS 'display: the reference whose parent row shows column_name';
COMMENT ON COLUMN rehydra.sheet_columns.expression IS 'display: an SQL expression over the row, called t';

CREATE TABLE rehydra.dataset_columns (
  model       text NOT NULL,
  dataset     text NOT NULL,
  column_name text NOT NULL,
  attnum      int2 NOT NULL,
  PRIMARY KEY (model, dataset, column_name),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE
);
COMMENT ON TABLE rehydra.dataset_columns IS 'The columns of a data set''s table as they were last seen, so that a renamed one is told from a dropped one';

CREATE TABLE rehydra.column_aliases (
  model       text NOT NULL,
  dataset     text NOT NULL,
  alias       text NOT NULL CHECK (alias <> ''),
  column_name text NOT NULL,
  until       timestamptz NOT NULL DEFAULT pg_catalog.now(),
  PRIMARY KEY (model, dataset, alias, until),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE
);
COMMENT ON TABLE rehydra.column_aliases IS 'Names that columns had before: files and snapshots of then use them';
COMMENT ON COLUMN rehydra.column_aliases.until IS 'When the column lost the name; what is older means this column by it, even where another has taken the name';

GRANT SELECT ON rehydra.models, rehydra.datasets, rehydra.dataset_references, rehydra.sheets, rehydra.sheet_columns,
  rehydra.dataset_checks, rehydra.dataset_columns, rehydra.column_aliases TO rehydra_operator, rehydra_auditor;

SELECT pg_catalog.pg_extension_config_dump('rehydra.models', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.datasets', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.dataset_references', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.sheets', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.sheet_columns', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.dataset_checks', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.dataset_columns', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.column_aliases', '');
