-- rehydra_import of version-1 workbooks that are not acceptable: refused with the cell, and nothing is changed.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(34);
\ir version1.psql
CREATE TEMP TABLE before AS SELECT pg_temp.digest('3', true) AS one, pg_temp.digest('1', true) AS others;
CREATE FUNCTION pg_temp.refused(workbook text, message text, status text DEFAULT 'rejected') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN NEXT is(pg_temp.bring(workbook), status, 'refused: ' || replace(left(message, 60), E'\n', ' '));
  RETURN NEXT alike(pg_temp.errors(), message, 'placed and explained: ' || replace(left(message, 60), E'\n', ' '));
END
$$;

-- JSON cells hold literals: nothing is evaluated, called or looked up.
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D3=__import__('os').system('touch /tmp/x')"`
SELECT pg_temp.refused(:'edited', 'Feature Toggles D3: the cell holds neither JSON nor Python''s notation of it: a name or a sign stands where a value should, character 1');
SELECT is((pg_temp.last() #>> '{errors,0,value}'), '__import__(''os'').system(''touch /tmp/x'')', 'the report shows the cell');
\set edited `python3 test/data/version1/edit.py "Customer Profile Data!D3={'a': open('/etc/passwd').read()}" "Customer Config!C2={'a': 1 + 1}"`
SELECT pg_temp.refused(:'edited', E'Customer Config C2: %comma%character 9\nCustomer Profile Data D3: %a name or a sign%character 7');
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D3={'a', 'b'}" "Feature Toggles!D2={'a': nan}"`
SELECT pg_temp.refused(:'edited', E'Feature Toggles D2: %\nFeature Toggles D3: %a set has no counterpart in JSON%');
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D3=$(printf '%0200d' 0 | tr 0 '[')"`
SELECT pg_temp.refused(:'edited', 'Feature Toggles D3: the value is nested deeper than the 32 levels that rehydra.max_json_depth allows');
\set edited `python3 test/data/version1/edit.py 'Feature Toggles!D3@1=1+1'`
SELECT pg_temp.refused(:'edited', 'Feature Toggles D3: the cell holds a formula');

-- Other cells.
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!D6@#NAME?=Other()' 'Accounts Summary!C2@3=1+2' 'Products!G4=a lot' 'Feature Toggles!C3=perhaps' 'Playbook Executions!H2=2024-02-30 12:00:00'`
SELECT pg_temp.refused(:'edited', E'Accounts Summary C2: the cell holds a formula\nAccounts Summary D6: the cell holds a formula\nFeature Toggles C3: "perhaps" is not a value of type boolean\nPlaybook Executions H2: "2024-02-30 12:00:00" is not an existing time\nProducts G4: "a lot" is not a value of type numeric(15,2)');
\set edited `python3 test/data/version1/edit.py 'All KPIs!H2=a shorter text'`
SELECT pg_temp.refused(:'edited', 'All KPIs H2: the stored text is longer than a cell, so the cell holds only its beginning: an edit would lose the rest');
\set edited `python3 test/data/version1/edit.py 'Products!B2#1'`
SELECT pg_temp.refused(:'edited', 'Products B2: no row of "Accounts Summary" has the key 1');

-- The file as a whole.
\set edited `python3 test/data/version1/edit.py 'Export Metadata!A5=Customer ID: 1'`
SELECT pg_temp.refused(:'edited', ': the file was exported for another customer', 'denied');
\set edited `python3 test/data/version1/edit.py 'Export Metadata!A4=Export Version: 3'`
SELECT pg_temp.refused(:'edited', ': the file is a workbook of version 3 without a manifest, and model "customer_success" does not know that version');
\set edited `python3 test/data/version1/edit.py 'Export Metadata!A4=Export Version: 2'`
SELECT pg_temp.refused(:'edited', ': the workbook has no sheet "_rehydra"');
\set edited `python3 test/data/version1/edit.py '-Export Metadata'`
SELECT pg_temp.refused(:'edited', ': the workbook has no sheet "_rehydra"');
SELECT alike(pg_temp.last() #>> '{errors,0,hint}', '%"Export Metadata"%', 'and says what a version-1 workbook needs');
\set edited `python3 test/data/version1/edit.py '-Products'`
SELECT pg_temp.refused(:'edited', 'Products: sheet "Products" is missing');
\set edited `python3 test/data/version1/edit.py 'Products!G1=Turnover'`
SELECT pg_temp.refused(:'edited', 'Products: column "Revenue" is missing');

SELECT results_eq($$SELECT pg_temp.digest('3', true), pg_temp.digest('1', true)$$, $$SELECT one, others FROM before$$, 'nothing was changed by any of them');
-- A bad cell costs its row alone where rows may be left out.
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D3={'a', 'b'}" "Feature Toggles!D2={'left': 'edited'}"`
INSERT INTO report (r) SELECT rehydra_import(decode(:'edited', 'base64'), mode => 'merge', customer_id => '3', on_error => 'skip');
SELECT is(pg_temp.last() ->> 'status', 'applied_with_rejects', 'on_error => skip goes on behind a bad cell');
SELECT is(pg_temp.changes(), 'feature_toggles ~1 !1', 'the row is rejected, another one''s edit is taken');
SELECT isnt(pg_temp.last() #>> '{errors,0,row_key}', NULL, 'the error says which row it is');
SELECT * FROM finish();
ROLLBACK;
