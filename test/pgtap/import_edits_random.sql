-- rehydra_import of files that were edited at random, into tables that were changed at random: it does what a plain model of its rules says
-- (import_model.psql), and where that says the file contradicts itself or the tables, it is refused and nothing changes.
-- More rounds, or other ones: PGOPTIONS='-c rehydra_test.rounds=500 -c rehydra_test.seed=0.7'. A failure shows the round with all its steps.
BEGIN;
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;  -- many small statements
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(10);
\ir import_shop.psql
\ir import_edit.psql
ALTER TABLE items ADD COLUMN holder int REFERENCES items;
SELECT rehydra.add_foreign_keys('shop');
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "id"}, {"header": "Code", "column": "code"}, {"header": "Node", "column": "node_id"},
                                                     {"header": "Quantity", "column": "qty"}, {"header": "Holder", "column": "holder"}]');
INSERT INTO shared_kinds VALUES (4, 1, 'own too');
INSERT INTO nodes SELECT n, 1, 'n' || n, CASE WHEN n % 3 > 0 THEN n - 3 END, 'c', n FROM generate_series(6, 10) AS n;
INSERT INTO items SELECT n, 1, chr(64 + n), 1 + n % 10, n, n - 4 FROM generate_series(5, 10) AS n;
INSERT INTO things SELECT n, 1, CASE n % 3 WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 4 END, 't' || n FROM generate_series(3, 6) AS n;
\ir import_model.psql
\ir import_random_edits.psql
CREATE TEMP TABLE came (round int, steps text[], call text, contradictions text[], status text, message text, wrong text[]);

-- The customer's file with other rows.
CREATE FUNCTION pg_temp.edited_file(original text) RETURNS bytea LANGUAGE sql AS $$
  SELECT convert_to(split_part(original, E'\n"datasets":{\n', 1) || E'\n"datasets":{\n'
    || (SELECT string_agg(format('"%s":[%s]', d, (SELECT string_agg((jsonb_build_object('_op', op) || jsonb_build_object('id', id) || v)::text, E',\n' ORDER BY r) FROM file WHERE ds = d)), E',\n' ORDER BY n)
        FROM unnest('{shared_kinds,nodes,items,things}'::text[]) WITH ORDINALITY AS t (d, n))
    || E'\n},\n"seal"' || split_part(original, E'\n},\n"seal"', 2), 'UTF8')
$$;

-- Ids that the database gave out, by the numbers that the model has for them; rows that came without an id are found by what they hold.
CREATE TEMP TABLE given (ds text, r int, before int, after int);
CREATE FUNCTION pg_temp.wrong_rows() RETURNS text[] LANGUAGE sql AS $$
  WITH settled AS (
    SELECT e.ds, COALESCE(g.after, e.id) AS id, COALESCE((SELECT e.v || jsonb_object_agg(f.col, p.after) FROM rule_ref AS f JOIN given AS p ON p.ds = f.parent AND -p.r = (e.v ->> f.col)::int WHERE f.ds = e.ds), e.v) AS v
    FROM expected AS e LEFT JOIN given AS g ON g.ds = e.ds AND -g.r = e.id),
  known AS (SELECT * FROM settled WHERE id > 0),
  own AS (SELECT ds, id, v FROM present WHERE tenant = 1)
  SELECT array_agg(line) FROM (
    SELECT 'missing ' || m::text AS line FROM (SELECT * FROM known EXCEPT SELECT * FROM own) AS m
    UNION ALL SELECT 'missing new ' || m::text FROM (SELECT ds, v FROM settled WHERE id < 0 EXCEPT ALL SELECT ds, v FROM own WHERE (ds, id) NOT IN (SELECT ds, id FROM known)) AS m
    UNION ALL SELECT 'too much ' || m::text FROM (SELECT ds, v FROM own WHERE (ds, id) NOT IN (SELECT ds, id FROM known) EXCEPT ALL SELECT ds, v FROM settled WHERE id < 0) AS m) AS lines
$$;
-- ids_changed says each row that got another id, and nothing else; what the database gave out nobody had.
CREATE FUNCTION pg_temp.wrong_ids(report jsonb) RETURNS text[] LANGUAGE sql AS $$
  WITH said AS (SELECT d.key AS ds, (c ->> 'old')::int AS before, (c ->> 'new')::int AS after FROM jsonb_each(report -> 'ids_changed') AS d, jsonb_array_elements(d.value) AS c),
  due AS (SELECT ds, before, after FROM renamed JOIN file USING (ds, r) WHERE before <> after AND COALESCE(op, '') NOT IN ('skip', 'delete') AND (after > 0 OR r IN (SELECT r FROM coming)))
  SELECT array_agg(line) FROM (
    SELECT 'unsaid ' || m::text AS line FROM (SELECT ds, before, CASE WHEN after > 0 THEN after END FROM due EXCEPT SELECT ds, before, CASE WHEN after NOT IN (SELECT g.after FROM given AS g WHERE g.ds = said.ds) THEN after END FROM said) AS m
    UNION ALL SELECT 'said ' || m::text FROM (SELECT ds, before FROM said EXCEPT SELECT ds, before FROM due) AS m
    UNION ALL SELECT 'not free ' || g::text FROM given AS g WHERE EXISTS (SELECT FROM stored AS s WHERE s.ds = g.ds AND s.id = g.after) OR EXISTS (SELECT FROM file AS f WHERE f.ds = g.ds AND f.id = g.after AND f.r <> g.r AND f.r IN (SELECT r FROM coming))) AS lines
$$;

CREATE FUNCTION pg_temp.other_rows() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(p::text, ' ' ORDER BY ds, id) FROM present AS p WHERE tenant IS DISTINCT FROM 1 $$;
CREATE FUNCTION pg_temp.call() RETURNS text LANGUAGE sql AS $$
  SELECT format('mode => %L, datasets => %L, selection => %L, match => %L', mode, datasets, selection, match) FROM asked
$$;
CREATE FUNCTION pg_temp.planned(report jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_object_agg(d ->> 'name', ARRAY[d -> 'before', d -> 'in_file', d -> 'inserted', d -> 'updated', d -> 'deleted', d -> 'unchanged', d -> 'skipped', d -> 'rejected']) FROM jsonb_array_elements(report -> 'datasets') AS d
$$;
CREATE FUNCTION pg_temp.previewed() RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE format('SELECT jsonb_object_agg(dataset, ARRAY[in_tenant, in_file, to_insert, to_update, to_delete, unchanged, skipped, rejected])
                  FROM rehydra_preview((SELECT file FROM kept WHERE name = ''edited''), customer_id => ''1'', %s)', pg_temp.call()) INTO plan;
  RETURN plan;
END
$$;

-- What is wrong after an import that the model says goes through.
CREATE FUNCTION pg_temp.wrong_after(report jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  wrong text[];
BEGIN
  TRUNCATE given;
  INSERT INTO given SELECT n.ds, n.r, n.before, (c ->> 'new')::int FROM renamed AS n, jsonb_array_elements(report -> 'ids_changed' -> n.ds) AS c
    WHERE n.after < 0 AND n.r IN (SELECT r FROM coming) AND c ->> 'old' = n.before::text;
  wrong := pg_temp.wrong_rows() || pg_temp.wrong_ids(report);
  IF NOT pg_temp.adds_up(report) THEN wrong := wrong || ARRAY['counts do not add up']; END IF;
  INSERT INTO shop.nodes (tenant, category, position) VALUES (1, 'next', 1);
  INSERT INTO shop.items (tenant) VALUES (1);
  RETURN wrong;
EXCEPTION WHEN unique_violation THEN
  RETURN wrong || ARRAY['the next row does not go in: ' || SQLERRM];
END
$$;

CREATE FUNCTION pg_temp.play(round int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  others text := pg_temp.other_rows();
  original text := convert_from(rehydra_export('1', 'json'), 'UTF8');
  steps text[];
  call text;
  plan jsonb;
  report jsonb;
  against text[];
  wrong text[];
BEGIN
  TRUNCATE stored;
  TRUNCATE file RESTART IDENTITY;
  INSERT INTO stored SELECT ds, id, v FROM present WHERE tenant = 1;
  INSERT INTO file (ds, id, v) SELECT ds, id, v FROM stored ORDER BY ds, id;
  FOR i IN 1 .. pg_temp.below(6) LOOP steps := steps || pg_temp.edit_file(); END LOOP;
  FOR i IN 1 .. pg_temp.below(4) LOOP steps := steps || pg_temp.change_table(); END LOOP;
  TRUNCATE stored;
  INSERT INTO stored SELECT ds, id, v FROM present WHERE tenant = 1;
  INSERT INTO kept VALUES ('edited', pg_temp.edited_file(original)) ON CONFLICT (name) DO UPDATE SET file = EXCLUDED.file;
  PERFORM pg_temp.ask();
  PERFORM pg_temp.expect();
  call := pg_temp.call();
  SELECT array_agg(why) INTO against FROM contradiction;
  steps := steps || ARRAY(SELECT format('file: %s %s %s %s', f.ds, f.op, f.id, f.v) FROM file AS f LEFT JOIN stored AS s USING (ds, id, v) WHERE s.id IS NULL OR f.op IS NOT NULL ORDER BY f.r);
  IF against IS NULL THEN plan := pg_temp.previewed(); END IF;
  report := pg_temp.import('edited', call || $a$, confirm => 'DELETE', options => '{"max_delete": 1}'$a$);
  IF against IS NULL AND report ->> 'status' IN ('applied', 'unchanged') THEN
    wrong := pg_temp.wrong_after(report);
    IF plan <> pg_temp.planned(report) THEN wrong := wrong || ARRAY['not as previewed']; END IF;
  ELSIF EXISTS (SELECT ds, id, v FROM present WHERE tenant = 1 EXCEPT SELECT * FROM stored) OR EXISTS (SELECT * FROM stored EXCEPT SELECT ds, id, v FROM present WHERE tenant = 1) THEN
    wrong := wrong || ARRAY['refused, and something changed'];
  END IF;
  IF pg_temp.other_rows() <> others THEN wrong := wrong || ARRAY['other customers'' rows changed']; END IF;
  RAISE EXCEPTION 'the next round begins with the same rows' USING ERRCODE = 'RHUND';
EXCEPTION WHEN SQLSTATE 'RHUND' THEN
  INSERT INTO came VALUES (round, steps, call, against, COALESCE(report ->> 'status', report ->> 'error'), COALESCE(report #>> '{errors,0,message}', report ->> 'message'), wrong);
END
$$;
SELECT setseed(COALESCE(current_setting('rehydra_test.seed', true), '0.5')::float) AS seeded \gset
SELECT count(pg_temp.play(n)) AS played FROM generate_series(1, COALESCE(current_setting('rehydra_test.rounds', true), '40')::int) AS n \gset

SELECT cmp_ok((SELECT count(*) FROM came WHERE contradictions IS NULL AND status = 'applied'), '>', (:played / 8)::bigint, 'many rounds change something');
SELECT cmp_ok((SELECT count(*) FROM came WHERE contradictions IS NOT NULL), '>', (:played / 8)::bigint, 'many have a file that cannot be');
SELECT is_empty($$SELECT round, status, message, call, steps FROM came WHERE contradictions IS NULL AND status NOT IN ('applied', 'unchanged')$$, 'what the model finds sound goes through');
SELECT is_empty($$SELECT round, status, contradictions, call, steps FROM came WHERE contradictions IS NOT NULL AND status NOT IN ('rejected', '22023')$$,
                'what it finds contradictory is refused, before anything is applied');
SELECT is_empty($$SELECT round, w, call, steps FROM came, unnest(wrong) AS w WHERE w ~ '^(missing|too much)'$$, 'each row is as the model has it');
SELECT is_empty($$SELECT round, w, call, steps FROM came, unnest(wrong) AS w WHERE w ~ '^(unsaid|said|not free)'$$, 'ids_changed says what got another id, and nothing else');
SELECT is_empty($$SELECT round, w, call, steps FROM came, unnest(wrong) AS w WHERE w ~ '^(counts|not as)'$$, 'the counts add up, and are those of the preview');
SELECT is_empty($$SELECT round, w, call, steps FROM came, unnest(wrong) AS w WHERE w ~ '^the next'$$, 'the next ordinary INSERT succeeds');
SELECT is_empty($$SELECT round, w, call, steps FROM came, unnest(wrong) AS w WHERE w ~ '^refused'$$, 'a refused import changes nothing');
SELECT is_empty($$SELECT round, w, call, steps FROM came, unnest(wrong) AS w WHERE w ~ '^other'$$, 'nobody else''s row has a new version');
SELECT * FROM finish();
ROLLBACK;
