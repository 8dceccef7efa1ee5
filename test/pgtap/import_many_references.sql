-- rehydra_import: among thousands of references the one that leads nowhere is found, however the column's values come: rising as keys do, falling, few
-- different ones, in runs, from below nought to above 4 thousand million; and a file without any is not refused.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(16);
\ir torture_register.psql
CREATE SCHEMA many;
GRANT USAGE ON SCHEMA many TO PUBLIC;
SET LOCAL search_path = many, public;
CREATE TABLE parents (tenant int NOT NULL, id bigint PRIMARY KEY);
CREATE TABLE kids (tenant int NOT NULL, id int PRIMARY KEY, rising bigint NOT NULL REFERENCES parents, falling bigint REFERENCES parents, few bigint NOT NULL REFERENCES parents,
                   runs bigint NOT NULL REFERENCES parents, late bigint NOT NULL REFERENCES parents);
INSERT INTO parents SELECT 1, n FROM unnest(ARRAY[-5000000000, 0, 5000000000]) n UNION ALL SELECT 1, n FROM generate_series(1, 6000) n UNION ALL SELECT 2, 9999;
-- late: as keys do for so long that nobody keeps them, then from the front again.
INSERT INTO kids SELECT 1, n, n, NULLIF(5001 - n, 77), (ARRAY[-5000000000, 0, 5000000000])[1 + n % 3], n / 50, 1 + (n + 1999) % 5000 FROM generate_series(1, 5000) n;
UPDATE kids SET runs = 1 WHERE runs = 0;
SELECT pg_temp.register('many', 'many');
CREATE TEMP TABLE file AS SELECT convert_from(rehydra_export('1', 'json', options => '{"model": "many"}'), 'UTF8') AS text;
-- What becomes of the file when row n's reference leads to a row that another customer has, or nobody.
CREATE FUNCTION pg_temp.led(number int, called text, led_to bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
BEGIN
  report := rehydra_import((SELECT convert_to(regexp_replace(text, '(\{"id":' || number || ',[^}]*"' || called || '":)-?[0-9]+', '\1' || led_to), 'UTF8') FROM file), customer_id => '1',
                           dry_run => true, options => '{"model": "many"}');
  RETURN concat_ws(' ', report ->> 'status', (report ->> 'error_count')::int, report #>> '{errors,0,sqlstate}', report #>> '{errors,0,message}', (SELECT sum((d ->> 'updated')::int) FROM jsonb_array_elements(report -> 'datasets') d));
END
$$;
SELECT is(pg_temp.led(1, 'rising', 1), 'previewed 0 0', 'nothing is wrong with the file as it is');
SELECT is(pg_temp.led(number, called, 9999), format('rejected 1 23503 data set "kids", row %s, column "%s": no row of "Parents" has the key 9999 0', number, called),
          format('%s: row %s leads to another customer''s row', called, number))
FROM unnest(ARRAY['rising', 'falling', 'few', 'runs', 'late']) called, unnest(ARRAY[1, 2500, 5000]) number;
SELECT * FROM finish();
ROLLBACK;
