-- rehydra: an import of a large file says so, from a size that is a setting.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(5);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer VALUES (1, 'One');
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'id') \g /dev/null
CREATE TEMPORARY TABLE file AS SELECT rehydra_export('1', format => 'json') AS data;
SELECT is(current_setting('rehydra.large_input_bytes'), '100MB', 'large is what has 100 MB');
SELECT is(rehydra_import(data, customer_id => '1') -> 'warnings', '[]', 'a small file is none') FROM file;
-- A document may have as much white space behind it as one likes.
UPDATE file SET data = data || convert_to(repeat(' ', 1024 - length(data) % 1024), 'UTF8');
SELECT set_config('rehydra.large_input_bytes', length(data) / 1024 || 'kB', true) FROM file \g /dev/null
SELECT matches(rehydra_import(data, customer_id => '1') #>> '{warnings,0}', '^the file is large \([0-9,]+ bytes; rehydra.max_input_bytes allows 536,870,912\)',
  'a file of that size is') FROM file;
SELECT is(rehydra_import(data, customer_id => '1') ->> 'status', 'unchanged', 'and imported all the same') FROM file;
SELECT is(rehydra_import(substr(data, 1, length(data) - 1), customer_id => '1') -> 'warnings', '[]', 'one byte less is none') FROM file;
SELECT * FROM finish();
ROLLBACK;
