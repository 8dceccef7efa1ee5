-- A session that imports: what people call, see and are told. Rolled back as a whole.
\set ON_ERROR_ROLLBACK on
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT count(*) > 0 AS installed FROM rehydra_install_preset('customer_success', 'shop');
INSERT INTO shop.customers (customer_id, customer_name) VALUES (1, 'Acme'), (2, 'Umbrella');
INSERT INTO shop.users (user_id, customer_id, user_name, email) VALUES (1, 1, 'ada', 'ada@acme');
INSERT INTO shop.accounts (account_id, customer_id, account_name) VALUES (1, 1, 'North'), (2, 1, 'South'), (3, 2, 'East');
INSERT INTO shop.products (product_id, account_id, customer_id, product_name) VALUES (1, 1, 1, 'Widget'), (2, 1, 1, 'Gadget');
CREATE ROLE session_of_shop IN ROLE rehydra_exporter, rehydra_importer, rehydra_restorer;
GRANT USAGE ON SCHEMA shop TO session_of_shop;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO session_of_shop;
SET LOCAL ROLE session_of_shop;
SET LOCAL rehydra.tenant = '1';
CREATE TEMP TABLE upload AS SELECT rehydra_export() AS file;

-- The unedited file has nothing to do.
SELECT r ->> 'status' AS status, r -> 'error_count' AS errors, r ->> 'snapshot_id' AS snapshot FROM upload, rehydra_import(file) AS r;

-- Meanwhile, in the application.
UPDATE shop.accounts SET account_name = 'Nrth' WHERE account_id = 1;
UPDATE shop.products SET product_name = CASE product_id WHEN 1 THEN 'Gizmo' ELSE 'Widget' END;
DELETE FROM shop.accounts WHERE account_id = 2;
INSERT INTO shop.products (product_id, account_id, customer_id, product_name) VALUES (3, 1, 1, 'Doodad');

-- What would happen, in numbers.
SELECT dataset, in_tenant, in_file, to_insert, to_update, to_delete, unchanged FROM upload, rehydra_preview(file) WHERE to_insert + to_update + to_delete > 0;

-- Rows would go: it asks first.
SELECT r ->> 'status' AS status, length(r ->> 'token') AS token FROM upload, rehydra_import(file) AS r;
SELECT r ->> 'status' AS status, r ->> 'checked' AS checked FROM upload, rehydra_import(file, dry_run => true) AS r;
SELECT r ->> 'status' AS status, r ->> 'snapshot_id' IS NOT NULL AS snapshot, r -> 'side_effects' AS side_effects FROM upload, rehydra_import(file, confirm => 'DELETE') AS r;
SELECT account_id, account_name FROM shop.accounts ORDER BY 1;
SELECT product_id, product_name FROM shop.products ORDER BY 1;
SELECT kind, mode, dry_run, outcome, sqlstate, effective_role, detail FROM rehydra.activity_log WHERE kind <> 'export' ORDER BY at;

-- And undone: the snapshot that the import took.
SELECT r ->> 'status' AS status FROM rehydra.snapshots, rehydra_restore(snapshot_id, confirm => 'DELETE') AS r;
SELECT product_id, product_name FROM shop.products ORDER BY product_id;

-- A merge never deletes.
SELECT r ->> 'status' AS status FROM upload, rehydra_import(file, mode => 'merge') AS r;
SELECT product_name FROM shop.products ORDER BY product_id;

-- An account that a note points at cannot go.
INSERT INTO shop.accounts (account_id, customer_id, account_name) VALUES (9, 1, 'New');
RESET ROLE;
INSERT INTO shop.account_notes (account_id, customer_id, note_type, note_content, created_by) VALUES (9, 1, 'call', 'x', 1);
SET LOCAL ROLE session_of_shop;
SELECT dataset, to_delete, blocked FROM upload, rehydra_preview(file) WHERE blocked > 0;
SELECT r ->> 'status' AS status FROM upload, rehydra_import(file, confirm => 'DELETE') AS r;
SELECT rehydra_import(file, confirm => 'DELETE', options => '{"raise": true}') FROM upload;

-- It acts for no other.
SET LOCAL rehydra.tenant = '2';
SELECT r ->> 'status' AS status FROM upload, rehydra_import(file, confirm => 'DELETE') AS r;
SELECT count(*) FROM upload, rehydra_preview(file);
SELECT r ->> 'status' AS status FROM upload, rehydra_import(file, customer_id => '1') AS r;

-- What is not understood is named, with what there is.
SET LOCAL rehydra.tenant = '1';
SELECT rehydra_import(file, mode => 'overwrite') FROM upload;
SELECT rehydra_import(file, datasets => '{account}') FROM upload;
SELECT rehydra_import(file, options => '{"max_delete": 7}') FROM upload;
SELECT rehydra_import(file, options => '{"missing_columns": "drop"}') FROM upload;
SELECT rehydra_import(NULL);
SELECT r ->> 'status' AS status FROM rehydra_import('not a workbook') AS r;
SELECT r ->> 'status' AS status FROM upload, rehydra_import(substr(file, 1, 5000)) AS r;

-- A rule of the application's own is found before anything changes; what only the database knows, when it says so.
RESET ROLE;
DELETE FROM shop.account_notes;
UPDATE shop.accounts SET account_name = 'Nrth' WHERE account_id = 1;
ALTER TABLE shop.accounts ADD CONSTRAINT no_north CHECK (account_name <> 'North');
SET LOCAL ROLE session_of_shop;
SELECT r ->> 'status' AS status FROM upload, rehydra_import(file, confirm => 'DELETE') AS r;
RESET ROLE;
ALTER TABLE shop.accounts DROP CONSTRAINT no_north;
CREATE UNIQUE INDEX one_compass ON shop.accounts ((account_name IN ('North', 'South'))) WHERE account_name IN ('North', 'South');
SELECT r ->> 'status' AS status, r #>> '{errors,0,sqlstate}' AS sqlstate FROM upload, rehydra_import(file, customer_id => '1', confirm => 'DELETE') AS r;
SELECT account_name FROM shop.accounts ORDER BY account_id;
ROLLBACK;
