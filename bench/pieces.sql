-- One customer whose workbook is SIZE MB of what does not compress: rows of about 1.4 kB of text, 1 kB of it random.
-- Caller: pieces.sh, as a superuser in an empty database. Variable: rows.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE SCHEMA app;
CREATE TABLE app.tenants (tenant_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.documents (document_id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, content text NOT NULL);
CREATE TABLE app.labels (label_id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, label text NOT NULL);
INSERT INTO app.tenants VALUES (1, 'One'), (2, 'Two');
INSERT INTO app.labels SELECT n, 1 + n % 2, 'label ' || n FROM generate_series(1, 1000) AS n;
INSERT INTO app.documents
  SELECT n, 1, (SELECT string_agg(translate(encode(sha512((n || '/' || part)::bytea), 'base64'), E'\n', ''), '') FROM generate_series(1, 16) AS part)
  FROM generate_series(1, :rows) AS n;
SELECT count(*) FROM rehydra_register_schema('app', tenant_column => 'tenant_id', model => 'app') \g /dev/null
VACUUM (ANALYZE);
