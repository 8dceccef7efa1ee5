-- Two customers; the first one's file has some 30 MB, as random text does not compress. Caller: clients.sh, in an empty database.
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE TABLE tenant (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE document (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, content text NOT NULL);
INSERT INTO tenant VALUES (1, 'One'), (2, 'Two');
INSERT INTO document
  SELECT n, 1, (SELECT string_agg(encode(sha512((n || '/' || part)::bytea), 'hex'), '') FROM generate_series(1, 16) AS part) FROM generate_series(1, 30000) AS n;
SELECT count(*) FROM rehydra_register_schema('public', tenant_column => 'tenant_id') \g /dev/null
CREATE ROLE test_client LOGIN IN ROLE rehydra_exporter, rehydra_importer;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant, document TO test_client;
