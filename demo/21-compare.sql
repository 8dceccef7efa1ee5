-- Two digests side by side, a line a customer: in which tables are they different?
-- Caller: demo.sql and tests. Variables before, after: two tables that 20-digest.sql made.
SELECT COALESCE(b.customer, a.customer) AS customer, sum(b.row_count) AS rows_before, sum(a.row_count) AS rows_after,
       count(*) FILTER (WHERE same.yes) AS tables_equal, count(*) FILTER (WHERE NOT same.yes) AS tables_different,
       COALESCE(string_agg(COALESCE(b.table_name, a.table_name), ', ' ORDER BY COALESCE(b.table_name, a.table_name)) FILTER (WHERE NOT same.yes), '')
         AS different
FROM :"before" AS b
FULL JOIN :"after" AS a ON a.table_name = b.table_name AND a.customer = b.customer
CROSS JOIN LATERAL (SELECT (b.row_count, b.digest_left, b.digest_right) IS NOT DISTINCT FROM (a.row_count, a.digest_left, a.digest_right) AS yes) AS same
GROUP BY 1
ORDER BY 1;
