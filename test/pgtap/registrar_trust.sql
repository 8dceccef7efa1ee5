-- Registrars who are no superusers and not the tables' owner: nothing of theirs runs as somebody else, and the registry of others' tables is not theirs.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(13);

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

-- The registry of somebody else's tables
CREATE FUNCTION pg_temp.tries(command text, who name DEFAULT 'intruder') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', who);
  EXECUTE command;
  RESET ROLE;
  RETURN 'done';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$$;
SELECT is(pg_temp.tries(c), '42501', c) FROM unnest(ARRAY[
  $$UPDATE rehydra.models SET tenant_type = 'evil.d', isolation = 'existing' WHERE model = 'shop'$$,
  $$DELETE FROM rehydra.models WHERE model = 'shop'$$,
  $$UPDATE rehydra.datasets SET role = 'reference' WHERE model = 'shop'$$,
  $$DELETE FROM rehydra.datasets WHERE model = 'shop'$$,
  $$DELETE FROM rehydra.sheets WHERE model = 'shop'$$,
  $$INSERT INTO rehydra.sheet_columns (model, sheet, position, header, kind, expression) VALUES ('shop', 'Items', 9, 'X', 'display', 'version()')$$,
  $$INSERT INTO rehydra.dataset_checks VALUES ('shop', 'items', 'c', 'false', '{id}', '{id}')$$]) AS c;
SET LOCAL ROLE intruder;
CREATE TABLE evil.things (id int PRIMARY KEY, tenant text NOT NULL);
RESET ROLE;
SELECT is(pg_temp.tries($$SELECT rehydra.add_dataset('shop', 'evil.things', tenant_column => 'tenant')$$), '42501', 'nor is his table put into a model of others');
SELECT is(pg_temp.tries($$SELECT rehydra.add_model('his', 'text'), rehydra.add_dataset('his', 'evil.things', tenant_column => 'tenant')$$), 'done', 'a model of his own is his');
SELECT is(pg_temp.tries($$UPDATE rehydra.datasets SET schema_name = 'shop', table_name = 'items', relation_home = NULL WHERE model = 'his'$$), '42501', 'where a name does not lead to the table of others');
SELECT is(pg_temp.tries($$DELETE FROM rehydra.models WHERE model = 'his'$$), 'done', 'to the end');

SELECT * FROM finish();
ROLLBACK;
