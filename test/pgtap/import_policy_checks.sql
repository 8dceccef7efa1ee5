-- What policies check of rows that an import inserts: each is asked, those that are the same once, and a setting is read once a statement.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(17);
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
