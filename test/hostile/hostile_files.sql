-- Imports every file of table hostile, each in a transaction of its own that is kept, then says as TAP what came of them.
-- Caller: hostile_files.sh. Variable helpers: the file with the import tests' helpers.
SET client_min_messages = error;
SET statement_timeout = '20min';
\i :helpers
CREATE TABLE came (seed int, status text, sqlstate text, message text, hint text, ms numeric);
CREATE TEMP TABLE state AS SELECT pg_temp.digest('1', true) AS own, pg_temp.neighbours() AS others, pg_postmaster_start_time() AS started, pg_backend_pid() AS pid;

-- Anonymous memory at its highest, in kB: what the process held, without the pages of shared buffers that it touched.
CREATE FUNCTION pg_temp.peak() RETURNS bigint LANGUAGE sql AS $$
  SELECT sum(CASE key WHEN 'VmHWM' THEN value::bigint WHEN 'RssShmem' THEN -value::bigint WHEN 'RssFile' THEN -value::bigint END)
  FROM regexp_matches(pg_read_file('/proc/self/status'), '(VmHWM|RssShmem|RssFile):\s+(\d+) kB', 'g') AS m, LATERAL (SELECT m[1], m[2]) AS l (key, value)
$$;
CREATE PROCEDURE pg_temp.import_all() LANGUAGE plpgsql AS $$
DECLARE
  one int;
  r jsonb;
  since timestamptz;
BEGIN
  FOR one IN SELECT seed FROM hostile ORDER BY seed LOOP
    TRUNCATE kept;
    INSERT INTO kept SELECT seed::text, decode(file, 'base64') FROM hostile WHERE seed = one;
    since := clock_timestamp();
    r := pg_temp.import('confirm => ''DELETE''', name => one::text);
    INSERT INTO came SELECT one, COALESCE(r ->> 'status', 'raised'), COALESCE(r ->> 'error', r #>> '{errors,0,sqlstate}'), COALESCE(r ->> 'message', r #>> '{errors,0,message}'), r #>> '{errors,0,hint}',
      extract(epoch FROM clock_timestamp() - since) * 1000;
    COMMIT;
  END LOOP;
END
$$;
CALL pg_temp.import_all();

CREATE FUNCTION pg_temp.tap(what text, good bigint, whole bigint) RETURNS text LANGUAGE sql AS $$
  SELECT format('%s - %s (%s of %s)', CASE WHEN good = whole THEN 'ok' ELSE 'not ok' END, what, good, whole)
$$;
CREATE TEMP VIEW answers AS SELECT * FROM hostile LEFT JOIN came USING (seed);
SELECT pg_temp.tap('each hostile file was refused, or read for what it says, which is nothing new', count(*) FILTER (WHERE status IN ('rejected', 'denied', 'unchanged')), count(*)) FROM answers;
SELECT pg_temp.tap('what no reader may accept was refused', count(*) FILTER (WHERE status IN ('rejected', 'denied')), count(*)) FROM answers WHERE verdict = 'refused';
SELECT pg_temp.tap('what is sound in spite of its hints was read', count(*) FILTER (WHERE status = 'unchanged'), count(*)) FROM answers WHERE verdict = 'same';
SELECT pg_temp.tap('each refusal says what is wrong and what to do', count(*) FILTER (WHERE message <> '' AND hint <> ''), count(*)) FROM answers WHERE status IN ('rejected', 'denied');
SELECT pg_temp.tap('none ended in an internal error', count(*) FILTER (WHERE sqlstate IS NULL OR sqlstate !~ '^(XX|58|53|57)'), count(*)) FROM answers;
SELECT pg_temp.tap('no row was touched, of nobody', count(*) FILTER (WHERE own = pg_temp.digest('1', true) AND others = pg_temp.neighbours()), count(*)) FROM state;
SELECT pg_temp.tap('one server and one backend did it all', count(*) FILTER (WHERE started = pg_postmaster_start_time() AND pid = pg_backend_pid()), count(*)) FROM state;
SELECT format('%s - the backend held %s MB at most', CASE WHEN pg_temp.peak() < 160 * 1024 THEN 'ok' ELSE 'not ok' END, pg_temp.peak() / 1024);
SELECT format('# %s files, %s refused, %s unchanged; %s ms at most, %s ms on average', count(*), count(*) FILTER (WHERE status = 'rejected'), count(*) FILTER (WHERE status = 'unchanged'), max(ms)::int, avg(ms)::int) FROM answers;
SELECT format('# seed %s, %s: %s %s %s', seed, attack, status, sqlstate, left(message, 200)) FROM answers
WHERE status IS NULL OR status NOT IN ('rejected', 'denied', 'unchanged') OR (verdict = 'refused' AND status = 'unchanged') OR (verdict = 'same' AND status <> 'unchanged') OR sqlstate ~ '^(XX|58|53|57)'
  OR (status = 'rejected' AND COALESCE(hint, '') = '') ORDER BY seed LIMIT 40;
