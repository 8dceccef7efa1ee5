-- What policies check of rows that an import inserts: each is asked, those that are the same once, and a setting is read once a statement.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(26);
\ir import_shop.psql
SELECT pg_temp.keep('first');
DELETE FROM items WHERE id = 3;
CREATE TEMP TABLE at_start AS SELECT pg_temp.rows(1) AS one, pg_temp.rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

-- Says in a setting which rows it was asked of.
CREATE FUNCTION asked(id int, answer boolean DEFAULT true) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM set_config('test.asked', concat_ws(' ', NULLIF(current_setting('test.asked', true), ''), id), true);
  RETURN answer;
END
$$;
SAVEPOINT start;
CREATE POLICY first_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id));
CREATE POLICY second_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id));
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'an import passes two policies that ask the same');
SELECT is(current_setting('test.asked', true), '3', 'which were asked once of the new row');
ROLLBACK TO start;
CREATE POLICY first_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id));
CREATE POLICY another ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id, id > 0));
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'policies that ask different things');
SELECT is(current_setting('test.asked', true), '3 3', 'are both asked');
ROLLBACK TO start;
CREATE POLICY first_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id));
CREATE POLICY second_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id));
ALTER FUNCTION asked VOLATILE;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'the same question of a volatile function');
SELECT is(current_setting('test.asked', true), '3 3', 'is asked each time');
ROLLBACK TO start;
CREATE POLICY first_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id, false));
CREATE POLICY second_same ON items AS RESTRICTIVE FOR INSERT WITH CHECK (shop.asked(id, false));
UPDATE report SET r = pg_temp.import();
SELECT is(r ->> 'status', 'failed', 'a row that the policies refuse fails the import') FROM report;
SELECT matches(r #>> '{errors,0,message}', 'policy "first_same" for table "items"', 'by the name of the first of them') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM at_start), 'and nothing changed') FROM report;
ROLLBACK TO start;

-- Settings that change while the rows come, and such as are only looked at where nothing else permits the row
CREATE POLICY quota ON items AS RESTRICTIVE FOR INSERT WITH CHECK (set_config('app.count', (COALESCE(NULLIF(current_setting('app.count', true), ''), '0')::int + 1)::text, true)::int <= 1);
SELECT set_config('app.count', '', true) \g /dev/null
SAVEPOINT quota;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a policy that counts rows lets one come');
ROLLBACK TO quota;
DELETE FROM items WHERE id = 4;
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '42501', 'and no second one');
ROLLBACK TO start;
CREATE FUNCTION tell_class() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('app.class', COALESCE(NEW.code, ''), true); RETURN NEW; END $$;
CREATE TRIGGER tell_class BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION tell_class();
CREATE POLICY no_class_c ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting('app.class', true) <> 'C');
SELECT set_config('app.class', '', true) \g /dev/null
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '42501', 'a setting that a trigger sets for each row is read for each row');
ROLLBACK TO start;
CREATE FUNCTION allow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('app.allowed', 'yes', true); RETURN NULL; END $$;
CREATE TRIGGER allow BEFORE INSERT ON items FOR EACH STATEMENT EXECUTE FUNCTION allow();
CREATE POLICY allowed ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting('app.allowed', true) = 'yes');
SELECT set_config('app.allowed', 'no', true) \g /dev/null
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'one that a trigger sets as the statement begins, after that');
ROLLBACK TO start;
CREATE POLICY of_a_user ON items FOR INSERT WITH CHECK (node_id = current_setting('app.user', true)::int);
SELECT set_config('app.user', '', true) \g /dev/null
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a policy that could not be asked is not, where another one permits the row');
ROLLBACK TO start;
CREATE POLICY never ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting('rehydra.tenant', NULL) = '1');
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '42501', 'the tenant''s setting with an argument of NULL is NULL');
ROLLBACK TO start;
CREATE POLICY by_tenant ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting('rehydra.tenant') = '1' AND current_setting('Rehydra.Tenant', true) = '1' AND current_setting('rehydra.tenant', code IS NULL) = '1');
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'however else it is written, it is the tenant');
ROLLBACK TO start;
CREATE POLICY by_volatile ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting('rehydra.tenant') = '1' AND random() < 2);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'in a volatile check too');
ROLLBACK TO start;
CREATE POLICY of_another ON items AS RESTRICTIVE FOR INSERT WITH CHECK (EXISTS (SELECT FROM shop.nodes n WHERE n.id = node_id AND n.tenant = current_setting('rehydra.tenant')::int + 1));
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '42501', 'and a query for another tenant''s rows finds none');
ROLLBACK TO start;

-- Settings of the application, with and without the argument that lets them be missing
SET LOCAL app.region = 'north';
CREATE POLICY by_region ON items AS RESTRICTIVE FOR INSERT WITH CHECK (code IS NULL OR current_setting('app.region') = 'north' AND current_setting('app.region', true) <> 'south'
                                                                       AND current_setting('app.never', true) IS NULL AND EXISTS (SELECT FROM shop.shared_kinds WHERE name = current_setting('app.region') OR tenant IS NULL));
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'policies read other settings, in queries too, and one that is missing');
ROLLBACK TO start;
CREATE POLICY by_region ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting('app.nowhere') = 'north');
UPDATE report SET r = pg_temp.import();
SELECT is(r #>> '{errors,0,sqlstate}', '42704', 'one that must not be missing fails as it does elsewhere') FROM report;
ROLLBACK TO start;
CREATE POLICY by_name ON items AS RESTRICTIVE FOR INSERT WITH CHECK (current_setting(COALESCE(NULLIF(code, code), 'server_version_num')) <> '' AND current_setting('server_version_num')::int > 0);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'so do a name that is no constant, and the server''s own');
ROLLBACK TO start;

-- A trigger that turns to another customer in the middle of a statement
CREATE FUNCTION turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('rehydra.tenant', '2', true);
  NEW.tenant := 2;
  RETURN NEW;
END
$$;
CREATE TRIGGER turn BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION turn();
UPDATE report SET r = pg_temp.import();
SELECT is(r ->> 'status', 'failed', 'a trigger that turns to another customer, and gives it the row') FROM report;
SELECT is(r #>> '{errors,0,sqlstate}', '42501', 'is refused by the policy, which goes by whose import it is') FROM report;
SELECT is(pg_temp.rows(2), (SELECT two FROM at_start), 'the other customer has no new row') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM at_start), 'and nothing changed') FROM report;
SELECT is(current_setting('rehydra.tenant', true), '', 'nor for whom the session acts');

SELECT * FROM finish();
ROLLBACK;
