-- Registrars who are no superusers and not the tables' owner: nothing of theirs runs as somebody else, and the registry of others' tables is not theirs.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(12);

CREATE ROLE intruder;
GRANT rehydra_registrar TO intruder;
CREATE SCHEMA evil AUTHORIZATION intruder;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
CREATE TABLE shop.items (id int PRIMARY KEY, tenant text NOT NULL, name text);
INSERT INTO shop.items VALUES (1, '1', 'one'), (2, '2', 'two');
SELECT rehydra.add_model('shop', 'text');
SELECT rehydra.add_dataset('shop', 'shop.items', tenant_column => 'tenant');
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "id"}, {"header": "Name", "column": "name"}]');
SELECT rehydra.protect('shop');

-- A domain's check is its owner's code.
SET LOCAL ROLE intruder;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.f(text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN EXECUTE 'ALTER ROLE intruder SUPERUSER'; END IF;
  RETURN true;
END
$$;
CREATE DOMAIN evil.d AS text CHECK (evil.f(VALUE));
RESET ROLE;
SAVEPOINT domain;
UPDATE rehydra.models SET tenant_type = 'evil.d', isolation = 'existing' WHERE model = 'shop';
SELECT lives_ok($$SELECT rehydra_export('1')$$, 'customer ids of a domain that a registrar made are read');
SELECT is((SELECT rolsuper FROM pg_roles WHERE rolname = 'intruder'), false, 'and its check runs as nobody who could make him a superuser');
ROLLBACK TO domain;

SELECT * FROM finish();
ROLLBACK;
