-- rehydra_import after random changes: whatever the application did to the customer's rows, the file brings back what it holds.
-- The same changes at every run; a failure names the round, whose changes are then in table done.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(7);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO products (product_id, account_id, customer_id, product_name) SELECT 20 + n, 1 + n % 6, 1, 'P' || n FROM generate_series(1, 24) AS n;
INSERT INTO health_trends (trend_id, account_id, customer_id, month, year, overall_health_score) SELECT 20 + n, 1 + n % 6, 1, 1 + n / 6, 2023, n FROM generate_series(0, 35) AS n;
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;

-- What an application may do; %1$s is a random number up to 1000.
CREATE TEMP TABLE act (n int GENERATED ALWAYS AS IDENTITY, command text);
INSERT INTO act (command) VALUES
  ('UPDATE products SET product_name = product_name || ''+'' WHERE customer_id = 1 AND product_id %% 7 = %1$s %% 7'),
  ('UPDATE products a SET product_name = ''~'' || b.product_name FROM products b WHERE a.customer_id = 1 AND b.customer_id = 1 AND b.account_id = a.account_id AND b.product_id = a.product_id + 6'),
  ('SELECT pg_temp.exchange(array_agg(product_id ORDER BY product_id), array_agg(product_name ORDER BY md5(%1$s || product_name))) FROM products WHERE customer_id = 1 AND account_id = 1 + %1$s %% 6'),
  ('UPDATE products SET account_id = 1 + (account_id + %1$s) %% 6, product_name = product_id || ''moved'' WHERE customer_id = 1 AND product_id %% 5 = %1$s %% 5'),
  ('DELETE FROM products p WHERE customer_id = 1 AND product_id %% 4 = %1$s %% 4 AND NOT EXISTS (SELECT FROM kpis k WHERE k.product_id = p.product_id)'),
  ('INSERT INTO products (account_id, customer_id, product_name) SELECT account_id, 1, ''P'' || (%1$s %% 24) FROM accounts WHERE customer_id = 1 ON CONFLICT DO NOTHING'),
  ('UPDATE health_trends SET year = 3000 + trend_id WHERE customer_id = 1 AND trend_id %% 3 = %1$s %% 3'),
  ('UPDATE health_trends SET month = 100 - month WHERE customer_id = 1 AND account_id = 1 + %1$s %% 6 AND month < 50'),
  ('DELETE FROM health_trends WHERE customer_id = 1 AND trend_id %% 6 = %1$s %% 6'),
  ('INSERT INTO health_trends (account_id, customer_id, month, year, overall_health_score) SELECT 1 + %1$s %% 6, 1, m, 2023, 1 FROM generate_series(1, 8) AS m ON CONFLICT DO NOTHING'),
  ('UPDATE accounts SET account_name = ''E'' || account_id, external_account_id = ''E-'' || (account_id %% 6 + 1) WHERE customer_id = 1 AND account_id %% 2 = %1$s %% 2'),
  ('UPDATE kpis SET product_id = NULL, account_id = 1 + %1$s %% 6 WHERE kpi_id %% 5 = %1$s %% 5 AND upload_id IN (1, 2)'),
  ('DELETE FROM kpis k WHERE kpi_id %% 6 = %1$s %% 6 AND upload_id IN (1, 2) AND NOT EXISTS (SELECT FROM kpi_time_series t WHERE t.kpi_id = k.kpi_id)'),
  ('UPDATE kpis SET upload_id = 3 - upload_id WHERE upload_id IN (1, 2) AND kpi_id %% 4 = %1$s %% 4'),
  ('DELETE FROM kpi_time_series WHERE customer_id = 1 AND id %% 3 = %1$s %% 3'),
  ('UPDATE playbook_triggers SET playbook_type = CASE playbook_type WHEN ''sprint'' THEN ''blitz '' ELSE ''sprint '' END, trigger_count = %1$s WHERE customer_id = 1'),
  ('UPDATE feature_toggles SET feature_name = CASE id WHEN 1 THEN ''f2 '' ELSE ''f1 '' END, enabled = NOT enabled WHERE customer_id = 1'),
  ('UPDATE feature_toggles SET feature_name = rtrim(feature_name) WHERE customer_id = 1'),
  ('UPDATE playbook_triggers SET playbook_type = rtrim(playbook_type) WHERE customer_id = 1'),
  ('DELETE FROM accounts a WHERE customer_id = 1 AND account_id = 6 AND NOT EXISTS (SELECT FROM products p WHERE p.account_id = 6) AND NOT EXISTS (SELECT FROM health_trends h WHERE h.account_id = 6)
     AND NOT EXISTS (SELECT FROM kpis k WHERE k.account_id = 6)'),
  ('INSERT INTO accounts (customer_id, account_name) VALUES (1, ''extra %1$s'')'),
  ('UPDATE customers SET phone = ''%1$s'' WHERE customer_id = 1');
-- Gives rows each other's names, by way of names that nobody has.
CREATE FUNCTION pg_temp.exchange(ids int[], names text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE products SET product_name = 'parked ' || product_id WHERE product_id = ANY (ids);
  UPDATE products SET product_name = names[array_position(ids, product_id)] WHERE product_id = ANY (ids);
$$;
CREATE TEMP TABLE done (round int, command text, came text);
CREATE TEMP TABLE came (round int, status text, message text, previewed boolean, back boolean, as_many boolean, recognised boolean, again text);

CREATE FUNCTION pg_temp.row_counts(digest jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_object_agg(key, split_part(value, ' ', 1)) FROM jsonb_each_text(digest) $$;

CREATE FUNCTION pg_temp.play(round int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  picked int;
  command text;
  report jsonb;
  numbers jsonb;
BEGIN
  FOR i IN 1 .. 1 + (random() * 6)::int LOOP
    picked := 1 + floor(random() * (SELECT count(*) FROM act))::int;
    SELECT format(a.command, (random() * 1000)::int) INTO command FROM act a WHERE n = picked;
    BEGIN
      EXECUTE command;
      INSERT INTO done VALUES (round, command, 'done');
    EXCEPTION WHEN integrity_constraint_violation THEN
      INSERT INTO done VALUES (round, command, SQLERRM);
    END;
  END LOOP;
  SELECT jsonb_agg(p ORDER BY p.dataset) INTO numbers FROM pg_temp.previewed() AS p;
  report := pg_temp.import('confirm => ''DELETE'', options => ''{"max_delete": 1}''');
  INSERT INTO came VALUES (round, COALESCE(report ->> 'status', report ->> 'error'), COALESCE(report #>> '{errors,0,message}', report ->> 'message'),
    numbers = (SELECT jsonb_agg(c ORDER BY c.dataset) FROM pg_temp.counts(report) AS c), pg_temp.digest('1') = (SELECT one FROM at_first),
    pg_temp.row_counts(pg_temp.digest('1')) = (SELECT pg_temp.row_counts(one) FROM at_first), report -> 'ids_changed' <> '{}', pg_temp.import() ->> 'status');
END
$$;
SELECT setseed(0.5) AS seeded \gset
SELECT count(pg_temp.play(n)) AS played FROM generate_series(1, 60) AS n \gset

SELECT cmp_ok((SELECT count(*) FROM came WHERE status = 'applied'), '>', 50::bigint, 'most rounds change something');
SELECT is_empty($$SELECT * FROM came WHERE status NOT IN ('applied', 'unchanged')$$, 'after any random changes the import goes through');
SELECT is_empty($$SELECT * FROM came WHERE NOT previewed$$, 'it does what the preview said');
SELECT is_empty($$SELECT * FROM came WHERE NOT back AND NOT recognised$$, 'every row is what the file says, but for ids of rows that were deleted and made again');
SELECT is_empty($$SELECT * FROM came WHERE NOT as_many$$, 'there are as many rows as the file has');
SELECT is_empty($$SELECT * FROM came WHERE again <> 'unchanged'$$, 'and a second import has nothing to do');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');

SELECT * FROM finish();
ROLLBACK;
