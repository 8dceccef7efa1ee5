-- Job: what test/lifecycle/upgrade.sh takes through pg_upgrade in a second database: the model office under isolation existing, whose own
-- policies read the setting that the database names. Caller: psql -At, in a session that began after ALTER DATABASE ... SET.
CREATE SCHEMA office;
CREATE TABLE office.rooms (id serial PRIMARY KEY, tenant_id uuid NOT NULL, name text);
CREATE TABLE office.desks (id serial PRIMARY KEY, room_id int NOT NULL REFERENCES office.rooms, label text);
INSERT INTO office.rooms (tenant_id, name) SELECT ('00000000-0000-0000-0000-00000000000' || 1 + n % 2)::uuid, 'room ' || n FROM generate_series(1, 10) AS n;
INSERT INTO office.desks (room_id, label) SELECT 1 + n % 10, 'desk ' || n FROM generate_series(1, 30) AS n;
ALTER TABLE office.rooms ENABLE ROW LEVEL SECURITY;
ALTER TABLE office.desks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rooms ON office.rooms USING (tenant_id = NULLIF(current_setting('app.current_tenant', true), '')::uuid);
CREATE POLICY own_desks ON office.desks USING (room_id IN (SELECT id FROM office.rooms));
GRANT USAGE ON SCHEMA office TO test_app, rehydra_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA office TO test_app, rehydra_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA office TO test_app, rehydra_worker;
SELECT count(*) FROM rehydra_register_schema('office', model => 'office', isolation => 'existing');
CREATE TABLE saved AS SELECT 'office' AS name, rehydra_export('00000000-0000-0000-0000-000000000001') AS file,
  rehydra_snapshot('00000000-0000-0000-0000-000000000001') AS snapshot;
