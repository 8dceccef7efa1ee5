-- Imports one re-saved workbook, says as TAP what the plan was, and rolls back.
-- Caller: resaved.sh. Variables: name, the file's in public.files, "program.model"; model.
SET client_min_messages = error;
BEGIN;
CREATE TEMP TABLE answer AS
SELECT rehydra_import((SELECT decode(file, 'base64') FROM public.files WHERE name = :'name'), customer_id => '1', confirm => 'DELETE',
                      options => jsonb_build_object('model', :'model', 'max_delete', 1)) AS r;
CREATE TEMP TABLE total AS
SELECT sum(in_file) AS in_file, sum(unchanged) AS unchanged, sum(rejected) AS rejected, sum(inserted + updated + deleted) AS changed, min(r ->> 'status') AS status
FROM answer, jsonb_to_recordset(r -> 'datasets') AS d (in_file bigint, unchanged bigint, rejected bigint, inserted bigint, updated bigint, deleted bigint);
-- ExcelJS breaks characters past U+FFFF where it cuts its output into pieces: these cells have to be refused by name, all others to be equal.
SELECT format('%s - %s: a workbook saved again plans nothing (%s of %s rows unchanged, %s refused)',
  CASE WHEN changed = 0 AND in_file > 0 AND in_file = unchanged + rejected
    AND (status = 'unchanged' OR (:'name' LIKE 'exceljs.%' AND status = 'rejected' AND (r ->> 'error_count')::bigint >= rejected
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(r -> 'errors') AS e WHERE e ->> 'cell' IS NULL OR e ->> 'message' !~ 'U\+FFFD|does not have the SHA-256')))
    THEN 'ok' ELSE 'not ok' END, :'name', unchanged, in_file, rejected)
FROM answer, total;
SELECT format('# status %s, %s errors; %s', status, r ->> 'error_count', r #>> '{errors,0,message}') FROM answer, total WHERE status IS DISTINCT FROM 'unchanged';
SELECT format('# %s: %s updated, %s inserted, %s deleted, %s rejected', name, updated, inserted, deleted, rejected)
FROM answer, jsonb_to_recordset(r -> 'datasets') AS d (name text, rejected bigint, inserted bigint, updated bigint, deleted bigint)
WHERE inserted + updated + deleted > 0;
ROLLBACK;
