-- Numerics are printed without the server's function: in a file they are the texts that it gives.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(6);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer VALUES (1, 'One');
CREATE DOMAIN rate AS numeric(20, 10);
CREATE TABLE amount (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, customer_id int NOT NULL REFERENCES customer, any_scale numeric, money numeric(12, 2),
                     rate rate, stored numeric);
ALTER TABLE amount ALTER COLUMN stored SET STORAGE EXTERNAL;

-- Powers of ten and what lies beside them, at every display scale, of both signs.
INSERT INTO amount (customer_id, any_scale)
  SELECT 1, sign * round(('1e' || power)::numeric + beside * ('1e' || (power - distance))::numeric, scale)
  FROM generate_series(-24, 24) AS power, (VALUES (-1), (0), (1), (5)) AS b (beside), (VALUES (1), (3), (9)) AS d (distance),
       (VALUES (0), (1), (2), (3), (4), (5), (8), (9), (15), (16), (19), (20), (21), (30)) AS s (scale), (VALUES (1), (-1)) AS n (sign);
-- Any digits anywhere.
INSERT INTO amount (customer_id, any_scale, money, rate, stored)
  SELECT 1, left(digits, 1 + n % 24)::numeric / ('1e' || n % 27)::numeric, round(left(digits, 1 + n % 12)::numeric / 100 * CASE n % 2 WHEN 0 THEN -1 ELSE 1 END, 2) % 1e10,
         left(digits, 1 + n % 19)::numeric / 1e10, ('1e' || n % 40)::numeric * left(digits, 1 + n % 5)::numeric
  FROM generate_series(1, 4000) AS n, LATERAL (SELECT translate(md5(n::text), 'abcdef', '000999') AS digits) AS made;
-- Unusual ones; one so long that it is stored elsewhere, one that is compressed.
INSERT INTO amount (customer_id, any_scale) VALUES (1, 'NaN'), (1, 0), (1, '0.000'), (1, '-0.0'), (1, '0e-30'), (1, '1e100'), (1, '1e-100'), (1, '1e-16383'), (1, NULL);
INSERT INTO amount (customer_id, any_scale) SELECT 1, value::numeric FROM unnest('{Infinity,-Infinity}'::text[]) AS value
  WHERE current_setting('server_version_num')::int >= 140000;
INSERT INTO amount (customer_id, stored) VALUES (1, repeat('1234567890', 1500)::numeric);
INSERT INTO amount (customer_id, any_scale) VALUES (1, repeat('7', 12000)::numeric);

SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'customer_id') \g /dev/null
CREATE TEMPORARY TABLE written AS
  SELECT (member ->> 'id')::int AS id, member ->> 'any_scale' AS any_scale, member ->> 'money' AS money, member ->> 'rate' AS rate, member ->> 'stored' AS stored
  FROM json_array_elements(convert_from(rehydra_export('1', 'json'), 'UTF8')::json #> '{datasets,amount}') AS member;
SELECT is((SELECT count(*) FROM written), (SELECT count(*) FROM amount), 'every row is in the file');
SELECT cmp_ok((SELECT count(*) FROM written), '>', 12000::bigint, 'and there are many');
SELECT is_empty('SELECT a.any_scale, w.any_scale FROM amount a JOIN written w USING (id) WHERE a.any_scale::text IS DISTINCT FROM w.any_scale', 'a numeric of any scale is its text');
SELECT is_empty('SELECT a.money, w.money FROM amount a JOIN written w USING (id) WHERE a.money::text IS DISTINCT FROM w.money', 'so is one of two digits behind the point');
SELECT is_empty('SELECT a.rate, w.rate FROM amount a JOIN written w USING (id) WHERE a.rate::text IS DISTINCT FROM w.rate', 'and one of a domain');
SELECT is_empty('SELECT a.stored, w.stored FROM amount a JOIN written w USING (id) WHERE a.stored::text IS DISTINCT FROM w.stored', 'and one that is stored elsewhere');
SELECT * FROM finish();
ROLLBACK;
