-- Isolation existing: the application's own policies, as they are: other settings, JWT claims, functions, joins, and those that do not tell.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(46);
\ir import_shop.psql

-- The application guards its tables itself: by a function that looks up who may see what.
SELECT rehydra.drop_policies_ddl(c) FROM unnest('{shared_kinds,nodes,items,things}'::regclass[]) AS c \gexec
CREATE TABLE members (tenant int PRIMARY KEY, key text);
INSERT INTO members VALUES (1, 'one'), (2, 'two'), (3, 'three');
CREATE ROLE shop_owner;
CREATE FUNCTION current_member() RETURNS int LANGUAGE sql STABLE AS $$ SELECT tenant FROM members WHERE key = current_setting('app.current_tenant', true) OR tenant::text = current_setting('app.current_tenant', true) $$;
GRANT SELECT ON members TO PUBLIC;
SELECT format('ALTER TABLE %s OWNER TO shop_owner', c) FROM unnest('{shared_kinds,nodes,items,things,members}'::regclass[]) AS c \gexec
GRANT ALL ON SCHEMA shop TO shop_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO test_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA shop TO test_app;
CREATE POLICY by_setting ON shared_kinds USING (tenant IS NULL OR tenant = NULLIF(current_setting('app.current_tenant', true), '')::int);
CREATE POLICY by_join ON nodes USING (EXISTS (SELECT FROM members m WHERE m.tenant = nodes.tenant AND m.tenant::text = current_setting('app.current_tenant', true)));
CREATE POLICY by_function ON items USING (tenant = current_member());
CREATE POLICY by_setting ON things USING (tenant = NULLIF(current_setting('app.current_tenant', true), '')::int);
SET LOCAL rehydra.tenant_setting = 'app.current_tenant';
SELECT lives_ok($$SELECT rehydra_set_isolation('shop', 'existing')$$, 'a registered model is changed to the application''s own policies');
SELECT is((SELECT count(*) FROM pg_policy WHERE polname LIKE 'rehydra%' AND polrelid::regclass::text !~ 'customer'), 0::bigint, 'none of rehydra''s are made');
SELECT throws_ok($$SELECT rehydra_set_isolation('nope', 'existing')$$, '42704', NULL, 'an unknown model is named');
SELECT throws_ok($$SELECT rehydra_set_isolation('shop', 'odd')$$, '23514', NULL, 'an unknown isolation is refused');

-- A session of the application
CREATE FUNCTION pg_temp.as_app(tenant text, command text, setting text DEFAULT 'app.current_tenant') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
BEGIN
  PERFORM set_config(setting, tenant, true);
  SET LOCAL ROLE test_app;
  EXECUTE command INTO answer;
  RESET ROLE;
  PERFORM set_config(setting, '', true);
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN 'error ' || SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE TEMP TABLE answers (n int);
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42P01', NULL, 'a function that looks for its tables by search_path does not find them');

-- Its own search_path, or the model's
SAVEPOINT plain;
ALTER FUNCTION current_member() SET search_path = shop, pg_temp;
SELECT lives_ok($$SELECT pg_temp.keep('first')$$, 'with a search_path of its own it does');
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'an export goes back unchanged');
ROLLBACK TO plain;
SELECT throws_ok($$SELECT rehydra_set_isolation('shop', search_path => '{nowhere}')$$, '3F000', NULL, 'a schema that does not exist is refused');
SELECT throws_ok($$SELECT rehydra_set_isolation('shop', search_path => '{pg_temp}')$$, '3F000', NULL, 'so is pg_temp');
GRANT CREATE ON SCHEMA shop TO test_app;
SELECT throws_ok($$SELECT rehydra_set_isolation('shop', search_path => '{shop}')$$, '42501', 'test_app may create objects in schema "shop"', 'a schema where a caller may create objects is refused');
REVOKE CREATE ON SCHEMA shop FROM test_app;
GRANT CREATE ON SCHEMA shop TO PUBLIC;
SELECT throws_ok($$SELECT rehydra_set_isolation('shop', search_path => '{shop}')$$, '42501', 'PUBLIC may create objects in schema "shop"', 'or everybody');
REVOKE CREATE ON SCHEMA shop FROM PUBLIC;
SELECT lives_ok($$SELECT rehydra_set_isolation('shop', search_path => '{shop}')$$, 'schemas that a DBA trusts are the model''s search_path');
SELECT lives_ok($$SELECT pg_temp.keep('first')$$, 'with it the function finds its tables');
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'an export goes back unchanged');
CREATE TEMP TABLE before_all AS SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS one FROM (SELECT n::text FROM nodes n UNION ALL SELECT i::text FROM items i UNION ALL SELECT t::text FROM things t) AS t;
CREATE FUNCTION pg_temp.state() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM (SELECT n::text FROM shop.nodes n UNION ALL SELECT i::text FROM shop.items i UNION ALL SELECT t::text FROM shop.things t) AS t
$$;
DELETE FROM items WHERE tenant = 1 AND id > 1;
UPDATE nodes SET name = 'x' WHERE tenant = 1;
INSERT INTO things VALUES (50, 1, 1, 'stray');
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'writes pass the application''s policies too');
SELECT is(pg_temp.state(), (SELECT one FROM before_all), 'and bring everything back');
SELECT is((SELECT effective_role::text FROM rehydra.activity ORDER BY at DESC, operation_id LIMIT 1), 'rehydra_worker', 'a superuser acts as the acting role');

-- The caller, bound by the policies, acts as itself
SET LOCAL search_path = public;
UPDATE shop.items SET qty = 77 WHERE id = 1;
SELECT is(pg_temp.as_app('1', $$SELECT public.rehydra_import((SELECT file FROM pg_temp.kept WHERE name = 'first')) ->> 'status'$$), 'applied', 'a session of the application imports for its tenant, whatever its search_path');
SELECT is((SELECT count(*) FROM rehydra.activity WHERE effective_role = 'test_app'), 1::bigint, 'as itself');
SELECT is(pg_temp.as_app('2', $$SELECT public.rehydra_import((SELECT file FROM pg_temp.kept WHERE name = 'first')) ->> 'status'$$), 'denied', 'a file of another customer is denied');
SELECT matches(pg_temp.as_app('2', $$SELECT length(public.rehydra_export('1'))$$), '^error 42501', 'another customer cannot be named');
-- A caller's traps: an operator that fits better, in a schema of its own that comes first
CREATE SCHEMA trap;
CREATE FUNCTION trap.eq(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('trap.' || current_user); RETURN $1::text = $2::text; END $$;
CREATE OPERATOR trap.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = trap.eq);
CREATE SEQUENCE trap.rehydra_worker;
CREATE SEQUENCE trap.test_app;
CREATE FUNCTION trap.current_member() RETURNS int LANGUAGE sql AS 'SELECT 2';
CREATE TABLE trap.members (tenant int, key text);
GRANT ALL ON SCHEMA trap TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA trap TO PUBLIC;
GRANT ALL ON ALL SEQUENCES IN SCHEMA trap TO PUBLIC;
SET LOCAL search_path = trap, pg_catalog, shop, public;
UPDATE shop.items SET code = code::text || '!' WHERE id = 1;
SELECT is(pg_temp.as_app('1', $$SELECT public.rehydra_import((SELECT file FROM pg_temp.kept WHERE name::text = 'first')) ->> 'status'$$), 'applied', 'a caller with traps on its search_path');
SELECT is((SELECT is_called FROM trap.rehydra_worker), false, 'catches nobody else');
SET LOCAL search_path = shop, public;
SELECT is(pg_temp.state(), (SELECT one FROM before_all), 'and changes nothing of what happens');

-- Policies that do not tell
SAVEPOINT telling;
DROP POLICY by_setting ON things;
CREATE POLICY by_other ON things USING (tenant = NULLIF(current_setting('app.other', true), '')::int);
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', 'the policies of table "shop"."things" hide all rows of customer 1 from role "rehydra_worker"', 'a policy that reads another setting is found, no empty export');
SELECT is(pg_temp.outcome(pg_temp.import()), 'denied the policies of table "shop"."things" hide all rows of customer 1 from role "rehydra_worker"', 'an import is denied');
SELECT throws_ok($$SELECT rehydra_snapshot('1')$$, '42501', NULL, 'a snapshot too');
SELECT throws_ok($$SELECT * FROM rehydra_preview((SELECT file FROM kept), customer_id => '1')$$, '42501', NULL, 'and a preview');
SELECT lives_ok($$SELECT rehydra_export('3')$$, 'a customer without rows is exported: there is nothing to hide');
ALTER TABLE things FORCE ROW LEVEL SECURITY;
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', NULL, 'forced policies hide nothing from the check');
ROLLBACK TO telling;
CREATE POLICY everybody ON things USING (true);
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', 'the policies of table "shop"."things" show role "rehydra_worker" rows of other customers while it acts for customer 1', 'a policy that shows everything is found');
DELETE FROM things WHERE tenant = 2;
SELECT lives_ok($$SELECT rehydra_export('1')$$, 'where there is nobody else, there is nothing to see');
ROLLBACK TO telling;
ALTER TABLE things DISABLE ROW LEVEL SECURITY;
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', 'row level security does not guard table "shop"."things" for role "rehydra_worker"', 'a table without row level security is refused');
ROLLBACK TO telling;

-- JWT-style values
SELECT format('DROP POLICY %I ON %s', polname, polrelid::regclass) FROM pg_policy WHERE polrelid IN ('shared_kinds'::regclass, 'nodes'::regclass, 'items'::regclass, 'things'::regclass) \gexec
SELECT format('CREATE POLICY by_claim ON %s USING (tenant = (NULLIF(current_setting(''request.jwt.claims'', true), '''')::jsonb #>> ''{app,tenant_id}'')::int AND NULLIF(current_setting(''request.jwt.claims'', true), '''')::jsonb ->> ''role'' = ''member'' %s)', c,
  CASE WHEN c = 'shared_kinds'::regclass THEN ' OR tenant IS NULL' ELSE '' END) FROM unnest('{shared_kinds,nodes,items,things}'::regclass[]) AS c \gexec
SET LOCAL rehydra.tenant_setting = 'request.jwt.claims';
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', NULL, 'without a template the policies find no claim');
SET LOCAL rehydra.tenant_template = '{"role": "member", "app": {"tenant_id": "{tenant}"}}';
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'a template makes the claims of a customer that an operator names');
SELECT is(pg_temp.as_app('{"sub": "ada", "role": "member", "app": {"tenant_id": 1}, "exp": 1}', $$SELECT public.rehydra_import((SELECT file FROM pg_temp.kept WHERE name = 'first')) ->> 'status'$$, 'request.jwt.claims'),
  'unchanged', 'a session acts for the tenant of its claims, of which it may have more');
SELECT is(pg_temp.as_app('{"role": "member", "app": {"tenant_id": "2"}}', $$SELECT public.rehydra_import((SELECT file FROM pg_temp.kept WHERE name = 'first')) ->> 'status'$$, 'request.jwt.claims'), 'denied', 'and for no other');
-- Claims that change between two chunks: those of the first one are kept.
INSERT INTO items (tenant, code, node_id) SELECT 1, repeat(md5(n::text), 50), 1 FROM generate_series(1, 1000) AS n;
DECLARE chunks CURSOR FOR SELECT rehydra_export_chunks(format => 'json', datasets => '{items,things}') AS chunk;
SELECT set_config('request.jwt.claims', '{"role": "member", "app": {"tenant_id": "1"}}', true) AS claims \gset
FETCH 1 FROM chunks \gset one_
SELECT set_config('request.jwt.claims', '{"role": "member", "app": {"tenant_id": "2"}}', true) AS claims \gset
FETCH 1 FROM chunks \gset two_
SELECT set_config('request.jwt.claims', '', true) AS claims \gset
SELECT is((SELECT jsonb_array_length(document #> '{datasets,items}') || ' ' || jsonb_array_length(document #> '{datasets,things}')
           FROM (SELECT convert_from(:'one_chunk'::bytea || :'two_chunk'::bytea, 'UTF8')::jsonb AS document) d), '1004 2', 'claims that change between two chunks of an export change nothing of it');
CLOSE chunks;
DELETE FROM items WHERE length(code) > 100;
SELECT matches(pg_temp.as_app('{"role": "guest", "app": {"tenant_id": "1"}}', $$SELECT length(public.rehydra_export())$$, 'request.jwt.claims'), '^error 42501 the policies of table .* hide all rows', 'its own claims decide, not the template''s');
SELECT matches(pg_temp.as_app('{"role": "member"}', $$SELECT length(public.rehydra_export())$$, 'request.jwt.claims'), '^error 42501 this session acts for no customer', 'claims without a tenant are none');
SELECT matches(pg_temp.as_app('{"app": {"tenant_id": [1]}}', $$SELECT length(public.rehydra_export())$$, 'request.jwt.claims'), '^error 42501 the value of request.jwt.claims', 'a claim that is no id is refused');
SELECT matches(pg_temp.as_app('1', $$SELECT length(public.rehydra_export())$$, 'request.jwt.claims'), '^error 42501 the value of request.jwt.claims', 'a value that is no JSON too');
SELECT is(pg_temp.as_app('{"app": {"tenant_id": 1}}', 'SELECT rehydra.session_tenant()', 'request.jwt.claims'), '1', 'the log''s view reads the same tenant');
SET LOCAL rehydra.tenant_template = '{"role": "member"}';
SELECT throws_ok($$SELECT rehydra_export('1')$$, '22023', 'rehydra.tenant_template does not say where the tenant stands', 'a template without {tenant} is refused');
SET LOCAL rehydra.tenant_template = 'tenant:{tenant};';
SELECT is(pg_temp.as_app('tenant:1;', 'SELECT rehydra.session_tenant()', 'request.jwt.claims'), '1', 'a template need not be JSON');
SELECT throws_ok($$SELECT rehydra_set_isolation('shop', 'worker')$$, '0A000', NULL, 'rehydra''s own policies read no template');

SELECT * FROM finish();
ROLLBACK;
