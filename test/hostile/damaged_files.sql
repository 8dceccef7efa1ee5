-- Imports every file of table damaged and rolls each back, then says as TAP what came of them.
-- Caller: damaged_files.sh. Variable helpers: the file with the import tests' helpers.
SET client_min_messages = error;
SET statement_timeout = '10min';
\i :helpers
CREATE TEMP TABLE came (seed int, kind text, mode text, status text, sqlstate text, message text, kept boolean, others_kept boolean);

-- The outcome crosses the rollback as the text of an exception.
CREATE FUNCTION pg_temp.try_file(seed int, kind text, mode text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := pg_temp.digest('1');
  others jsonb := pg_temp.neighbours();
  r jsonb;
  told text;
BEGIN
  BEGIN
    r := pg_temp.import(format('mode => %L, confirm => %L', mode, CASE WHEN seed % 4 > 0 THEN 'DELETE' END), name => seed::text);
    RAISE EXCEPTION USING ERRCODE = 'ZZ999', MESSAGE = jsonb_build_object('r', r, 'kept', pg_temp.digest('1') = before, 'others', pg_temp.neighbours() = others);
  EXCEPTION WHEN SQLSTATE 'ZZ999' THEN
    GET STACKED DIAGNOSTICS told = MESSAGE_TEXT;
  END;
  INSERT INTO came SELECT seed, kind, mode, COALESCE(o #>> '{r,status}', 'raised'), COALESCE(o #>> '{r,error}', o #>> '{r,errors,0,sqlstate}'),
                          COALESCE(o #>> '{r,message}', o #>> '{r,errors,0,message}'), (o ->> 'kept')::boolean, (o ->> 'others')::boolean
  FROM (SELECT told::jsonb) AS t (o);
END
$$;
INSERT INTO kept SELECT seed::text, decode(file, 'base64') FROM damaged;
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT seed, kind FROM damaged ORDER BY seed LOOP
    PERFORM pg_temp.try_file(one.seed, one.kind, CASE WHEN one.seed % 3 = 0 THEN 'merge' ELSE 'replace' END);
  END LOOP;
END
$$;

CREATE FUNCTION pg_temp.tap(text, good bigint, whole bigint) RETURNS text LANGUAGE sql AS $$
  SELECT format('%s - %s (%s of %s)', CASE WHEN good = whole THEN 'ok' ELSE 'not ok' END, $1, good, whole)
$$;
CREATE VIEW pg_temp.files AS SELECT count(*) AS whole FROM damaged;
SELECT pg_temp.tap('every damaged file had an outcome', (SELECT count(*) FROM came), whole) FROM pg_temp.files;
SELECT pg_temp.tap('none ended in an internal error', count(*) FILTER (WHERE sqlstate IS NULL OR sqlstate !~ '^(XX|58|53|57)'), whole) FROM came, pg_temp.files GROUP BY whole;
SELECT pg_temp.tap('none raised: a damaged file is refused with a report', count(*) FILTER (WHERE status <> 'raised'), whole) FROM came, pg_temp.files GROUP BY whole;
SELECT pg_temp.tap('each refusal has a message', count(*) FILTER (WHERE status IN ('applied', 'unchanged') OR message <> ''), whole) FROM came, pg_temp.files GROUP BY whole;
SELECT pg_temp.tap('a refused or unchanged file changed no row', count(*) FILTER (WHERE status = 'applied' OR kept), whole) FROM came, pg_temp.files GROUP BY whole;
SELECT pg_temp.tap('no other customer''s row was touched', count(*) FILTER (WHERE others_kept), whole) FROM came, pg_temp.files GROUP BY whole;
-- A flipped byte inside a container is found by its checksum; only a sound container with another value in a cell is another file.
SELECT pg_temp.tap('files whose bytes were damaged applied nothing', count(*) FILTER (WHERE status <> 'applied'), count(*)) FROM came WHERE kind <> 'structure';
SELECT '# ' || string_agg(format('%s %s', n, status), ', ' ORDER BY n DESC) FROM (SELECT status, count(*) AS n FROM came GROUP BY status) AS s;
SELECT format('# seed %s, %s, %s: %s %s %s', seed, kind, mode, status, sqlstate, left(message, 200)) FROM came
WHERE status = 'raised' OR sqlstate ~ '^(XX|58|53|57)' OR NOT others_kept OR (NOT kept AND status <> 'applied') ORDER BY seed LIMIT 20;
