-- rehydra_export and rehydra_import of json: what it holds, that it comes back exactly, edits, and what is refused.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(60);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1, 'json')), ('theirs', rehydra_export(2, 'json')), ('part', rehydra_export(1, 'json', '{products,accounts}'));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.digest('1', true) AS versions, pg_temp.neighbours() AS others;
CREATE FUNCTION pg_temp.document(name text) RETURNS text LANGUAGE sql AS $$ SELECT convert_from(file, 'UTF8') FROM kept k WHERE k.name = document.name $$;
-- Status, first error.
CREATE FUNCTION pg_temp.told(report jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(': ', COALESCE(report ->> 'status', report ->> 'error'), COALESCE(report #>> '{errors,0,message}', report ->> 'message')) $$;
-- The first document as somebody changed it.
CREATE FUNCTION pg_temp.edited(what text, becomes text, name text DEFAULT 'first', arguments text DEFAULT '') RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  IF position(what IN pg_temp.document(name)) = 0 THEN
    RETURN jsonb_build_object('status', 'the document does not hold ' || what);
  END IF;
  INSERT INTO kept VALUES ('edited', convert_to(replace(pg_temp.document(name), what, becomes), 'UTF8')) ON CONFLICT ON CONSTRAINT kept_pkey DO UPDATE SET file = EXCLUDED.file;
  RETURN pg_temp.import(arguments, name => 'edited');
END
$$;

-- The document
SELECT is((SELECT array_agg(key ORDER BY key) FROM json_each(pg_temp.document('first')::json)), '{datasets,rehydra,seal}', 'a document has three members');
SELECT is((SELECT array_agg(key) FROM json_object_keys(pg_temp.document('first')::json) AS key), '{rehydra,datasets,seal}', 'what is needed to read it comes first, what is known at the end last');
SELECT is((pg_temp.document('first')::jsonb #> '{datasets,accounts,0}') - '{created_at,updated_at}'::text[],
  '{"account_id": 1, "account_name": "North", "revenue": 10.00, "industry": "", "region": null, "account_status": null, "external_account_id": "E-1", "profile_metadata": "{\"tier\":  \"gold\"}"}',
  'rows are objects whose members are the columns; NULL is null, an empty text is one, json is its exact text');
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.document('first')::jsonb #> '{datasets,kpis}')), 30::bigint, 'all rows of a data set are one list, also of one with two sheets');
SELECT ok(pg_temp.document('first') LIKE '%"data":"' || repeat('long ', 8000) || '"%', 'a long text stands in its place');
SELECT ok(pg_temp.document('first') LIKE '%"raw_excel":"AP8Q"%', 'bytes are base64');
SELECT ok(pg_temp.document('first') LIKE '%"created_at":"2024-01-01T10:00:00.123456"%', 'times are ISO 8601 with a T, their microseconds too');
SELECT ok(pg_temp.document('first') LIKE '%"started_at":"0044-03-15 00:00:00 BC"%', 'but for those that ISO 8601 does not know');
SELECT ok(pg_temp.document('first') LIKE '%"value":"NaN"%', 'what is no JSON number is a string');
SELECT ok(pg_temp.document('first') !~ 'sealed-one', 'secrets are in no document');
SELECT is((SELECT options FROM rehydra.activity WHERE customer_id = '2' ORDER BY at DESC LIMIT 1), '{"format": "json"}', 'the log has the format');
SELECT is((SELECT concat_ws('|', file_sha256, file_bytes) FROM rehydra.activity WHERE customer_id = '2' ORDER BY at DESC LIMIT 1),
  (SELECT concat_ws('|', encode(sha256(file), 'hex'), length(file)) FROM kept WHERE name = 'theirs'), 'and the file''s SHA-256 and size');

-- Back
SELECT is(pg_temp.told(pg_temp.import()), 'unchanged', 'the document just exported changes nothing');
SELECT is(pg_temp.import() #>> '{file,format}', 'json', 'the report says what it was');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM at_first), 'no row has a new version');
SELECT is(pg_temp.told(pg_temp.import('mode => ''merge''')), 'unchanged', 'a merge of it changes nothing');
SELECT pg_temp.damage();
CREATE TEMP TABLE preview AS SELECT * FROM pg_temp.previewed();
SELECT set_eq('SELECT dataset, inserted, updated, deleted FROM preview WHERE inserted + updated + deleted > 0',
  $$VALUES ('accounts', 0::bigint, 5::bigint, 0::bigint), ('customer_configs', 0, 1, 0), ('customers', 0, 1, 0), ('kpi_time_series', 3, 0, 0), ('kpis', 3, 2, 0),
           ('playbook_triggers', 0, 1, 0), ('feature_toggles', 1, 0, 0), ('products', 0, 0, 1), ('health_trends', 0, 0, 1)$$, 'the preview finds every kind of damage');
SELECT is(pg_temp.told(pg_temp.import('dry_run => true')), 'previewed', 'a dry run does it and rolls it back');
SELECT matches(pg_temp.told(pg_temp.import()), '^confirmation_required: .*1 of data set "products"', 'deletes ask first');
SELECT is(pg_temp.told(pg_temp.import('confirm => ''DELETE''')), 'applied', 'and are confirmed');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'every row of every table is what it was, secrets included');
SELECT pg_temp.wipe();
SELECT is(pg_temp.told(pg_temp.import()), 'applied', 'a wiped customer comes back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'as it was');
SELECT is(pg_temp.told(pg_temp.import('datasets => ''{products}''')), 'unchanged', 'a part of it may be imported');
SELECT is(pg_temp.told(pg_temp.import(name => 'part')), 'unchanged', 'and exported');

-- Written by another hand
INSERT INTO kept SELECT 'pretty', convert_to(jsonb_pretty(convert_from(file, 'UTF8')::jsonb), 'UTF8') FROM kept WHERE name = 'first';
SELECT is(pg_temp.told(pg_temp.import(name => 'pretty')), 'unchanged', 'one that jsonb has put in its own order, and pretty, is the same');
INSERT INTO kept SELECT 'marked', '\xEFBBBF0A20'::bytea || file FROM kept WHERE name = 'first';
SELECT is(pg_temp.told(pg_temp.import(name => 'marked')), 'unchanged', 'a byte order mark and white space may stand in front');
SELECT is(pg_temp.told(pg_temp.edited('"account_name":"North"', '"account_name":"N\u006Frth"')), 'unchanged', 'escapes mean their characters');
SELECT is(pg_temp.told(pg_temp.edited('"revenue":10.00', '"revenue":1.0e1')), 'unchanged', 'a number is what it says, however it is written');
SELECT is(pg_temp.told(pg_temp.edited('"revenue":10.00', '"revenue":"10"')), 'unchanged', 'also as a string');
SELECT is(pg_temp.told(pg_temp.edited('"kpi_id":1,', '"kpi_id":"1",')), 'unchanged', 'a key too');
SELECT is(pg_temp.told(pg_temp.edited('"datasets":{', '"note":{"by":["me",1.5,null]},"datasets":{')), 'unchanged', 'members of one''s own beside the data sets are ignored');

-- Edits
SAVEPOINT before_edits;
SELECT is(pg_temp.told(pg_temp.edited('"account_name":"South"', '"account_name":"\"South\""')), 'applied', 'a text may have quotes of its own');
SELECT is((SELECT account_name FROM accounts WHERE account_id = 2), '"South"', 'and means exactly itself');
SELECT is(pg_temp.told(pg_temp.edited('"revenue":10.00', '"revenue":123456789012.25')), 'applied', 'a number of more digits than a spreadsheet has');
SELECT is((SELECT revenue FROM accounts WHERE account_id = 1), 123456789012.25, 'is taken exactly');
ROLLBACK TO before_edits;
SELECT is(pg_temp.told(pg_temp.edited('{"id":1,"feature_name"', '{"id":null,"feature_name"')), 'unchanged', 'a row without its id is recognised by its name');

-- Refusals: each says where and why, and nothing changes
SELECT matches(pg_temp.told(pg_temp.import(name => 'theirs')), '^denied: the file was exported for another customer', 'another customer''s document');
SELECT matches(pg_temp.told(pg_temp.edited('"id":"1"', '"id":"2"')), '^rejected: data set "rehydra": .*SHA-256', 'a document that was made out to be another customer''s');
SELECT matches(pg_temp.told(pg_temp.edited('"version":2', '"version":3')), '^rejected: .*version 3, newer', 'one of a newer version');
SELECT matches(pg_temp.told(pg_temp.edited('"revenue":0.10', '"revenue":"much"')), '^rejected: data set "accounts", row 3, column "revenue": "much" is not a value of type numeric', 'a value that is none');
SELECT is(pg_temp.edited('"revenue":0.10', '"revenue":"much"') #>> '{errors,0,cell}', 'row 3', 'a document has no cells: the place is the row of the list');
SELECT matches(pg_temp.told(pg_temp.edited('"revenue":0.10', '"revenue":{"a":1}')), '^rejected: data set "accounts", row 3, column "revenue": an object or a list', 'an object for a value');
SELECT matches(pg_temp.told(pg_temp.edited('"revenue":0.10,', '')), '^rejected: data set "accounts", row 3, column "revenue": the row lacks a member', 'a member missing in a row');
SELECT matches(pg_temp.told(pg_temp.edited('"revenue":0.10', '"revenue":0.10,"revenue":0.2')), '^rejected: data set "accounts", row 3, column "revenue": the row has this member twice', 'a member twice');
SELECT matches(pg_temp.told(pg_temp.edited('"revenue":0.10', '"revenue":0.10,"mine":0.2')), '^rejected: data set "accounts", row 3, column "mine": .*first row', 'a member of one row alone');
SELECT matches(pg_temp.told(pg_temp.edited('"trend_id":', '"trend":')), '^rejected: data set "health_trends", row 1, column "trend_id": column "trend_id" is missing', 'a column under another name');
SELECT matches(pg_temp.told(pg_temp.edited('"account_name":"South"', '"account_name":"a\u0000b"')), '^rejected: data set "accounts", row 2, column "account_name": the text holds a NUL', 'U+0000');
SELECT matches(pg_temp.told(pg_temp.edited('"account_name":"South"', '"account_name":"\ud800"')), '^rejected: .*line [0-9]+, character [0-9]+: .*escape', 'half a surrogate pair');
SELECT matches(pg_temp.told(pg_temp.edited('"products":[', '"accounts":[],"products":[')), '^rejected: .*"accounts".*twice', 'a data set twice');
SELECT matches(pg_temp.told(pg_temp.edited('"products":[', '"produce":[')), '^rejected: data set "products": data set "products" is missing', 'a data set missing');
SELECT matches(pg_temp.told(pg_temp.edited('"seal":', '"zeal":')), '^rejected: the document has no .*"seal"', 'no seal');
INSERT INTO kept SELECT 'cut', substr(file, 1, length(file) / 2) FROM kept WHERE name = 'first';
SELECT matches(pg_temp.told(pg_temp.import(name => 'cut')), '^rejected: the document is not valid at line', 'half a document');
SELECT is(pg_temp.digest('1', true) || pg_temp.digest('2', true), (SELECT pg_temp.digest('1', true) || (others -> 0) FROM at_first), 'nobody else''s row has a new version');

-- Tables and columns whose names differ in case alone: what is not there is not looked for in what is like it
CREATE SCHEMA alike;
GRANT USAGE ON SCHEMA alike TO PUBLIC;
CREATE TABLE alike."Table" (id int PRIMARY KEY, tenant int NOT NULL, "a" text, "A" text);
CREATE TABLE alike."TABLE" (LIKE alike."Table" INCLUDING ALL);
INSERT INTO alike."Table" VALUES (1, 1, 'a', 'A'), (2, 2, 'a', 'A');
INSERT INTO alike."TABLE" VALUES (11, 1, 'b', 'B'), (12, 2, 'b', 'B');
SELECT count(*) AS registered FROM rehydra_register_schema('alike', tenant_column => 'tenant', model => 'alike') \gset
INSERT INTO kept VALUES ('alike', rehydra_export(1, 'json', options => '{"model": "alike"}'));
CREATE TEMP TABLE alike_first AS SELECT (SELECT string_agg(t::text, '') FROM alike."Table" t) || (SELECT string_agg(t::text, '') FROM alike."TABLE" t) AS rows;
CREATE FUNCTION pg_temp.alike(what text, becomes text) RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.told(rehydra_import(convert_to(replace(pg_temp.document('alike'), what, becomes), 'UTF8'), customer_id => '1', confirm => 'DELETE', options => '{"model": "alike", "max_delete": 1}')) $$;
SELECT is(pg_temp.alike('', ''), 'unchanged', 'they come back');
SELECT matches(pg_temp.alike('"Table":[', '"Stool":['), '^rejected: data set "Table": data set "Table" is missing', 'a data set that is missing is not another one, whose name is like its');
SELECT matches(pg_temp.alike('"Table":[', '"table":['), '^rejected: data set "Table": data set "Table" is missing', 'nor one whose name is like both');
SELECT matches(pg_temp.alike('"a":', '"A ":'), '^rejected: data set "(Table|TABLE)", row 1, column "a": column "a" is missing', 'a member whose name is like two columns is neither');
SELECT is((SELECT string_agg(t::text, '') FROM alike."Table" t) || (SELECT string_agg(t::text, '') FROM alike."TABLE" t), (SELECT rows FROM alike_first), 'no row has changed');
SELECT is(pg_temp.alike('"a":', '"a" :'), 'unchanged', 'what is the same is what it was');

SELECT * FROM finish();
ROLLBACK;
