-- Set-up by the tables' owner, who is no superuser: what a registrar can do, and where PostgreSQL or rehydra says no.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(30);

CREATE ROLE shop_owner NOSUPERUSER;
CREATE ROLE other_owner NOSUPERUSER;
CREATE ROLE shop_worker;
CREATE ROLE stranger;
CREATE SCHEMA shop AUTHORIZATION shop_owner;
CREATE SCHEMA crm AUTHORIZATION shop_owner;
CREATE SCHEMA yard;
GRANT USAGE, CREATE ON SCHEMA yard TO shop_owner;
CREATE FUNCTION pg_temp.owner_does(command text, who name DEFAULT 'shop_owner') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
  hint text;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', who);
  EXECUTE command INTO answer;
  RESET ROLE;
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  RETURN 'error ' || SQLSTATE || ' ' || SQLERRM || COALESCE(' | ' || NULLIF(hint, ''), '');
END
$$;
SET LOCAL ROLE shop_owner;
CREATE TABLE shop.items (id int PRIMARY KEY, tenant int NOT NULL, name text);
INSERT INTO shop.items VALUES (1, 1, 'one'), (2, 2, 'two');
CREATE TABLE yard.bikes (id int PRIMARY KEY, tenant int NOT NULL);
RESET ROLE;
CREATE TABLE shop.bought (id int PRIMARY KEY, tenant int NOT NULL);
ALTER TABLE shop.bought OWNER TO other_owner;

SELECT matches(pg_temp.owner_does($$SELECT rehydra.add_model('shop', 'integer')$$), '^error 42501 permission denied', 'an owner alone may register nothing');
GRANT rehydra_registrar TO shop_owner, other_owner;
SELECT is(pg_temp.owner_does($$SELECT rehydra.add_model('shop', 'integer')$$), '', 'a registrar registers a model');
SELECT is(pg_temp.owner_does($$SELECT rehydra.add_dataset('shop', 'shop.items', tenant_column => 'tenant')$$), '', 'and its table');
SELECT is(pg_temp.owner_does($$SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "id"}, {"header": "Name", "column": "name"}]')$$), '', 'a sheet');
SELECT is(pg_temp.owner_does($$SELECT rehydra.protect('shop')$$), '', 'and protects it');
SELECT set_eq($$SELECT polname::text FROM pg_policy WHERE polrelid = 'shop.items'::regclass$$, '{rehydra_permit,rehydra_pass,rehydra_restrict}'::text[], 'with policies');
SELECT ok(has_table_privilege('rehydra_worker', 'shop.items', 'INSERT') AND has_schema_privilege('rehydra_worker', 'shop', 'USAGE'), 'and privileges');
CREATE TEMP TABLE kept AS SELECT rehydra_export('1') AS file;
UPDATE shop.items SET name = 'x' WHERE id = 1;
SELECT is((SELECT rehydra_import(file, customer_id => '1') ->> 'status' FROM kept), 'applied', 'an export and an import of it work');
SELECT is((SELECT array_agg(name ORDER BY id) FROM shop.items), '{one,two}', 'for that customer alone');
SELECT is(pg_temp.owner_does($$SELECT rehydra_set_isolation('shop', 'all')$$), '', 'the owner changes its isolation');
SET LOCAL ROLE shop_owner;
ALTER TABLE shop.items RENAME TO goods;
RESET ROLE;
SELECT is(pg_temp.owner_does($$SELECT string_agg(now, ',') FROM rehydra_follow_renames()$$), 'shop.goods', 'and lets the registry follow');

-- What is not the owner's
SELECT is(pg_temp.owner_does($$SELECT rehydra.add_dataset('shop', 'shop.bought', tenant_column => 'tenant')$$),
  'error 42501 table shop.bought is not yours to register | Register it as its owner, or as a superuser.', 'somebody else''s table cannot be named');
SELECT rehydra.add_dataset('shop', 'shop.bought', tenant_column => 'tenant');
SELECT alike(pg_temp.owner_does($$SELECT rehydra.protect('shop')$$), 'error 42501 table shop.bought belongs to role "other_owner"%', 'nor to protect, named by a superuser');
SELECT alike(pg_temp.owner_does($$UPDATE rehydra.models SET isolation = 'existing' WHERE model = 'shop'$$), 'error 42501%', 'nor is the model then, whose tables are several owners''');
SELECT alike(pg_temp.owner_does($$UPDATE rehydra.datasets SET role = 'reference' WHERE dataset = 'bought'$$), 'error 42501%', 'nor is what is registered of it');
SELECT alike(pg_temp.owner_does($$DELETE FROM rehydra.models WHERE model = 'shop'$$), 'error 42501%', 'nor is the model to delete');
DELETE FROM rehydra.datasets WHERE dataset = 'bought';
SELECT is(pg_temp.owner_does($$SELECT rehydra.add_model('yard', 'integer')$$), '', 'a second model');
SELECT is(pg_temp.owner_does($$SELECT rehydra.add_dataset('yard', 'yard.bikes', tenant_column => 'tenant')$$), '', 'in somebody else''s schema');
SELECT is(pg_temp.owner_does($$SELECT rehydra.protect('yard')$$),
  'error 42501 role "rehydra_worker" may not use schema "yard" | Ask the owner of the schema for: GRANT USAGE ON SCHEMA yard TO rehydra_worker;', 'which its owner has to open');
GRANT USAGE ON SCHEMA yard TO rehydra_worker;
SELECT is(pg_temp.owner_does($$SELECT rehydra.protect('yard')$$), '', 'opened, it is protected');
SELECT is(pg_temp.owner_does($$SELECT rehydra_set_isolation('yard', acting_role => 'shop_worker')$$),
  'error 42501 role "shop_worker" is not yours to act as | Name rehydra_worker or a role that you are a member of, or ask a superuser.', 'an acting role is not the owner''s to take');
GRANT USAGE ON SCHEMA yard TO shop_worker;
GRANT shop_worker TO shop_owner;
SELECT is(pg_temp.owner_does($$SELECT rehydra_set_isolation('yard', acting_role => 'shop_worker')$$), '', 'unless it is a member');
SELECT matches(pg_temp.owner_does($$SELECT rehydra_set_isolation('yard', search_path => '{shop}')$$), '^error 42501 only a superuser sets a model''s search_path', 'nor a search_path');
SELECT matches(pg_temp.owner_does($$UPDATE rehydra.models SET search_path = 'shop' RETURNING model$$), '^error 42501', 'by no other way');
SELECT matches(pg_temp.owner_does($$SELECT count(*) FROM rehydra.snapshot$$), '^error 42501', 'snapshots are not a registrar''s to read');
SELECT matches(pg_temp.owner_does($$SELECT length(rehydra_export('1'))$$), '^error 42501', 'nor any customer''s rows');
SELECT matches(pg_temp.owner_does($$SELECT rehydra.add_model('x', 'integer')$$, 'stranger'), '^error 42501', 'others may do nothing of it');

-- The preset
SELECT is(pg_temp.owner_does($$SELECT count(*) > 10 FROM rehydra_install_preset('customer_success', 'crm')$$), 'true', 'a registrar installs the preset in a schema of its own');
SELECT is((SELECT count(DISTINCT tableowner) FROM pg_tables WHERE schemaname = 'crm' AND tableowner = 'shop_owner'), 1::bigint, 'whose tables are its own');
SELECT is((SELECT rehydra_import(rehydra_export('1', options => '{"model": "shop"}'), customer_id => '1', options => '{"model": "shop"}') ->> 'status'), 'unchanged', 'and the first model goes on');

SELECT * FROM finish();
ROLLBACK;
