-- rehydra_import of an edited version-1 workbook: what a person changed is changed, and nothing else.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(42);
\ir version1.psql

\set edited `python3 test/data/version1/edit.py 'Products!G4#125.5'`
SELECT is(pg_temp.bring(:'edited', 'replace') || ' ' || pg_temp.changes(), 'applied products ~1', 'one cell is one update');
SELECT is((SELECT revenue FROM products WHERE product_id = 47), 125.50, 'a number');
SELECT is(pg_temp.bring(:'edited'), 'unchanged', 'once');

-- What the file shows the same is not an edit, in either direction.
SELECT is((SELECT revenue FROM accounts WHERE account_id = 31), NULL, 'an account without a revenue stands there as 0');
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!C10=' 'Accounts Summary!C5=' 'Feature Toggles!C2=true' 'Playbook Triggers!D2=no'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied products ~1', 'empty for 0, true for Yes: nothing but the edit taken back');
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!C2='`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~1', 'a cleared cell is an edit');
SELECT is((SELECT revenue FROM accounts WHERE account_id = 23), NULL, 'it means NULL');
SELECT alike(pg_temp.warnings(), '%sheet "Accounts Summary": empty cells of new and changed rows that were taken for NULL: 1%', 'which is said');
\set edited `python3 test/data/version1/edit.py 'KPI Reference Ranges!F23='`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~1, kpi_reference_ranges ~1', 'where NULL cannot stand');
SELECT is((SELECT critical_max FROM kpi_reference_ranges WHERE range_id = 42), 0.00, 'it means zero');
SELECT alike(pg_temp.warnings(), '%taken for zero or an empty text%: 1%', 'which is said, too');

-- Times: a whole second that differs is an edit; what was not touched keeps its fraction.
SELECT started_at AS was FROM playbook_executions WHERE id = 10 \gset
\set edited `python3 test/data/version1/edit.py 'Playbook Executions!H2=2024-02-29 12:00:01' 'KPI Reference Ranges!F23#10.5'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied kpi_reference_ranges ~1, playbook_executions ~1', 'a time, found by its execution id');
SELECT is((SELECT started_at FROM playbook_executions WHERE id = 9), '2024-02-29 12:00:01'::timestamp, 'as it was entered');
SELECT is((SELECT started_at FROM playbook_executions WHERE id = 10), :'was'::timestamp, 'its neighbour keeps its microseconds');
SELECT isnt((SELECT created_at FROM playbook_executions WHERE id = 9), NULL, 'and the row what version 1 does not show');

-- JSON: in either notation; the same value is no edit.
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D3=['a', True, None, {'b': (1, 2.50)}]"`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied feature_toggles ~1, playbook_executions ~1', 'a list in Python''s notation');
SELECT is((SELECT config::text FROM feature_toggles WHERE id = 14), '["a",true,null,{"b":[1,2.50]}]', 'becomes JSON');
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D2={'nested': {'on': True}, 'mode': 'strict', 'limit': 10}" 'Feature Toggles!D3=[ "a", true, null ]'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied feature_toggles ~1', 'the same members in another order are the same');
SELECT is((SELECT config::text FROM feature_toggles WHERE id = 14), '[ "a", true, null ]', 'JSON is kept as it was written');
\set edited `python3 test/data/version1/edit.py "Feature Toggles!D3=['a', True, None]" "Customer Config!C2={'Support KPI': 0.3, 'Product Usage KPI': 0.7}"`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied customer_configs ~1', 'JSON in a column of text');
SELECT is((SELECT category_weights FROM customer_configs WHERE customer_id = 3), '{"Support KPI":0.3,"Product Usage KPI":0.7}', 'is JSON there as well');
SELECT isnt((SELECT openai_api_key_encrypted FROM customer_configs WHERE customer_id = 3), NULL, 'and the row keeps its secret');
\set edited `python3 test/data/version1/edit.py 'Feature Toggles!D4=' 'Feature Toggles!D6={"p": 0.2}'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied customer_configs ~1, feature_toggles ~1', 'an empty cell and {} are the same');

-- Texts are texts: version 1 has no escapes.
\set edited `python3 test/data/version1/edit.py 'Feature Toggles!D6={"p": 0.1}' 'Accounts Summary!E2="quoted"' 'Accounts Summary!D3=00123' 'All KPIs!H4=TRUE' 'Products!E4=[[rehydra:long 1 sha256:00 5 characters]]'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~2, feature_toggles ~1, kpis ~1, products ~1', 'texts that look like something else');
SELECT results_eq($$SELECT region::text FROM accounts WHERE account_id = 23 UNION ALL SELECT industry::text FROM accounts WHERE account_id = 24
  UNION ALL SELECT data::text FROM kpis WHERE kpi_id = 167 UNION ALL SELECT product_sku::text FROM products WHERE product_id = 47$$,
  $$VALUES ('"quoted"'), ('00123'), ('TRUE'), ('[[rehydra:long 1 sha256:00 5 characters]]')$$, 'stay what they are');
\set edited `base64 -w0 test/data/version1/customer3.xlsx`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~2, kpis ~1, products ~1', 'and the file of before puts them back');

-- A text that starts with an equals sign, as version 1 wrote it and as a program saves it.
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!D6@2=1+1' 'Products!D5@#NAME?=Suite+Addon'`
SELECT is(pg_temp.bring(:'edited'), 'unchanged', 'a formula that is stored as that text is no edit, whatever a program computed');
SELECT alike(pg_temp.warnings(), '%formulas and error values that are stored as such texts%', 'which is said');
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!D6@=2+2'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~1', 'one that nobody computed is a text');
SELECT is((SELECT industry FROM accounts WHERE account_id = 27), '=2+2', 'as version 1 wrote it');

-- Derived columns, and both sheets of the accounts.
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!D6@=1+1' 'Accounts Summary!G2#1' 'Accounts Summary!H2=nothing' 'Products!C2=nobody' 'Health Trends!C2=nobody'`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~1', 'what is for the reader only is ignored');
\set edited `python3 test/data/version1/edit.py 'Customer Profile Data!C2=SF-NEW' "Customer Profile Data!D4={'tier': 'SMB'}"`
SELECT is(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied accounts ~2', 'edits on the second sheet');
SELECT results_eq($$SELECT external_account_id, profile_metadata::text FROM accounts WHERE account_id IN (23, 25) ORDER BY account_id$$,
  $$SELECT 'SF-NEW'::varchar, profile_metadata::text FROM accounts WHERE account_id = 23 UNION ALL SELECT 'SF-00123', '{"tier":"SMB"}'$$, 'are those of the accounts');

-- Rows that are gone from the file.
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!I2=SF-NEW' 'Customer Profile Data!C2=SF-NEW' "Customer Profile Data!D4={'tier': 'SMB'}" 'Feature Toggles!-4' 'Playbook Triggers!-2'`
SELECT is(pg_temp.bring(:'edited'), 'unchanged', 'a merge keeps them');
SELECT is(pg_temp.bring(:'edited', 'replace', confirm => NULL), 'confirmation_required', 'a replace asks');
SELECT is(pg_temp.bring(:'edited', 'replace') || ' ' || pg_temp.changes(), 'applied feature_toggles -1, playbook_triggers -1', 'and deletes them alone');
SELECT is((SELECT count(*) FROM kpi_uploads WHERE customer_id = 3), 13::bigint, 'tables without a sheet are untouched');

-- What the application stores and the file can only show in part.
UPDATE accounts SET account_name = E'Line One\r\nLine Two Ltd 3-6', region = '#N/A' WHERE account_id = 28;
ALTER TABLE accounts ALTER COLUMN revenue TYPE numeric;
UPDATE accounts SET revenue = 7556078.680000000000012, industry = 'Retail & eCommerce' WHERE account_id = 23;
UPDATE feature_toggles SET config = CASE id WHEN 13 THEN '"just a text"'::json WHEN 14 THEN '"5"' WHEN 16 THEN '[]' WHEN 17 THEN '"True"' ELSE config END WHERE customer_id = 3;
UPDATE customer_configs SET category_weights = 'not JSON at all' WHERE customer_id = 3;
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!C2#7556078.68' 'Accounts Summary!E7~#N/A' 'Accounts Summary!I2=SF-NEW' 'Customer Profile Data!C2=SF-NEW' "Customer Profile Data!D4={'tier': 'SMB'}" 'Feature Toggles!D2=just a text' 'Feature Toggles!D3#5' 'Feature Toggles!D6=True' 'Customer Config!C2=not JSON at all'`
SELECT is(pg_temp.bring(:'edited') || COALESCE(' ' || pg_temp.changes(), '') || COALESCE(pg_temp.errors(), ''), 'applied feature_toggles +1, playbook_triggers +1',
          'line ends, error values, more digits than a cell has, JSON texts and texts that are no JSON: only the rows deleted above come');
\set edited `python3 test/data/version1/edit.py 'Accounts Summary!E7~#DIV/0!'`
SELECT is(pg_temp.bring(:'edited') || ' ' || split_part(pg_temp.errors(), E'\n', 1), 'rejected Accounts Summary E7: the cell holds the error #DIV/0!', 'another error value is refused');
UPDATE accounts SET region = 'NA' WHERE account_id = 28;
\set edited `python3 test/data/version1/edit.py 'All KPIs!H2=' 'Customer Config!C2={}'`
SELECT alike(pg_temp.bring(:'edited') || ' ' || pg_temp.changes(), 'applied %kpis ~1%', 'a text longer than a cell can be cleared');
SELECT results_eq($$SELECT data FROM kpis WHERE kpi_id = 165$$, $$SELECT NULL::varchar$$, 'by an empty cell');
-- Version 1 counted characters where a cell counts units.
UPDATE kpis SET data = repeat('a😀', 20000) WHERE kpi_id = 165;
\set edited `python3 test/data/version1/edit.py "All KPIs!H2=$(python3 -c 'print(("a\U0001f600" * 20000)[:32767])')" 'Customer Config!C2={}'`
SELECT is(pg_temp.bring(:'edited'), 'unchanged', 'a text that was cut where a cell could not even hold it');
SELECT * FROM finish();
ROLLBACK;
