-- Registration: what set-up functions write into the registry, and what they refuse.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(47);

CREATE SCHEMA "The Shop";
SET LOCAL search_path = "The Shop", public;
CREATE TABLE tenants (id uuid PRIMARY KEY, name text);
CREATE TABLE orders (tenant uuid NOT NULL REFERENCES tenants, "order no" int, note text, token text, PRIMARY KEY (tenant, "order no"));
CREATE TABLE lines (line int PRIMARY KEY, tenant uuid, "order no" int, replaces_id int REFERENCES lines, backup_id int REFERENCES lines,
                    twice int GENERATED ALWAYS AS (line * 2) STORED, FOREIGN KEY (tenant, "order no") REFERENCES orders);
CREATE TABLE details (detail int PRIMARY KEY, line_id int NOT NULL REFERENCES lines);
CREATE TABLE heap (tenant uuid, a int);
CREATE TABLE loose (tenant uuid, a int NOT NULL, b int);
CREATE UNIQUE INDEX ON loose (b);
CREATE TABLE parted (tenant uuid NOT NULL, a int NOT NULL, PRIMARY KEY (tenant, a)) PARTITION BY LIST (tenant);
CREATE TABLE late (tenant uuid, a int PRIMARY KEY DEFERRABLE);
CREATE VIEW seen AS SELECT * FROM orders;
CREATE TEMP TABLE passing (tenant uuid, a int PRIMARY KEY);

SELECT lives_ok($$SELECT rehydra.add_model('shop', 'uuid', 'existing')$$, 'a model is registered');
SELECT throws_ok($$SELECT rehydra.add_model('bad', 'no_such_type')$$, '42704', NULL, 'a tenant type that does not exist is refused');
SELECT throws_ok($$SELECT rehydra.add_model('bad', 'uuid', 'none')$$, '23514', NULL, 'an isolation that does not exist is refused');

-- Tables
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'tenants', 'own', tenant_column => 'id')$$, 'the tenant''s own row is registered');
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'orders', tenant_column => 'tenant', match_keys => '[["note"]]', secret_columns => '{token}')$$, 'a table is registered');
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'lines', tenant_reference => 'order')$$, 'a table is registered before the reference that leads to its tenant');
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'details', tenant_reference => 'line')$$, 'a table two steps from its tenant is registered');
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'parted', tenant_column => 'tenant')$$, 'a partitioned table is registered');
SELECT row_eq($$SELECT schema_name, relation_oid, key_columns FROM rehydra.datasets WHERE model = 'shop' AND dataset = 'orders'$$,
  ROW('The Shop'::name, '"The Shop".orders'::regclass::oid, '{tenant,"order no"}'::text[]), 'schema, oid and primary key come from the catalog');
SELECT is((SELECT array_agg(dataset ORDER BY position) FROM rehydra.datasets WHERE model = 'shop'), '{tenants,orders,lines,details,parted}', 'data sets keep the order of their registration');
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'orders', tenant_column => 'tenant', secret_columns => '{token}')$$, 'a table can be registered again');
SELECT row_eq($$SELECT position, match_keys FROM rehydra.datasets WHERE model = 'shop' AND dataset = 'orders'$$, ROW(2, '[]'::jsonb), 'and keeps its place');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'seen', tenant_column => 'tenant', key_columns => '{tenant}')$$, '42809', NULL, 'a view is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'passing', tenant_column => 'tenant')$$, '42809', NULL, 'a temporary table is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'heap', role => 'own', tenant_column => 'tenant')$$, '42P16', NULL, 'a tenant''s own row without a primary key is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'loose', tenant_column => 'tenant', key_columns => '{a}')$$, '42P16', NULL, 'a key that is not unique is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'loose', tenant_column => 'tenant', key_columns => '{b}')$$, '42P16', NULL, 'a key that can be NULL is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'details', tenant_reference => 'line', key_columns => '{detail,line_id}')$$, '42P16', NULL, 'a key wider than its index is refused');
SELECT is(rehydra.has_unique_index('late', '{a}'), false, 'a key that is checked later is told apart');
SELECT lives_ok($$SELECT rehydra.check_key('late', '{a}')$$, 'and taken');
CREATE UNIQUE INDEX ON late (a);
SELECT is(rehydra.has_unique_index('late', '{a}'), true, 'unless another index checks it at once');
SELECT lives_ok($$SELECT rehydra.add_dataset('shop', 'heap', 'left_out', reason => 'scratch')$$, 'a table without a key can be left out');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'orders', tenant_column => 'customer')$$, '42703', NULL, 'a tenant column that does not exist is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'orders', tenant_column => 'tenant', match_keys => '[["nope"]]')$$, '42703', NULL, 'a match key that does not exist is refused');
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'orders', tenant_column => 'tenant', secret_columns => '{nope}')$$, '42703', NULL, 'a secret that does not exist is refused');
CREATE SCHEMA branch;
CREATE TABLE branch.orders (tenant uuid, a int PRIMARY KEY);
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'branch.orders', tenant_column => 'tenant')$$, '42710', NULL, 'a table of the same name in another schema is refused');

-- What Citus keeps its distributed tables in; found by name, so that an empty shell of it will do.
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('loose');
SET LOCAL allow_system_table_mods = off;
SELECT throws_ok($$SELECT rehydra.add_dataset('shop', 'loose', 'left_out')$$, '0A000', NULL, 'a distributed table is refused');

-- References
SELECT throws_ok($$SELECT rehydra.check_model('shop')$$, '42P17', NULL, 'a table that leads to no tenant is found');
SELECT lives_ok($$SELECT rehydra.add_reference('shop', 'lines', 'order', '{tenant,"order no"}', 'orders')$$, 'a reference is declared; its target is the primary key');
SELECT throws_ok($$SELECT rehydra.add_reference('shop', 'lines', 'bad', '{tenant}', 'orders')$$, '42830', NULL, 'a reference of another length than its target is refused');
SELECT throws_ok($$SELECT rehydra.add_reference('shop', 'lines', 'bad', '{nope}', 'tenants')$$, '42703', NULL, 'a reference from a column that does not exist is refused');
SELECT throws_ok($$SELECT rehydra.add_reference('shop', 'lines', 'bad', '{line}', 'nowhere')$$, '42704', NULL, 'a reference to a table that is not registered is refused');
SELECT rehydra.add_foreign_keys('shop');
SELECT rehydra.add_foreign_keys('shop');
SELECT results_eq($$SELECT dataset, reference, columns, parent, parent_columns FROM rehydra.dataset_references WHERE model = 'shop' ORDER BY 1, 2$$,
  $$VALUES ('details', 'line', '{line_id}'::text[], 'lines', '{line}'::text[]), ('lines', 'backup', '{backup_id}', 'lines', '{line}'),
           ('lines', 'order', '{tenant,"order no"}', 'orders', '{tenant,"order no"}'), ('lines', 'replaces', '{replaces_id}', 'lines', '{line}')$$,
  'foreign keys are found and named after their columns; declared ones and those to the tenant are not repeated');

-- Sheets
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'orders', 'Orders', '[{"header": "No", "column": "order no"}, {"header": " NO ", "column": "note"}]')$$, '42701', NULL,
  'two headers that differ in case and space alone are refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'orders', 'Orders', '[{"header": "T", "column": "tenant"}]')$$, '22023', NULL, 'the tenant column on a sheet is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'orders', 'Orders', '[{"header": "T", "column": "token"}]')$$, '22023', NULL, 'a secret on a sheet is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'lines', 'Lines', '[{"header": "T", "column": "twice"}]')$$, '22023', NULL, 'a generated column on a sheet is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'lines', 'Lines', '[{"header": "N", "reference": "order", "column": "nope"}]')$$, '42703', NULL, 'a parent''s column that does not exist is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'lines', 'Lines', '[{"header": "N", "reference": "nope", "column": "note"}]')$$, '42704', NULL, 'a reference that is not declared is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'lines', 'Lines', '[{"header": "N", "expression": "t.nope"}]')$$, '42703', NULL, 'an expression that cannot be understood is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'lines', 'export metadata', '[{"header": "L", "column": "line"}]')$$, '42710', NULL, 'the name of the metadata sheet is refused');
SELECT throws_ok($$SELECT rehydra.add_sheet('shop', 'lines', '_rehydra', '[{"header": "L", "column": "line"}]')$$, '23514', NULL, 'names that start with an underscore are refused');

SELECT rehydra.add_sheet('shop', 'tenants', 'Tenant', '[{"header": "Name", "column": "name"}]');
SELECT rehydra.add_sheet('shop', 'orders', 'Orders', '[{"header": " No ", "column": "order no"}, {"header": "Lines", "expression": "(SELECT count(*) FROM \"The Shop\".lines l WHERE l.tenant = t.tenant)"}]');
SELECT rehydra.add_sheet('shop', 'lines', 'Lines', '[{"header": "Line", "column": "line"}, {"header": "Note", "reference": "order", "column": "note"}]');
SELECT rehydra.add_sheet('shop', 'parted', 'Parted', '[{"header": "A", "column": "a"}]');
SELECT results_eq($$SELECT header, kind FROM rehydra.sheet_columns WHERE model = 'shop' AND sheet IN ('Orders', 'Lines') ORDER BY sheet, position$$,
  $$VALUES ('Line', 'data'), ('Note', 'display'), ('No', 'data'), ('Lines', 'display')$$, 'columns of the table are data, others are for the reader only');
SELECT throws_ok($$SELECT rehydra.check_model('shop')$$, '42P17', NULL, 'a data set without a sheet is found');
SELECT rehydra.add_sheet('shop', 'details', 'Details', '[{"header": "Line", "column": "line_id"}]');
SELECT throws_ok($$SELECT rehydra.check_model('shop')$$, '42P17', NULL, 'a sheet without its key is found');
SELECT rehydra.add_sheet('shop', 'details', 'Details', '[{"header": "Detail", "column": "detail"}, {"header": "Line", "column": "line_id"}]');
SELECT lives_ok($$SELECT rehydra.check_model('shop')$$, 'a model that can work passes');

-- Words that became keywords up to PostgreSQL 18, in its list of those that no parameter may be called: a script that runs here has to run there.
SELECT is_empty($$SELECT p.proname, argument FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'rehydra' CROSS JOIN unnest(p.proargnames) AS argument
  WHERE argument = ANY ('{json,json_array,json_arrayagg,json_exists,json_object,json_objectagg,json_query,json_scalar,json_serialize,json_table,json_value,merge_action,system_user}')$$,
  'no function of the extension has a parameter whose name newer servers refuse');

SELECT * FROM finish();
ROLLBACK;
