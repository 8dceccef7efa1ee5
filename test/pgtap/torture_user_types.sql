-- Types that people make: enums, domains with rules, composites, ranges of their own, and arrays of all of them; and stored images that the
-- types' own text does not tell apart.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(9);
\ir torture_register.psql
CREATE SCHEMA "Own types";
GRANT USAGE ON SCHEMA "Own types" TO PUBLIC;
SET LOCAL search_path = "Own types", public;

CREATE TYPE mood AS ENUM ('', 'so so', '"glad"', 'Ω', '=1');
CREATE DOMAIN positive AS int NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN short_list AS text[] CHECK (cardinality(VALUE) < 4);
CREATE DOMAIN upper_word AS varchar(20) COLLATE "C" CHECK (VALUE = upper(VALUE));
CREATE DOMAIN deeper AS upper_word CHECK (VALUE <> 'NO');
CREATE TYPE place AS (street text, "No." int, since date, moods mood[]);
CREATE TYPE nested AS (at place, others place[], ok positive);
CREATE DOMAIN checked_place AS place CHECK ((VALUE)."No." IS NULL OR (VALUE)."No." > 0);
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
CREATE TYPE moodrange AS RANGE (subtype = mood);
-- Multiranges came with 14; before, an array of ranges is in their place.
SELECT current_setting('server_version_num')::int >= 140000 AS has_multiranges \gset
\if :has_multiranges
\set multirange textmultirange
\set ranges '{[a,b),[c,)}'
\else
\set multirange textrange[]
\set ranges '{"[a,b)","[c,)"}'
\endif
CREATE TABLE own (tenant int NOT NULL, id int PRIMARY KEY, e mood, ea mood[], p positive DEFAULT 1, sl short_list, sla short_list[], w deeper, c place, ca place[], n nested, na nested[][], cp checked_place,
                  tr textrange, tm :multirange, er moodrange, era moodrange[], whole "Own types".place);
CREATE TABLE own_without_key AS SELECT * FROM own;
ALTER TABLE own_without_key ALTER tenant SET NOT NULL;
INSERT INTO own
SELECT t, t * 100 + n, ('{"",so so,"\"glad\"",Ω,=1}'::mood[])[1 + n % 5], CASE n % 3 WHEN 0 THEN '{"",NULL,"so so"}'::mood[] WHEN 1 THEN '[5:6]={Ω,=1}' END, n + 1, CASE n % 2 WHEN 0 THEN ARRAY['', NULL, 'NULL'] END::short_list,
       ARRAY['{}', '{a,"b,c"}', NULL]::short_list[], ('{A,"",Ω,"  "}'::text[])[1 + n % 5]::deeper,
       CASE n % 4 WHEN 0 THEN ROW('', NULL, 'infinity', '{}')::place WHEN 1 THEN ROW(NULL, NULL, NULL, NULL)::place WHEN 2 THEN ROW(E'a"\\(,)\r\n', -1, '0044-03-15 BC', '{"",NULL}')::place END,
       ARRAY[ROW('x', 1, NULL, NULL), NULL]::place[], ROW(ROW('s', 1, '2024-01-01', NULL), '{NULL,"(,,,)"}', 7)::nested, ARRAY[[ROW(NULL, NULL, 1), ROW(NULL, '{}', 2)]]::nested[], ROW('k', 5, NULL, NULL)::checked_place,
       textrange('', E'b"\\,', '[]'), :'ranges', moodrange('', '=1'), ARRAY[moodrange(NULL, 'Ω'), 'empty'], NULL
FROM generate_series(1, 2) AS t, generate_series(1, 12) AS n;

-- Images: an array that had NULLs, a composite taken from a row (with what marks that row), short and long headers, compressed values inside.
CREATE TABLE images (tenant int NOT NULL, id int PRIMARY KEY, a int[], c place, x xml, big place);
CREATE TABLE places OF place;
INSERT INTO images SELECT t, t * 10 + n, '{1,NULL,3}', NULL, '<?xml version="1.0"?><a/>', ROW(repeat('long ', 20000), 1, NULL, NULL)::place FROM generate_series(1, 2) AS t, generate_series(1, 3) AS n;
UPDATE images SET a[2] = 2;
INSERT INTO places VALUES ('row', 1, '2024-01-01', NULL);
UPDATE images SET c = (SELECT p FROM places p);
DROP TABLE places;
INSERT INTO own_without_key SELECT * FROM own UNION ALL SELECT * FROM own WHERE id % 2 = 0;
UPDATE own SET whole = c;
SELECT pg_temp.register('own', 'Own types');
SELECT is(pg_temp.round_trip('own', 'Own types', '1'), :good_trip, 'enums, domains, composites, ranges and arrays of them');
SELECT is((SELECT string_agg(DISTINCT x::text, '') FROM images), '<?xml version="1.0"?><a/>', 'xml keeps its declaration');

SELECT is(pg_temp.restored('own', 'Own types', '1'), 'applied, as it was', 'a snapshot holds the same');
-- Rules of domains speak
SELECT pg_temp.keep('first', 'own', '1');
UPDATE own SET p = 99, w = 'B', sl = '{x}' WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'own', '1')), 'applied', 'domain values are written back');
SELECT is((SELECT count(*) FROM own WHERE tenant = 1 AND p = 99), 0::bigint, 'all of them');
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 5) NOT VALID;
SELECT matches(pg_temp.outcome(pg_temp.import('first', 'own', '1')), '^rejected own .*small', 'a value that a domain no longer takes is named');
ALTER DOMAIN positive DROP CONSTRAINT small;
ALTER TYPE mood RENAME VALUE 'so so' TO 'better';
SELECT matches(pg_temp.outcome(pg_temp.import('first', 'own', '1')), '^rejected own .*column "E".*so so', 'a word that an enum lost is named');
ALTER TYPE mood RENAME VALUE 'better' TO 'so so';
ALTER TYPE place ADD ATTRIBUTE extra int;
SELECT matches(pg_temp.outcome(pg_temp.import('first', 'own', '1')), '^rejected .*column "C"', 'a composite that grew is named');
ALTER TYPE place DROP ATTRIBUTE extra;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'own', '1')), 'unchanged', 'and back again it is as it was');

SELECT * FROM finish();
ROLLBACK;
