-- rehydra: whoever sets the search_path decides only what runs as themselves: their operators, casts and functions never run as the acting
-- role, as the owner of a table or as the superuser that the extension's own look-ups run as. A trap leaves its role's name in a sequence,
-- which no rollback takes back.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(30);
\ir import_shop.psql

-- A table that nobody registered, of an owner of its own, refers to nodes; another carries a delete on.
CREATE ROLE child_owner;
CREATE TABLE notes (id serial PRIMARY KEY, node_id int REFERENCES nodes, item_code varchar, item_tenant int, FOREIGN KEY (item_tenant, item_code) REFERENCES items (tenant, code));
CREATE TABLE marks (id serial PRIMARY KEY, item_id int REFERENCES items ON DELETE CASCADE);
ALTER TABLE notes OWNER TO child_owner;
GRANT SELECT ON nodes, items TO child_owner;
INSERT INTO notes (node_id) VALUES (5);

CREATE SCHEMA trap;
CREATE FUNCTION trap.note() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.nextval(pg_catalog.concat('trap.', current_user)::pg_catalog.regclass);
  RETURN true;
END
$$;
SELECT format('CREATE SEQUENCE trap.%I', who) FROM unnest('{test_app,rehydra_worker,child_owner,postgres}'::text[]) AS who \gexec
-- Operators: of each pair of types that something in an import compares, and the arithmetic and concatenation of its statements.
SELECT format($f$
  CREATE FUNCTION trap.%1$I (%2$s, %3$s) RETURNS %4$s LANGUAGE plpgsql AS $b$BEGIN PERFORM trap.note(); RETURN $1 OPERATOR(pg_catalog.%5$s) $2; END$b$;
  CREATE OPERATOR trap.%5$s (LEFTARG = %2$s, RIGHTARG = %3$s, FUNCTION = trap.%1$I)$f$, 'f' || row_number() OVER (), l, r, result, operator)
FROM (SELECT l, r, 'boolean' AS result, operator
      FROM (VALUES ('pg_catalog.text', 'pg_catalog.text'), ('int', 'int'), ('bigint', 'bigint'), ('int', 'bigint'), ('bigint', 'int'), ('name', 'name'), ('name', 'pg_catalog.text'),
                   ('"char"', '"char"'), ('oid', 'oid'), ('boolean', 'boolean')) AS t (l, r), unnest('{=,<>,<,>,<=,>=}'::text[]) AS operator
      UNION ALL VALUES ('pg_catalog.text', 'pg_catalog.text', 'pg_catalog.text', '||'), ('bigint', 'pg_catalog.text', 'pg_catalog.text', '||'), ('pg_catalog.text', 'bigint', 'pg_catalog.text', '||'),
                       ('int', 'int', 'int', '+'), ('bigint', 'bigint', 'bigint', '+'), ('int', 'bigint', 'bigint', '+'), ('int', 'int', 'int', '-'), ('int', 'bigint', 'bigint', '-'),
                       ('bigint', 'int', 'bigint', '%')) AS o (l, r, result, operator) \gexec
SELECT format($f$
  CREATE FUNCTION trap.v%1$s (varchar, varchar) RETURNS %2$s LANGUAGE plpgsql AS $b$BEGIN PERFORM trap.note(); RETURN $1::pg_catalog.text OPERATOR(pg_catalog.%3$s) $2::pg_catalog.text; END$b$;
  CREATE OPERATOR trap.%3$s (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = trap.v%1$s)$f$, n, CASE operator WHEN '||' THEN 'pg_catalog.text' ELSE 'boolean' END, operator)
FROM unnest('{=,<>,||}'::text[]) WITH ORDINALITY AS o (operator, n) \gexec
CREATE FUNCTION trap.step(bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.note(); RETURN $1; END $$;
CREATE FUNCTION trap.step(int, int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.note(); RETURN pg_catalog.int4larger(COALESCE($1, $2), $2); END $$;
CREATE FUNCTION trap.step(bigint, bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.note(); RETURN pg_catalog.int8larger(COALESCE($1, $2), $2); END $$;
CREATE FUNCTION trap.joined(pg_catalog.text, pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.text LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.note(); RETURN pg_catalog.concat($1, $3, $2); END $$;
CREATE AGGREGATE trap.count(*) (SFUNC = trap.step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE trap.max(int) (SFUNC = trap.step, STYPE = int);
CREATE AGGREGATE trap.max(bigint) (SFUNC = trap.step, STYPE = bigint);
CREATE AGGREGATE trap.min(bigint) (SFUNC = trap.step, STYPE = bigint);
CREATE AGGREGATE trap.string_agg(pg_catalog.text, pg_catalog.text) (SFUNC = trap.joined, STYPE = pg_catalog.text);
SELECT format('CREATE FUNCTION trap.%1$I(%2$s) RETURNS pg_catalog.text LANGUAGE plpgsql AS $b$BEGIN PERFORM trap.note(); RETURN pg_catalog.%1$I(%3$s); END$b$', name, arguments, names)
FROM (VALUES ('substr', 'pg_catalog.text, int, int', '$1, $2, $3'), ('concat', 'pg_catalog.text, bigint', '$1, $2'), ('concat', 'VARIADIC pg_catalog.text[]', 'VARIADIC $1'),
             ('overlay', 'pg_catalog.text, pg_catalog.text, int, int', '$1, $2, $3, $4'), ('md5', 'pg_catalog.text', '$1'), ('lower', 'pg_catalog.text', '$1'),
             ('btrim', 'pg_catalog.text', '$1'), ('quote_ident', 'pg_catalog.text', '$1'), ('current_setting', 'pg_catalog.text, boolean', '$1, $2')) AS f (name, arguments, names) \gexec
-- What a name of a type would be taken for.
SELECT format('CREATE DOMAIN trap.%I AS pg_catalog.%1$I CHECK (trap.note())', name) FROM unnest('{text,varchar,int4,int8,regclass,uuid,jsonb,timestamptz,name,bytea,bool,oid}'::pg_catalog.text[]) AS name \gexec
-- What is found as another table.
CREATE VIEW trap.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE trap.note();
CREATE VIEW trap.nodes AS SELECT * FROM shop.nodes WHERE trap.note();
ALTER SCHEMA trap OWNER TO test_app;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA trap TO PUBLIC;
GRANT ALL ON ALL SEQUENCES IN SCHEMA trap TO PUBLIC;

-- As the application, with its traps before everything else; a report's or another answer's words.
CREATE FUNCTION pg_temp.lured(command pg_catalog.text, path pg_catalog.text DEFAULT 'trap, pg_catalog, shop, public') RETURNS pg_catalog.text LANGUAGE plpgsql AS $$
DECLARE
  answer pg_catalog.text;
BEGIN
  PERFORM pg_catalog.set_config('rehydra.tenant', '1', true);
  PERFORM pg_catalog.set_config('search_path', path, true);
  SET LOCAL ROLE test_app;
  EXECUTE command INTO answer;
  RESET ROLE;
  PERFORM pg_catalog.set_config('search_path', 'shop, public', true);
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN pg_catalog.concat('error ', SQLSTATE, ' ', SQLERRM);
END
$$;
-- Roles other than the caller that ran something of the caller's.
CREATE FUNCTION pg_temp.caught() RETURNS pg_catalog.text LANGUAGE sql AS $$
  SELECT pg_catalog.concat_ws(',', CASE WHEN (SELECT is_called FROM trap.rehydra_worker) THEN 'rehydra_worker' END, CASE WHEN (SELECT is_called FROM trap.child_owner) THEN 'child_owner' END,
                   CASE WHEN (SELECT is_called FROM trap.postgres) THEN 'postgres' END)
$$;
CREATE FUNCTION pg_temp.call(arguments pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS $$
  SELECT pg_catalog.concat('SELECT public.rehydra_import(k.file', arguments, ') FROM pg_temp.kept AS k WHERE k.name OPERATOR(pg_catalog.=) ''first''')
$$;
SET LOCAL search_path = shop, public;

SELECT pg_temp.keep('first');
SELECT rehydra_snapshot('1') AS snapshot \gset
CREATE TEMP TABLE at_first AS SELECT pg_temp.rows(1) AS one;
-- Something of everything: changed, swapped, gone, too many.
CREATE FUNCTION pg_temp.damage() RETURNS void LANGUAGE sql AS $$
  DELETE FROM shop.items WHERE id = 3;
  UPDATE shop.items SET code = 'between' WHERE id = 1;
  UPDATE shop.items SET code = 'A' WHERE id = 2;
  UPDATE shop.items SET code = 'B' WHERE id = 1;
  UPDATE shop.nodes SET name = 'x', parent_id = NULL WHERE id = 3;
  DELETE FROM shop.nodes WHERE id = 4;
  INSERT INTO shop.items VALUES (50, 1, 'stray', 5, 1);
  INSERT INTO shop.things VALUES (50, 1, 1, 'stray');
$$;
-- The kept file's rows and numbers of a preview.
CREATE FUNCTION pg_temp.look(what pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS $$
  SELECT pg_catalog.format('SELECT pg_catalog.sum(p.%I) FROM public.rehydra_preview((SELECT k.file FROM pg_temp.kept AS k WHERE k.name OPERATOR(pg_catalog.=) ''first'')) AS p', what)
$$;

SELECT is(pg_temp.lured('SELECT 1 = 1'), 'true', 'the caller''s own statements use the caller''s operators');
SELECT ok((SELECT is_called FROM trap.test_app), 'and the traps note it');
SELECT is(pg_temp.caught(), '', 'nobody else has run any yet');

SELECT is(pg_temp.lured('SELECT pg_catalog.length(public.rehydra_export(''1''::pg_catalog.text)) OPERATOR(pg_catalog.>) 0'), 'true', 'an export');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
SELECT is(pg_temp.outcome(pg_temp.lured(pg_temp.call(''))::jsonb), 'unchanged', 'an import of an export');
SELECT is(pg_temp.caught(), '', 'compares with nothing of the caller''s as another role');
SELECT pg_temp.damage();
SAVEPOINT damaged;

SELECT is(pg_temp.lured(pg_temp.look('to_delete')), '2', 'a preview');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
SELECT is(pg_temp.lured(pg_temp.call(''))::jsonb ->> 'status', 'confirmation_required', 'an import that was not confirmed');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
SELECT is(pg_temp.outcome(pg_temp.lured(pg_temp.call(', dry_run => true, confirm => ''DELETE'''))::jsonb), 'previewed', 'a dry run');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
INSERT INTO nodes VALUES (60, 1, 'noted', NULL, 'z', 9);
INSERT INTO items VALUES (61, 1, 'noted', NULL, 9);
INSERT INTO notes (node_id) VALUES (60);
INSERT INTO notes (item_tenant, item_code) VALUES (1, 'noted');
SELECT matches(pg_temp.outcome(pg_temp.lured(pg_temp.call(', confirm => ''DELETE'''))::jsonb), '^rejected .*row \d+ is not in the file and cannot be deleted: table shop.notes ',
  'an import whose deletes the table of another owner forbids');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role, not as that owner either');
SELECT is(pg_temp.lured(pg_temp.look('blocked')), '2', 'a preview counts both');
SELECT is(pg_temp.caught(), '', 'and runs nothing of the caller''s as another role');
ROLLBACK TO damaged;

-- What is written; a trigger of the application expects the caller's path.
CREATE TABLE paths (path text);
GRANT INSERT ON paths TO rehydra_worker;
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO shop.paths VALUES (pg_catalog.current_setting('search_path')); RETURN NULL; END $$;
CREATE TRIGGER look AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH STATEMENT EXECUTE FUNCTION look();
SELECT is(pg_temp.outcome(pg_temp.lured(pg_temp.call(', confirm => ''DELETE'''))::jsonb), 'applied', 'an import that deletes, updates, exchanges and inserts');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'and brings everything back');
SELECT set_eq('SELECT path FROM paths', ARRAY['trap, pg_catalog, shop, public'], 'the application''s trigger sees the caller''s search_path at every statement');
ROLLBACK TO damaged;
SELECT is(pg_temp.outcome(pg_temp.lured(pg_temp.call(', confirm => ''DELETE'''), 'trap, shop, public')::jsonb), 'applied', 'an import with PostgreSQL''s own names before the traps');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role: no operator that fits better');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'and brings everything back');
ROLLBACK TO damaged;
DELETE FROM items WHERE tenant = 1;
UPDATE things SET label = label || '!' WHERE tenant = 1;
DELETE FROM nodes WHERE tenant = 1 AND id <> 5;
INSERT INTO nodes VALUES (1, 2, 'took the id', NULL, 'z', 1);
SELECT is(pg_temp.outcome(pg_temp.lured(pg_temp.call(', confirm => ''DELETE'''))::jsonb), 'applied', 'an import that gives a row another id');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
SELECT is((SELECT count(*) FROM nodes n JOIN nodes p ON p.id = n.parent_id WHERE n.tenant = 1 AND p.tenant = 1), 3::bigint, 'and links everything');
ROLLBACK TO damaged;
SELECT is(pg_temp.outcome(pg_temp.lured(format('SELECT public.rehydra_restore(%L, confirm => ''DELETE'')', :'snapshot'))::jsonb), 'applied', 'a restore');
SELECT is(pg_temp.caught(), '', 'runs nothing of the caller''s as another role');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'and brings everything back');

SELECT * FROM finish();
ROLLBACK;
