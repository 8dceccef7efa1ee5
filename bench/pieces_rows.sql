-- One customer of many rows in several tables: of :rows rows seven tenths are readings, two tenths events, one tenth devices' notes.
-- Caller: pieces.sh, as a superuser in an empty database. Variable: rows.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION rehydra;
CREATE SCHEMA app;
CREATE TABLE app.tenants (tenant_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.devices (device_id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, name text NOT NULL, UNIQUE (tenant_id, name));
CREATE TABLE app.notes (note_id bigint PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, device_id int NOT NULL REFERENCES app.devices, note text, written_at timestamptz NOT NULL);
CREATE TABLE app.events (event_id bigint PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, device_id int NOT NULL REFERENCES app.devices, kind text NOT NULL, happened_at timestamptz NOT NULL, details jsonb);
CREATE TABLE app.readings (reading_id bigint PRIMARY KEY, tenant_id int NOT NULL REFERENCES app.tenants, device_id int NOT NULL REFERENCES app.devices, taken_at timestamptz NOT NULL, value numeric(12,3), sound boolean NOT NULL);
INSERT INTO app.tenants VALUES (1, 'One'), (2, 'Two');
INSERT INTO app.devices SELECT n, 1 + n % 2, 'device ' || n FROM generate_series(1, 2000) AS n;
-- Foreign keys and indexes of the tenant come when the rows are there; odd devices are customer 2's.
SET session_replication_role = replica;
INSERT INTO app.notes SELECT n, 1, 2 * (1 + n % 1000), 'note ' || n || ' of a person, "quoted"', '2024-01-01'::timestamptz + n * interval '7 seconds' FROM generate_series(1, :rows / 10) AS n;
INSERT INTO app.events SELECT n, 1, 2 * (1 + n % 1000), (ARRAY['start', 'stop', 'fault', 'reset'])[1 + n % 4], '2024-01-01'::timestamptz + n * interval '3 seconds', jsonb_build_object('code', n % 97, 'by', 'sensor') FROM generate_series(1, :rows / 5) AS n;
INSERT INTO app.readings SELECT n, 1, 2 * (1 + n % 1000), '2024-01-01'::timestamptz + n * interval '1 second', (n::bigint * 7919 % 1000003)::numeric / 1000, n % 10 <> 0 FROM generate_series(1, :rows / 10 * 7) AS n;
INSERT INTO app.notes SELECT 1000000000 + n, 2, 1 + 2 * (n % 1000), 'neighbour', '2024-01-01' FROM generate_series(1, 1000) AS n;
RESET session_replication_role;
CREATE INDEX ON app.devices (tenant_id);
CREATE INDEX ON app.notes (tenant_id);
CREATE INDEX ON app.events (tenant_id);
CREATE INDEX ON app.readings (tenant_id);
CREATE INDEX ON app.notes (device_id);
CREATE INDEX ON app.events (device_id);
CREATE INDEX ON app.readings (device_id, taken_at);
SELECT count(*) FROM rehydra_register_schema('app', tenant_column => 'tenant_id', model => 'app') \g /dev/null
VACUUM (ANALYZE);
