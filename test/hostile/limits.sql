-- Imports each file of table cases under its setting. Caller: limits.sh.
SET client_min_messages = error;
CREATE FUNCTION pg_temp.outcome(setting text, value text, file bytea) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  r jsonb;
BEGIN
  PERFORM set_config(setting, value, false);
  r := rehydra_import(file, customer_id => '1', dry_run => true);
  EXECUTE 'RESET ' || setting;
  RETURN r;
END
$$;
SELECT format('%s - %s = %s: %s', CASE WHEN good THEN 'ok' ELSE 'not ok' END, setting, value, CASE WHEN allowed THEN 'at the limit, read' ELSE 'past the limit, refused by its name' END)
  || CASE WHEN good THEN '' ELSE E'\n# ' || left(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}', r ->> 'datasets'), 400) END
FROM cases, LATERAL (SELECT pg_temp.outcome(setting, value, decode(file, 'base64'))) AS o (r),
  LATERAL (SELECT CASE WHEN allowed THEN r -> 'error_count' = '0' AND NOT EXISTS (SELECT FROM jsonb_array_elements(r -> 'datasets') AS d WHERE d -> 'in_file' <> d -> 'unchanged')
                       ELSE r ->> 'status' = 'rejected' AND (r #>> '{errors,0,message}') LIKE '%' || setting || '%' AND (r #>> '{errors,0,hint}') LIKE '%' || setting || '%' END) AS l (good)
WHERE allowed IS NOT NULL ORDER BY n;
-- Errors past the limit are counted, not kept. Each spoilt key is an error, what refers to it another.
SELECT format('%s - rehydra.max_errors = %s: of %s errors %s are kept', CASE WHEN r ->> 'error_count' = everything AND everything::int > value::int AND jsonb_array_length(r -> 'errors') = least(kept, 50) THEN 'ok' ELSE 'not ok' END,
              kept, r ->> 'error_count', jsonb_array_length(r -> 'errors'))
FROM cases, LATERAL (SELECT pg_temp.outcome(setting, '1000', decode(file, 'base64')) ->> 'error_count') AS e (everything),
  LATERAL (VALUES (value::int), (value::int - 1)) AS k (kept), LATERAL (SELECT pg_temp.outcome(setting, kept::text, decode(file, 'base64'))) AS o (r) WHERE allowed IS NULL;
