-- Job: what the extension owns, as text without oids, a line an object: definitions, privileges, comments, and which tables a dump carries.
-- Caller: test/lifecycle/*.sh, by psql -At, in two databases whose extensions should be the same.
SELECT CASE d.classid
         WHEN 'pg_proc'::regclass THEN (SELECT concat(pg_get_functiondef(p.oid), (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(p.proacl) AS a), obj_description(p.oid, 'pg_proc')) FROM pg_proc p WHERE p.oid = d.objid)
         WHEN 'pg_class'::regclass THEN (SELECT concat(c.relname, c.relkind, (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) AS a), obj_description(c.oid, 'pg_class'), pg_get_viewdef(CASE c.relkind WHEN 'v' THEN c.oid END),
           (SELECT string_agg(concat(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(f.adbin, f.adrelid), col_description(c.oid, a.attnum)), ',' ORDER BY a.attname)
            FROM pg_attribute a LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
           (SELECT string_agg(pg_get_constraintdef(k.oid), ',' ORDER BY pg_get_constraintdef(k.oid)) FROM pg_constraint k WHERE k.conrelid = c.oid),
           (SELECT string_agg(pg_get_indexdef(i.indexrelid), ',' ORDER BY pg_get_indexdef(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid),
           (SELECT string_agg(pg_get_triggerdef(t.oid), ',' ORDER BY pg_get_triggerdef(t.oid)) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)) FROM pg_class c WHERE c.oid = d.objid)
         ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS one
FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'rehydra' AND d.deptype = 'e'
UNION ALL SELECT 'dumped ' || c::regclass FROM pg_extension e, unnest(e.extconfig) AS c WHERE e.extname = 'rehydra'
ORDER BY 1;
