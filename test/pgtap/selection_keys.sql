-- Keys of a selection are values of their columns' types: many at once, in other spellings, with some that are none.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
SELECT plan(15);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE DOMAIN shop.code AS varchar(3);
CREATE TYPE shop.mood AS ENUM ('good', 'bad');
CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer VALUES (1, 'One'), (2, 'Two');
CREATE TABLE item (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, tag public.citext, code shop.code, price numeric, day date, mood shop.mood,
  fixed char(4), ok bool, note json);
INSERT INTO item SELECT n, 1 + n / 20001, 'Tag ' || n, 'c' || n % 90, n / 10.0, date '2024-01-01' + n % 7, CASE WHEN n % 2 = 0 THEN 'good' ELSE 'bad' END::mood,
  'f' || n % 50, n % 3 = 0, json_build_object('n', n) FROM generate_series(1, 20010) n;
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'customer_id') \g /dev/null
UPDATE rehydra.datasets SET match_keys = '[["tag"]]' WHERE dataset = 'item';
CREATE FUNCTION pg_temp.picked(selection jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  file text;
BEGIN
  file := convert_from(rehydra_export('1', 'json', selection => picked.selection), 'UTF8');
  RETURN (SELECT string_agg(r ->> 'id', ',' ORDER BY (r ->> 'id')::int) FROM json_array_elements(file::json #> '{datasets,item}') r);
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT is(pg_temp.picked('{"item": ["TAG 7", "tag 8", "Tag 9"]}'), '7,8,9', 'citext keys in other letters');
SELECT is(pg_temp.picked('{"item": [3, "tag 7", "12", "Tag 13"]}'), '3,7,12,13', 'numbers and texts beside each other: each finds its column');
SELECT is(pg_temp.picked('{"item": ["007"]}'), '7', 'a number spelled with zeros');
SELECT is(pg_temp.picked('{"item": [{"price": "0.70"}, {"price": 1.2}, {"price": "a"}, {"price": 0.5}]}'), '22023 no row of "item" has the key a', 'a text that is no value is no row''s key, whatever stands beside it');
SELECT is(pg_temp.picked('{"item": [{"price": "0.70"}, {"price": 1.2}, {"price": 0.5}]}'), '5,7,12', 'numerics by value, not by digits');
SELECT is(pg_temp.picked('{"item": [{"code": "c123"}]}'), '22023 no row of "item" has the key c123', 'a text that is too long for the column is not cut to one of it');
SELECT is(pg_temp.picked('{"item": [{"id": 7, "code": "c7"}, {"id": 8, "code": "c7"}]}'), '22023 no row of "item" has the key c7, 8', 'all columns of a key have to agree');
SELECT is(pg_temp.picked('{"item": [{"id": 1, "day": "2024-01-02"}, {"id": 2, "mood": "good"}, {"id": 3, "fixed": "f3"}, {"id": 6, "ok": true}]}'), '1,2,3,6', 'dates, enumerations, char, booleans');
SELECT is(pg_temp.picked('{"item": [{"id": 1, "mood": "better"}]}'), '22023 no row of "item" has the key 1, better', 'a label that the enumeration does not have');
SELECT is(pg_temp.picked('{"item": [{"id": 5, "note": "{\"n\" : 5}"}]}'), '5', 'json, which has no equality, by its text');
SELECT is(pg_temp.picked('{"item": [20005]}'), '22023 no row of "item" has the key 20005', 'another customer''s row is not there');
SELECT is(pg_temp.picked('{"item": ["tag 20005"]}'), '22023 no row of "item" has the key tag 20005', 'nor by its tag');
SELECT is(pg_temp.picked((SELECT jsonb_build_object('item', jsonb_agg(CASE n % 2 WHEN 0 THEN to_jsonb(n) ELSE to_jsonb('TAG ' || n) END)) FROM generate_series(1, 20000, 20) n)),
  (SELECT string_agg(n::text, ',' ORDER BY n) FROM generate_series(1, 20000, 20) n), 'a thousand keys, of two columns');
UPDATE item SET tag = 'twice' WHERE id IN (10, 11);
SELECT is(pg_temp.picked('{"item": ["TWICE"]}'), '22023 key "TWICE" of "item" picks 2 rows', 'a key that two rows have picks none');
SELECT is(pg_temp.picked('{"item": [{"tag": "TWICE"}]}'), '10,11', 'unless its column is named');
SELECT * FROM finish();
ROLLBACK;
