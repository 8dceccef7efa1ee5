-- rehydra: renamed tables, schemas and columns are followed, files and snapshots of before still fit; what is gone is named, never left out.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(35);
\ir import_shop.psql
ALTER TABLE items ADD COLUMN token text;
UPDATE items SET token = 'secret of ' || id;
SELECT rehydra.add_dataset('shop', 'items', tenant_column => 'tenant', secret_columns => '{token}', match_keys => '[["code"]]');
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "id"}, {"header": "Code", "column": "code"}, {"header": "Node", "column": "node_id"},
  {"header": "Node name", "reference": "node", "column": "name"}, {"header": "Quantity", "column": "qty"}]');
SELECT rehydra.protect('shop');
SELECT pg_temp.keep('first');
SELECT rehydra_snapshot('1') AS snapshot \gset

-- Tables and schemas
ALTER TABLE items RENAME TO articles;
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'a renamed table is followed: a file of before fits');
SELECT row_eq($$SELECT dataset, table_name FROM rehydra.datasets WHERE relation_oid = 'shop.articles'::regclass$$, ROW('items'::text, 'articles'::name), 'the data set keeps its name');
ALTER SCHEMA shop RENAME TO market;
SET LOCAL search_path = market, public;
SELECT set_eq($$SELECT dataset, was, now FROM rehydra_follow_renames() WHERE kind = 'table'$$,
  $$VALUES ('items', 'shop.articles', 'market.articles'), ('nodes', 'shop.nodes', 'market.nodes'), ('shared_kinds', 'shop.shared_kinds', 'market.shared_kinds'), ('things', 'shop.things', 'market.things')$$,
  'a renamed schema is followed when asked, which says so');
SELECT is_empty($$SELECT * FROM rehydra_follow_renames()$$, 'once');
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'and the file fits');
ALTER TABLE things RENAME TO things_before;
CREATE TABLE things (id int PRIMARY KEY, tenant int, kind_id int, label text);
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'a new table under the old name is not taken for it');
DROP TABLE things;
ALTER TABLE things_before RENAME TO things;

-- Columns of every part: key, tenant, reference and its target, match key, secret, plain, display
ALTER TABLE articles RENAME COLUMN id TO article_id;
ALTER TABLE articles RENAME COLUMN tenant TO customer;
ALTER TABLE articles RENAME COLUMN node_id TO node;
ALTER TABLE articles RENAME COLUMN code TO sku;
ALTER TABLE articles RENAME COLUMN token TO api_key;
ALTER TABLE articles RENAME COLUMN qty TO quantity;
ALTER TABLE nodes RENAME COLUMN id TO node_id;
ALTER TABLE nodes RENAME COLUMN name TO title;
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'renamed columns are followed: a file of before fits');
SELECT row_eq($$SELECT key_columns, tenant_column, match_keys, secret_columns FROM rehydra.datasets WHERE dataset = 'items'$$,
  ROW('{article_id}'::text[], 'customer'::text, '[["sku"]]'::jsonb, '{api_key}'::text[]), 'key, tenant column, match keys and secrets have the new names');
SELECT row_eq($$SELECT columns, parent_columns FROM rehydra.dataset_references WHERE dataset = 'items'$$, ROW('{node}'::text[], '{node_id}'::text[]), 'references too');
SELECT set_eq($$SELECT header, column_name FROM rehydra.sheet_columns WHERE sheet = 'Items'$$,
  $$VALUES ('ID', 'article_id'), ('Code', 'sku'), ('Node', 'node'), ('Node name', 'title'), ('Quantity', 'quantity')$$, 'and the sheet, whose headers stay');
SELECT set_has($$SELECT alias, column_name FROM rehydra.column_aliases WHERE dataset = 'items'$$, $$VALUES ('qty', 'quantity'), ('token', 'api_key')$$, 'old names are kept');
UPDATE articles SET quantity = 99, sku = sku || '?' WHERE customer = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a file of before brings values back');
SELECT results_eq('SELECT quantity FROM articles WHERE customer = 1 ORDER BY article_id', 'VALUES (1), (2), (NULL), (4)', 'into the renamed columns');
DELETE FROM articles WHERE customer = 1;
SELECT is(pg_temp.outcome(rehydra_restore(:'snapshot', confirm => 'DELETE')), 'applied', 'a snapshot of before is restored');
SELECT results_eq('SELECT quantity, sku::text, api_key FROM articles WHERE customer = 1 ORDER BY article_id',
  $$VALUES (1, 'A', 'secret of 1'), (2, 'B', 'secret of 2'), (NULL, 'C', 'secret of 3'), (4, NULL, 'secret of 4')$$, 'secrets included');
DELETE FROM articles WHERE article_id = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a row of the file whose secret is in a snapshot of before');
SELECT is((SELECT api_key FROM articles WHERE article_id = 1), 'secret of 1', 'gets it back');
ALTER TABLE articles RENAME COLUMN quantity TO amount;
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'a column renamed twice is found by its first name');

-- Two columns that exchange their names: what is older means the one that had it then
ALTER TABLE nodes ADD COLUMN low int, ADD COLUMN high int;
UPDATE nodes SET low = 1, high = 9;
SELECT rehydra.add_sheet('shop', 'nodes', 'Nodes', '[{"header": "ID", "column": "node_id"}, {"header": "Category", "column": "category"}, {"header": "Position", "column": "position"},
  {"header": "Low", "column": "low"}, {"header": "High", "column": "high"}]');
SELECT pg_temp.keep('low and high');
ALTER TABLE nodes RENAME COLUMN low TO x;
ALTER TABLE nodes RENAME COLUMN high TO low;
ALTER TABLE nodes RENAME COLUMN x TO high;
SELECT set_eq($$SELECT was, now FROM rehydra_follow_renames()$$, $$VALUES ('low', 'high'), ('high', 'low')$$, 'columns that exchanged their names');
-- Inside of one transaction there is one moment: the file must be older.
UPDATE rehydra.column_aliases SET until = now() + interval '1 hour' WHERE alias IN ('low', 'high');
SELECT is(pg_temp.outcome(pg_temp.import('low and high')), 'unchanged', 'are told apart in a file of before');

-- Gone
SAVEPOINT there;
ALTER TABLE articles DROP COLUMN amount;
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42704', 'table "market"."articles" has no column "amount" any more', 'a dropped column of a sheet is named, not left out');
SELECT is(pg_temp.outcome(pg_temp.import()), 'rejected table "market"."articles" has no column "amount" any more', 'by an import too');
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "article_id"}, {"header": "Code", "column": "sku"}, {"header": "Node", "column": "node"}]');
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'registered again without it, the rest of the file fits');
SELECT ok(pg_temp.import() -> 'warnings' @> '["sheet \"Items\": column \"Quantity\" was left out, its table has no such column any more"]', 'and the report says what was left out');
ROLLBACK TO there;
ALTER TABLE articles DROP COLUMN amount;
ALTER TABLE articles RENAME COLUMN node TO amount;
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42704', 'column "amount" of table market.articles was dropped, and another column took its name', 'another column under a dropped one''s name is not taken for it');
ROLLBACK TO there;
ALTER TABLE articles DROP COLUMN amount;
ALTER TABLE articles ADD COLUMN counted int;
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "article_id"}, {"header": "Code", "column": "sku"}, {"header": "Node", "column": "node"}, {"header": "Counted", "column": "counted"}]');
SELECT lives_ok($$SELECT rehydra_add_alias('items', 'qty', 'counted')$$, 'a column made anew under another name can be said to be the old one');
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'and takes the old file''s values');
SELECT results_eq('SELECT counted FROM articles WHERE customer = 1 ORDER BY article_id', 'VALUES (1), (2), (NULL), (4)', 'all of them');
SELECT throws_ok($$SELECT rehydra_add_alias('items', 'qty', 'nope')$$, '42703', NULL, 'an alias of a column that does not exist is refused');
ROLLBACK TO there;
DROP TABLE things;
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42704', 'table "market"."things" of data set "things" does not exist any more', 'a dropped table is named, not left out');
CREATE TABLE things (id serial PRIMARY KEY, tenant int NOT NULL, kind_id int NOT NULL REFERENCES shared_kinds, label text);
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', 'row level security does not guard table "market"."things" for role "rehydra_worker"', 'made again by its owner, it is the table, but not guarded');
SELECT rehydra.protect('shop');
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'protected again, it takes its rows');
SELECT is((SELECT count(*) FROM things), 2::bigint, 'all of them');
DROP TABLE things;
CREATE ROLE somebody_else;
GRANT CREATE ON SCHEMA market TO somebody_else;
CREATE TABLE things (id serial PRIMARY KEY, tenant int NOT NULL, kind_id int NOT NULL, label text);
ALTER TABLE things OWNER TO somebody_else;
SELECT throws_ok($$SELECT rehydra_export('1')$$, '42501', 'table "market"."things" is not the table that was registered', 'made again by somebody else, it is not');
DROP TABLE things;
DELETE FROM rehydra.datasets WHERE dataset = 'things';
SELECT ok(pg_temp.import() -> 'warnings' @> '["data set \"things\" of the file is not registered: left out"]', 'taken out of the model, the rest of a file is imported, and the report says so');

SELECT * FROM finish();
ROLLBACK;
