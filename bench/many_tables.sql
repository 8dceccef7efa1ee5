-- A schema of as many tables as the variable says, registered, and the export of a tenant that has no rows in it.
-- Caller: schema.sh, in an empty database. Variables: tables. Prints: seconds of the registration, of a session's first export, of its second.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE SCHEMA wide;
SET search_path = wide, public;
CREATE TABLE tenant (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO tenant VALUES (1, 'Nobody');
-- A third of them carry the tenant, the others hang on one of the tables before.
SELECT CASE WHEN n % 3 = 0 OR n < 3 THEN format('CREATE TABLE t%s (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenant, name text, at timestamptz)', n)
            ELSE format('CREATE TABLE t%s (id bigint PRIMARY KEY, parent_id bigint NOT NULL REFERENCES t%s, name text, amount numeric(12, 2))', n, n - n % 3) END
FROM generate_series(0, :tables - 1) n \gexec
SELECT clock_timestamp() AS began \gset
SELECT count(*) FROM rehydra_register_schema('wide', tenant_column => 'tenant_id') \g /dev/null
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 2) AS registered \gset
\connect
SELECT rehydra_version() \g /dev/null
SELECT clock_timestamp() AS began \gset
SELECT length(rehydra_export('1')) \g /dev/null
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 2) AS first, clock_timestamp() AS began \gset
SELECT length(rehydra_export('1')) \g /dev/null
SELECT round(extract(epoch FROM clock_timestamp() - :'began'), 2) AS second \gset
\echo :registered|:first|:second
