-- A model of one table with a column of every kind, and values at the ends of each. Caller: export_rows.sh.
CREATE TYPE mood AS ENUM ('sad', 'so so', 'happy');
CREATE DOMAIN percent AS numeric(5,2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN day AS date;
CREATE TABLE kinds (
  customer_id int NOT NULL, id bigint PRIMARY KEY, small int2, whole int4, wide int8, exact numeric, fixed numeric(12,3), share percent,
  single float4, double float8, flag boolean, born date, noted day, at timestamp, instant timestamptz, clock time, clock_there timetz,
  span interval, id_of uuid, bytes bytea, words text, code varchar(20), padded char(6), label name, feeling mood, doc json, docb jsonb,
  list int[], texts text[], during tstzrange, address inet, twice int GENERATED ALWAYS AS (whole / 2) STORED);
INSERT INTO kinds (customer_id, id) VALUES (1, 1), (2, 2);
INSERT INTO kinds (customer_id, id, small, whole, wide, exact, fixed, share, single, double, flag) VALUES
  (1, 10, -32768, -2147483648, -9223372036854775808, 'NaN', -999999999.999, 0, '-Infinity', 'NaN', true),
  (1, 11, 32767, 2147483647, 9223372036854775807, 12345678901234567890.1234567890, 999999999.999, 100, 3.4028235e38, 1.7976931348623157e308, false),
  (1, 12, 0, 0, 999999999999999, 1.50, 0.1, 33.33, 1e-37, 5e-324, NULL),
  (1, 13, 1, 1, 1000000000000000, 1e30, 0, 0.10, 0.1, 0.1, true),
  (1, 14, 1, 1, -1, 1e-30, 0, 0.10, -0.0, -0.0, true),
  (1, 15, 1, 1, -1, 'Infinity', 0, 0.10, 16777217, 123456789012345680, true);
INSERT INTO kinds (customer_id, id, born, noted, at, instant) VALUES
  (1, 20, 'infinity', '-infinity', 'infinity', '-infinity'),
  (1, 21, '4713-01-01 BC', '0001-12-31 BC', '4713-01-01 00:00:00 BC', '4713-01-01 00:00:00+00 BC'),
  (1, 22, '5874897-12-31', '10000-01-01', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00'),
  (1, 23, '1900-02-28', '1900-03-01', '1900-02-28 23:59:59', '1900-03-01 00:00:00+00'),
  (1, 24, '2000-02-29', '1999-12-31', '1999-12-31 23:59:59.9', '1999-12-31 23:59:59.000001+00'),
  (1, 25, '9999-12-31', '0001-01-01', '0044-03-15 12:00:00.5 BC', '0044-03-15 12:00:00.120 BC'),
  (1, 26, '2024-02-29', '2024-12-31', '2024-06-30 12:34:56.120300', '2024-06-30 12:34:56.1234+05:30');
INSERT INTO kinds (customer_id, id, clock, clock_there, span, id_of, bytes, words, code, padded, label, feeling, doc, docb, list, texts, during, address) VALUES
  (1, 30, '24:00:00', '23:59:59.999999-08', '-1 year 2 mons -3 days 04:05:06.789', '00000000-0000-0000-0000-000000000000', '', '', '', '', '', 'sad',
   '""', '""', '{}', '{}', 'empty', '::1'),
  (1, 31, '00:00:00.000001', '00:00:00+14', '178000000 years', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '\x00ff10', E'tab\tnew\nline\\N', '00123', 'ab', 'x', 'so so',
   '{"a" : 1,  "a":2}', '{"b": [1, 2.50]}', '{1,NULL,3}', '{"a,b","\"",NULL,""}', '[2024-01-01 00:00+00,)', '10.0.0.0/8'),
  (1, 32, NULL, NULL, '1 mon', gen_random_uuid(), decode(repeat('deadbeef', 30000), 'hex'), repeat('a long text, ', 20000), 'é', 'ß', 'ü', 'happy',
   to_json(repeat('x', 50000)), to_jsonb(repeat('y', 50000)), ARRAY(SELECT generate_series(1, 20000)), NULL, '(,)', '192.168.0.1');

SELECT rehydra.add_model('kinds', 'int4');
SELECT rehydra.add_dataset('kinds', 'kinds', tenant_column => 'customer_id');
SELECT rehydra.add_sheet('kinds', 'kinds', 'Kinds', (
  SELECT jsonb_agg(jsonb_build_object('header', initcap(attname), 'column', attname) ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = 'kinds'::regclass AND attnum > 1 AND attgenerated = '' AND NOT attisdropped));
SELECT rehydra.protect('kinds');
