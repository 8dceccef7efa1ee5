-- Chains of rows that each hang on the one before, and many rows of one match value: as long and as many as the file has.
BEGIN;
SET LOCAL client_min_messages = error;
-- What takes a pass a link, or a pair a row, does not end in this time.
SET LOCAL statement_timeout = '60s';
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(12);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer VALUES (1, 'One'), (2, 'Two');
CREATE TABLE node (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, parent_id int REFERENCES node DEFERRABLE, weight int CHECK (weight < 100), code text);
CREATE TABLE leaf (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, node_id int NOT NULL REFERENCES node);
INSERT INTO node SELECT n, 1, NULLIF(n - 1, 0), 1, 'c' || n FROM generate_series(1, 10000) n;
INSERT INTO node VALUES (20001, 1, NULL, 1, 'other'), (20002, 1, 20001, 1, 'below');
INSERT INTO leaf SELECT n, 1, n FROM generate_series(1, 10000, 1000) n;
INSERT INTO leaf VALUES (20002, 1, 20002);
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'customer_id') \g /dev/null
CREATE TEMPORARY TABLE file AS SELECT convert_from(rehydra_export('1', format => 'json'), 'UTF8')::jsonb AS content;
DELETE FROM leaf;
DELETE FROM node;
CREATE TEMPORARY TABLE report (r jsonb);
INSERT INTO report SELECT rehydra_import(convert_to(jsonb_set(content, '{datasets,node,0,weight}', '100')::text, 'UTF8'), mode => 'merge', customer_id => '1', on_error => 'skip',
  options => '{"policy": {"reject_limit": 20000}}') FROM file;
SELECT is(r ->> 'status', 'applied_with_rejects', 'the first of 10,000 is bad, and all hang on it') FROM report;
SELECT is((SELECT (d ->> 'rejected') || ' ' || (d ->> 'inserted') FROM report, jsonb_array_elements(r -> 'datasets') d WHERE d ->> 'name' = 'node'), '10000 2', 'all of them are rejected, the others come');
SELECT is((SELECT (d ->> 'rejected') || ' ' || (d ->> 'inserted') FROM report, jsonb_array_elements(r -> 'datasets') d WHERE d ->> 'name' = 'leaf'), '10 1', 'and what hangs on these');
SELECT is((r ->> 'error_count')::int, 10010, 'an error each') FROM report;
SELECT results_eq('SELECT id, parent_id FROM node ORDER BY id', $$VALUES (20001, NULL), (20002, 20001)$$, 'the database holds what was left');
-- A parent that is stored keeps its children.
INSERT INTO node VALUES (5000, 1, NULL, 1, 'c5000');
UPDATE report SET r = rehydra_import(convert_to(jsonb_set(content, '{datasets,node,0,weight}', '100')::text, 'UTF8'), mode => 'merge', customer_id => '1', on_error => 'skip',
  options => '{"policy": {"reject_limit": 20000}}') FROM file;
SELECT is((SELECT (d ->> 'rejected') || ' ' || (d ->> 'inserted') FROM report, jsonb_array_elements(r -> 'datasets') d WHERE d ->> 'name' = 'node'), '5000 5000', 'a row that is stored already stays, and those below it come');
SELECT is((SELECT parent_id FROM node WHERE id = 5000), NULL, 'it keeps what it has');
DELETE FROM leaf;
DELETE FROM node WHERE id < 20000;
UPDATE report SET r = rehydra_import(convert_to(jsonb_set(content, '{datasets,node,0,parent_id}', '77777')::text, 'UTF8'), mode => 'merge', customer_id => '1',
  options => '{"policy": {"references": {"node.parent_id": "skip"}, "orphans": "skip"}}') FROM file;
SELECT is((SELECT (d ->> 'skipped') || ' ' || (d ->> 'inserted') FROM report, jsonb_array_elements(r -> 'datasets') d WHERE d ->> 'name' = 'node'), '10000 0', 'a policy that leaves rows out leaves the chain out');

-- 5,000 rows of one value beside as many
DELETE FROM leaf;
DELETE FROM node;
INSERT INTO node SELECT 30000 + n, 1, NULL, 1, 'same' FROM generate_series(1, 5000) n;
UPDATE rehydra.datasets SET match_keys = '[["code"]]' WHERE dataset = 'node';
UPDATE file SET content = jsonb_set(jsonb_set(content, '{datasets,leaf}', '[]'), '{datasets,node}',
  (SELECT jsonb_agg(jsonb_build_object('id', n, 'parent_id', NULL, 'weight', 1, 'code', 'same')) FROM generate_series(1, 5000) n));
UPDATE report SET r = rehydra_import(convert_to(content::text, 'UTF8'), mode => 'merge', customer_id => '1') FROM file;
SELECT is((r ->> 'error_count')::int, 5000, 'an error a row, not a pair') FROM report;
SELECT matches(r #>> '{errors,0,message}', 'it is not clear which row it is: 30001; 30002; 30003; and 4997 more; data set "node", row 5000 is like it', 'that names some of those that it could be') FROM report;
SELECT is(r ->> 'status', 'rejected', 'nothing is guessed') FROM report;
UPDATE file SET content = jsonb_set(content, '{datasets,node}', (SELECT jsonb_agg(jsonb_build_object('id', n, 'parent_id', NULL, 'weight', 1, 'code', CASE WHEN n = 1 THEN 'one' ELSE 'new ' || n END)) FROM generate_series(1, 5000) n));
UPDATE node SET code = 'one' WHERE id = 30001;
UPDATE report SET r = rehydra_import(convert_to(content::text, 'UTF8'), mode => 'merge', customer_id => '1') FROM file;
SELECT is((SELECT concat_ws(' ', r ->> 'status', d ->> 'inserted', d ->> 'unchanged', r -> 'ids_changed') FROM report, jsonb_array_elements(r -> 'datasets') d WHERE d ->> 'name' = 'node'),
  'applied 4999 1 {"node": [{"new": "30001", "old": "1"}]}', 'a row that one stored row is like is that one');
SELECT * FROM finish();
ROLLBACK;
