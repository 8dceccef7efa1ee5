-- Three customers of the reference model, the same rows at every run: no random(), no clock.
-- Caller: demo.sql, bench and tests, with the tables of preset customer_success on the search_path, empty.
-- Variables: rows, about how many a customer has in all (10000); fewest_accounts, no fewer, however few the rows (25, so that the odd
-- values below come up). Most rows are KPIs and their time series, as in a real database of this kind. Ids of the three customers are
-- interleaved account by account, as in tables that grew together.
\if :{?rows}
\else
  \set rows 10000
\endif
\if :{?fewest_accounts}
\else
  \set fewest_accounts 25
\endif
SELECT greatest(:rows / 200, :fewest_accounts) AS accounts_each \gset

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';

CREATE FUNCTION pg_temp.pick(seed bigint, below int) RETURNS int
  LANGUAGE sql IMMUTABLE AS 'SELECT ((seed * 48271 + 11) % 2147483647 * 69621 % 2147483647 % below)::int';
CREATE FUNCTION pg_temp.moment(seed bigint) RETURNS timestamp
  LANGUAGE sql IMMUTABLE AS $$
  -- Every second one carries microseconds.
  SELECT timestamp '2023-01-01 00:00:00' + pg_temp.pick(seed, 63072000) * interval '1 second'
         + (seed % 2) * pg_temp.pick(seed + 7, 1000000) * interval '1 microsecond'
$$;

-- What has broken other exports. Row n of a table that joins one of these takes its value.
CREATE TEMP TABLE odd_text (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text NOT NULL) ON COMMIT DROP;
INSERT INTO odd_text (value) VALUES
  ('00123'), ('=1+1'), ('TRUE'), ('1e5'), ('N/A'), ('2024-01-01'), (''), (' '), ('  spaces before and after  '), ('+1'), ('-1'), ('@SUM(A1)'),
  ('false'), ('NULL'), ('null'), ('\N'), ('#REF!'), ('1/2'), ('12:30'), ('1,234.56'), ('9007199254740993'), ('0x1F'), ('1.0'), ('007'),
  ('""'), ('"'), ('"in quotes"'), ('''apostrophe first'), ('O''Brien "Best" Co'), ('_x000D_'), ('_x005F_x000D_'), ('a_x0041_b'),
  (E'two\nlines'), (E'old\rMac'), (E'DOS\r\nlines\r\n'), (E'a\ttab'), (E'\nfirst a line end'), (E'last a line end\n'), (E'bell \x07 and escape \x1b'),
  ('<b attr="1">&amp; ]]> <!-- --></b>'), ('&#10;&lt;'), ('Müller & Söhne GmbH'), ('株式会社サンプル'), ('李小龍'), ('مرحبا بالعالم'), ('שלום עולם'),
  ('Ελληνικά'), ('Финансы'), ('İstanbul ıI'), (E'e\u0301 is not \u00e9'), (E'zero\u200Bwidth'), (E'no\u00A0break'), ('🚀 and 👩‍👩‍👧‍👦 and 🇺🇳'),
  (E'\uFFFE and \uFFFF'), (E'\uFEFFbyte order mark'), ('{"looks": "like json"}'), ('[[rehydra:long 5 sha256:00 12345]]'), ('../../etc/passwd'),
  (repeat('x', 255)), ('%s %I %L $1 :rows'), ('A1'), ('-0'), ('1E400');

CREATE TEMP TABLE odd_number (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, money numeric(15,2), value numeric(10,2)) ON COMMIT DROP;
INSERT INTO odd_number (money, value) VALUES
  (9999999999999.99, 99999999.99), (-9999999999999.99, -99999999.99), (0.00, 0.00), (NULL, NULL), (0.01, 0.01), (-0.01, -0.01),
  (1234567890123.45, 12345678.90), ('NaN', 'NaN'), (100.10, 100.10), (1, 1);

CREATE TEMP TABLE odd_time (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value timestamp) ON COMMIT DROP;
INSERT INTO odd_time (value) VALUES
  ('1899-12-31 23:59:59'), ('1900-01-01 00:00:00'), ('1900-02-28 12:00:00'), ('1900-03-01 00:00:00'), ('1582-10-04 00:00:00'),
  ('0044-03-15 12:00:00 BC'), ('0001-01-01 00:00:00'), ('9999-12-31 23:59:59'), ('9999-12-31 23:59:59.999999'), ('10000-01-01 00:00:00'),
  ('294276-12-31 23:59:59.999999'), ('infinity'), ('-infinity'), ('2024-02-29 12:34:56.789012'), ('2024-03-31 02:30:00'),
  ('2024-06-30 23:59:59.5'), ('2024-01-01 00:00:00.000001'), ('2023-12-31 23:59:59.9995'), (NULL), ('1970-01-01 00:00:00');

CREATE TEMP TABLE odd_json (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value json NOT NULL) ON COMMIT DROP;
INSERT INTO odd_json (value) VALUES
  ('{"account_tier": "Enterprise", "assigned_csm": {"name": "Zoë Ångström", "email": "zoe@example.com"}, "champions": [{"name": "José \"Pepe\" Núñez", "role": "VP"}, {"name": "李小龍", "role": null}]}'),
  ('{"a" :1,  "b":[ 1,2 ,3],"spaces" : "kept" }'), ('{"twice": 1, "twice": 2}'), (E'{\n\t"lines": true\r\n}'), ('{"escaped": "Zo\u00eb \ud83d\ude80 \\ \/ \n"}'),
  ('[]'), ('{}'), ('null'), ('true'), ('"only a text"'), ('0.10'), ('1e400'), ('[[[[[[[["deep"]]]]]]]]'), ('{"": {"": ""}}'), ('{"emoji 🚀": "💚"}');

CREATE TEMP TABLE one_account ON COMMIT DROP AS
  SELECT n, c AS customer_id, (n - 1) * 3 + c AS account_id
  FROM generate_series(1, :accounts_each) AS n, generate_series(1, 3) AS c;
ANALYZE one_account;

INSERT INTO customers (customer_id, customer_name, email, phone, domain, created_at, updated_at) VALUES
  (1, 'Ünïcode & Söhne AG', 'admin@one.example.com', '+49 0123 00', 'one.example.com', '2022-11-21 00:28:17.548822', '2022-11-19 03:10:45'),
  (2, 'O''Reilly "Quoted" Ltd', 'admin@two.example.com', '', 'two.example.com', '2022-08-11 00:30:15.249406', '2022-12-02 01:32:16'),
  (3, '株式会社サンプル', 'admin@three.example.com', NULL, NULL, '2022-08-22 16:48:32', NULL);

INSERT INTO users (user_id, customer_id, user_name, email, password_hash, active, last_login, created_at, updated_at)
SELECT (c - 1) * 5 + u, c, 'user ' || u, 'user' || u || '@customer' || c || '.example.com', 'pbkdf2:sha256:' || md5('password' || c || u),
       u < 5, CASE WHEN u < 4 THEN pg_temp.moment(c * 10 + u) END, pg_temp.moment(c * 20 + u), pg_temp.moment(c * 30 + u)
FROM generate_series(1, 3) AS c, generate_series(1, 5) AS u;

INSERT INTO customer_configs (config_id, customer_id, kpi_upload_mode, category_weights, master_file_name, openai_api_key_encrypted,
                              openai_api_key_updated_at, created_at, updated_at)
SELECT c, c, CASE c WHEN 1 THEN 'account_rollup' ELSE 'corporate' END, '{"Product Usage": 0.3, "Support" :0.2,"Relationship":0.5}',
       CASE c WHEN 2 THEN '' WHEN 1 THEN 'Master KPI "2024".xlsx' END, 'sealed-' || md5('key of customer ' || c), pg_temp.moment(c * 40 + 1),
       pg_temp.moment(c * 50), pg_temp.moment(c * 60)
FROM generate_series(1, 3) AS c;

INSERT INTO accounts (account_id, customer_id, account_name, revenue, account_status, industry, region, external_account_id, profile_metadata,
                      created_at, updated_at)
SELECT a.account_id, a.customer_id,
       CASE WHEN a.n BETWEEN 26 AND 58 THEN COALESCE(name.value, '') ELSE
         (ARRAY['Northwind', 'Contoso', 'Fabrikam', 'Tailspin', 'Müller', 'Globex', 'Initech', 'Umbrella'])[1 + pg_temp.pick(a.account_id, 8)]
         || ' ' || (ARRAY['GmbH', 'Ltd', 'Inc', '株式会社', 'SA', 'AG'])[1 + pg_temp.pick(a.account_id + 1, 6)] || ' ' || a.n END,
       CASE WHEN money.n IS NOT NULL THEN money.money ELSE (pg_temp.pick(a.account_id + 2, 2000000000) / 100.0)::numeric(15,2) END,
       (ARRAY['active', 'active', 'active', 'at risk', 'churned', NULL])[1 + pg_temp.pick(a.account_id + 3, 6)],
       (ARRAY['Healthcare', 'Finance', 'Retail', 'Финансы', '', NULL])[1 + pg_temp.pick(a.account_id + 4, 6)],
       (ARRAY['EMEA', 'APAC', 'AMER'])[1 + pg_temp.pick(a.account_id + 5, 3)],
       CASE WHEN a.n % 9 <> 0 THEN lpad((a.n * 41)::text, 6, '0') END,
       CASE WHEN a.n = 16 THEN ('{"history": "' || repeat('ü and \"quotes\", ', 3000) || '"}')::json
            WHEN profile.n IS NOT NULL THEN profile.value
            WHEN a.n % 11 = 0 THEN NULL
            ELSE json_build_object('account_tier', 'SMB', 'seats', a.n, 'champions', json_build_array('Zoë', '李小龍')) END,
       CASE WHEN odd.n IS NOT NULL THEN odd.value ELSE pg_temp.moment(a.account_id + 100) END, pg_temp.moment(a.account_id + 200)
FROM one_account a
LEFT JOIN odd_text name ON name.n = a.n
LEFT JOIN odd_number money ON money.n = a.n
LEFT JOIN odd_json profile ON profile.n = a.n
LEFT JOIN odd_time odd ON odd.n = a.n
ORDER BY a.account_id;

-- Products of one name in many accounts.
INSERT INTO products (product_id, account_id, customer_id, product_name, product_sku, product_type, revenue, status, created_at, updated_at)
SELECT (a.account_id - 1) * 3 + p, a.account_id, a.customer_id,
       CASE p WHEN 1 THEN 'Core Platform' WHEN 2 THEN 'Analytics' ELSE COALESCE(odd.value, 'Add-on ' || a.n % 7) END,
       CASE WHEN p = 3 THEN left(odd.value, 100) ELSE 'SKU-' || lpad((a.n * p)::text, 5, '0') END,
       (ARRAY['SaaS', 'Service', NULL])[1 + pg_temp.pick(a.account_id * 3 + p, 3)],
       CASE WHEN p = 2 AND money.n IS NOT NULL THEN money.money ELSE (pg_temp.pick(a.account_id * 5 + p, 100000000) / 100.0)::numeric(15,2) END,
       (ARRAY['active', 'trial', 'retired'])[1 + pg_temp.pick(a.account_id * 7 + p, 3)],
       pg_temp.moment(a.account_id * 3 + p), pg_temp.moment(a.account_id * 4 + p)
FROM one_account a
CROSS JOIN generate_series(1, 3) AS p
LEFT JOIN odd_text odd ON odd.n = a.n AND p = 3
LEFT JOIN odd_number money ON money.n = a.n
ORDER BY 1;

INSERT INTO kpi_uploads (upload_id, customer_id, account_id, user_id, uploaded_at, version, original_filename, raw_excel, parsed_json)
SELECT a.account_id, a.customer_id, CASE WHEN a.n % 13 <> 0 THEN a.account_id END, CASE WHEN a.n % 5 <> 0 THEN (a.customer_id - 1) * 5 + 1 + a.n % 5 END,
       pg_temp.moment(a.account_id + 300), 1 + a.n % 4, 'KPI ' || COALESCE(odd.value, a.n::text) || '.xlsx',
       -- One that is too long for a cell, an empty one, none, and one of zero bytes.
       CASE a.n WHEN 1 THEN decode(repeat(md5(a.account_id::text), 1600), 'hex') WHEN 2 THEN ''::bytea WHEN 3 THEN NULL
                WHEN 4 THEN decode(repeat('00', 64), 'hex') ELSE decode(repeat(md5(a.account_id::text), 1 + a.n % 8), 'hex') END,
       CASE WHEN parsed.n IS NOT NULL THEN parsed.value ELSE json_build_object('rows', 40, 'sheet', 'KPIs') END
FROM one_account a
LEFT JOIN odd_text odd ON odd.n = a.n - 25
LEFT JOIN odd_json parsed ON parsed.n = a.n - 5
ORDER BY 1;

-- i counts a customer's KPIs; odd texts come up in three columns, one text of 40,000 characters in a fourth.
INSERT INTO kpis (kpi_id, upload_id, account_id, product_id, aggregation_type, category, row_index, health_score_component, weight, data,
                  source_review, kpi_parameter, impact_level, measurement_frequency, last_edited_by, last_edited_at)
SELECT (k.account_id - 1) * 40 + k.k, k.account_id, k.account_id, CASE WHEN k.k % 4 <> 0 THEN (k.account_id - 1) * 3 + k.k % 4 END,
       (ARRAY['Sum', 'Average', 'Weighted Average', NULL])[1 + pg_temp.pick(k.seed, 4)],
       (ARRAY['Product Usage', 'Support', 'Customer Sentiment', 'Business Outcomes', 'Relationship Strength'])[1 + k.k % 5],
       k.k, (ARRAY['Adoption', 'Tickets', 'NPS', 'ROI', 'Reach'])[1 + k.k % 5], (ARRAY['10%', '0.25', '3', NULL])[1 + pg_temp.pick(k.seed + 1, 4)],
       COALESCE(data.value, (ARRAY[pg_temp.pick(k.seed + 2, 100) || '%', (pg_temp.pick(k.seed + 3, 10000) / 100.0)::numeric(10,2)::text, NULL,
                                   '$' || pg_temp.pick(k.seed + 4, 9000)])[1 + pg_temp.pick(k.seed + 5, 4)]),
       CASE WHEN k.i = 333 THEN left(repeat('Forty thousand characters, ünïcode and 🚀 among them; ', 800), 40000)
            WHEN review.n IS NOT NULL THEN review.value WHEN k.k % 3 = 0 THEN 'reviewed' END,
       COALESCE(parameter.value, (ARRAY['Feature adoption', 'Time to value', 'Open tickets', 'Renewal likelihood', 'Executive reach'])[1 + k.k % 5] || ' ' || k.k),
       (ARRAY['High', 'Medium', 'Low'])[1 + k.k % 3], (ARRAY['Monthly', 'Quarterly', 'Annual'])[1 + k.k % 3],
       CASE WHEN k.k % 8 = 0 THEN (k.customer_id - 1) * 5 + 1 + k.k % 5 END, CASE WHEN k.k % 8 = 0 THEN pg_temp.moment(k.seed) END
FROM (SELECT a.*, k, (a.n - 1) * 40 + k AS i, a.account_id::bigint * 40 + k AS seed FROM one_account a CROSS JOIN generate_series(1, 40) AS k) AS k
LEFT JOIN odd_text data ON data.n = k.i
LEFT JOIN odd_text review ON review.n = k.i - 100
LEFT JOIN odd_text parameter ON parameter.n = k.i - 200
ORDER BY 1;

INSERT INTO health_trends (trend_id, account_id, customer_id, month, year, overall_health_score, product_usage_score, support_score,
                           customer_sentiment_score, business_outcomes_score, relationship_strength_score, total_kpis, valid_kpis, created_at, updated_at)
SELECT (a.account_id - 1) * 12 + m, a.account_id, a.customer_id, m, 2024, s.score, s.score, CASE WHEN m % 5 <> 0 THEN 100 - s.score END, 0.00,
       CASE WHEN a.n = 1 AND m = 1 THEN -999.99 WHEN a.n = 1 AND m = 2 THEN 999.99 ELSE s.score / 2 END, NULL, 40, 40 - m,
       pg_temp.moment(s.seed), pg_temp.moment(s.seed + 1)
FROM one_account a
CROSS JOIN generate_series(1, 12) AS m
CROSS JOIN LATERAL (SELECT a.account_id * 12 + m AS seed, (pg_temp.pick(a.account_id * 12 + m, 10000) / 100.0)::numeric(5,2) AS score) AS s
ORDER BY 1;

INSERT INTO kpi_time_series (id, kpi_id, account_id, customer_id, month, year, value, health_status, health_score, created_at, updated_at)
SELECT (t.kpi_id - 1) * 4 + t.m, t.kpi_id, t.account_id, t.customer_id, 1 + (t.kpi_id + t.m) % 12, 2023 + t.kpi_id % 2,
       CASE WHEN odd.n IS NOT NULL THEN odd.value ELSE (pg_temp.pick(t.seed, 1000000) / 100.0)::numeric(10,2) END,
       (ARRAY['healthy', 'risk', 'critical', NULL])[1 + pg_temp.pick(t.seed + 1, 4)], (pg_temp.pick(t.seed + 2, 10000) / 100.0)::numeric(5,2),
       pg_temp.moment(t.seed), pg_temp.moment(t.seed + 1)
FROM (SELECT a.customer_id, a.account_id, (a.account_id - 1) * 40 + k AS kpi_id, (a.n - 1) * 40 + k AS i, m, (a.account_id::bigint * 40 + k) * 4 + m AS seed
      FROM one_account a CROSS JOIN generate_series(1, 40) AS k CROSS JOIN LATERAL generate_series(1, 3 + k % 2) AS m) AS t
LEFT JOIN odd_number odd ON odd.n = t.i AND t.m = 1
ORDER BY 1;

-- First the defaults that every customer shares, with bounds of zero; then each customer's own, some under the name of a default.
INSERT INTO kpi_reference_ranges (range_id, customer_id, kpi_name, unit, higher_is_better, critical_min, critical_max, risk_min, risk_max,
                                  healthy_min, healthy_max, critical_range, risk_range, healthy_range, description, created_at, updated_at,
                                  created_by, updated_by)
SELECT r, NULL, 'Default KPI ' || r, '%', r % 2 = 0, 0.00, 30.00, 30.00, 70.00, 70.00, 100.00, '0-30', '30-70', '70-100', 'shared by all customers',
       pg_temp.moment(r), pg_temp.moment(r + 1), NULL, NULL
FROM generate_series(1, 8) AS r
UNION ALL
SELECT c * 100 + r, c, CASE WHEN r <= 4 THEN 'Default KPI ' || r ELSE COALESCE(odd.value, 'KPI ' || r) END, CASE r WHEN 7 THEN '' ELSE 'days' END, r % 3 = 0,
       CASE r WHEN 5 THEN -99999999.99 ELSE 0.00 END, 10.50, 10.50, 60.25, 60.25, CASE r WHEN 5 THEN 99999999.99 ELSE 100 END,
       CASE WHEN r % 2 = 0 THEN '< 10.5' END, '', '> 60.25', CASE WHEN r % 4 = 0 THEN odd.value END, pg_temp.moment(r + c), pg_temp.moment(r + c + 1),
       (c - 1) * 5 + 1, CASE WHEN r % 2 = 0 THEN (c - 1) * 5 + 2 END
FROM generate_series(1, 3) AS c CROSS JOIN generate_series(1, 24) AS r LEFT JOIN odd_text odd ON odd.n = r + 24
ORDER BY 1;

INSERT INTO playbook_triggers (trigger_id, customer_id, playbook_type, trigger_config, auto_trigger_enabled, last_evaluated, last_triggered,
                               trigger_count, created_at, updated_at)
SELECT (p.p - 1) * 3 + c, c, p.playbook_type, CASE p.p WHEN 1 THEN '{"nps_threshold" : 10,"csat":3.60}' WHEN 2 THEN '' WHEN 3 THEN NULL ELSE '{"enabled": true}' END,
       CASE p.p WHEN 4 THEN NULL ELSE p.p % 2 = 1 END, odd.value, CASE WHEN p.p % 2 = 1 THEN pg_temp.moment(c * 7 + p.p) END,
       CASE p.p WHEN 3 THEN NULL WHEN 2 THEN 0 ELSE p.p * 3 END, pg_temp.moment(c * 8 + p.p), pg_temp.moment(c * 9 + p.p)
FROM generate_series(1, 3) AS c
CROSS JOIN (VALUES (1, 'voc-sprint'), (2, 'activation-blitz'), (3, 'sla-stabilizer'), (4, 'renewal-safeguard'), (5, 'expansion-timing'), (6, '007')) AS p (p, playbook_type)
LEFT JOIN odd_time odd ON odd.n = p.p
ORDER BY 1;

INSERT INTO playbook_executions (id, execution_id, customer_id, account_id, playbook_id, status, current_step, execution_data, started_at,
                                 completed_at, created_at, updated_at)
SELECT a.account_id, md5('execution ' || a.account_id)::uuid::text, a.customer_id, CASE WHEN a.n % 17 <> 0 THEN a.account_id END,
       (ARRAY['voc-sprint', 'activation-blitz', 'sla-stabilizer'])[1 + a.n % 3], (ARRAY['in-progress', 'completed', 'failed', 'cancelled'])[1 + a.n % 4],
       CASE WHEN a.n % 4 = 0 THEN COALESCE(left(odd.value, 100), 'step ' || a.n % 5) END,
       CASE WHEN data.n IS NOT NULL THEN data.value ELSE json_build_object('steps', json_build_array(json_build_object('name', 'Kick-off ✓', 'done', true)), 'owner', NULL) END,
       pg_temp.moment(a.account_id + 400), CASE WHEN a.n % 4 <> 0 THEN pg_temp.moment(a.account_id + 400) + interval '3 days' END,
       pg_temp.moment(a.account_id + 401), pg_temp.moment(a.account_id + 402)
FROM one_account a
LEFT JOIN odd_text odd ON odd.n = a.n
LEFT JOIN odd_json data ON data.n = a.n
ORDER BY 1;

INSERT INTO playbook_reports (report_id, execution_id, customer_id, account_id, playbook_id, playbook_name, account_name, status, report_data,
                              duration, steps_completed, total_steps, started_at, completed_at, report_generated_at, created_at, updated_at)
SELECT a.account_id, e.execution_id, a.customer_id, e.account_id, e.playbook_id, initcap(replace(e.playbook_id, '-', ' ')),
       left((SELECT account_name FROM accounts WHERE accounts.account_id = a.account_id), 200), e.status,
       CASE WHEN data.n IS NOT NULL THEN data.value ELSE json_build_object('summary', 'Kontakt zu Zoë hergestellt', 'score', 0.10) END,
       (a.n % 30) || ' days', a.n % 6, 6, e.started_at, e.completed_at, e.completed_at + interval '1 second', e.completed_at, e.completed_at
FROM one_account a
JOIN playbook_executions e ON e.id = a.account_id
LEFT JOIN odd_json data ON data.n = a.n - 20
WHERE e.status IN ('completed', 'failed')
ORDER BY 1;

INSERT INTO feature_toggles (id, customer_id, feature_name, enabled, config, description, created_at, updated_at)
SELECT (f - 1) * 3 + c, c, COALESCE(left(odd.value, 100), 'feature ' || f), f % 2 = 0, config.value, CASE f WHEN 3 THEN '' WHEN 4 THEN NULL ELSE odd.value END,
       pg_temp.moment(c * 11 + f), pg_temp.moment(c * 12 + f)
FROM generate_series(1, 3) AS c CROSS JOIN generate_series(1, 12) AS f
LEFT JOIN odd_text odd ON odd.n = f * 2 AND f > 2
LEFT JOIN odd_json config ON config.n = f - 2
ORDER BY 1;

INSERT INTO product_usage (usage_id, product_id, account_id, customer_id, usage_date, active_users, sessions, usage_hours, feature_usage, created_at, updated_at)
SELECT row_number() OVER (ORDER BY p.product_id, d), p.product_id, p.account_id, p.customer_id, date '2024-02-28' + d, CASE d WHEN 2 THEN NULL ELSE p.product_id % 50 END,
       p.product_id % 7 * d, (p.product_id % 400 / 8.0)::numeric(12,2), CASE d WHEN 0 THEN '{"search":  3, "export": 0}'::json END,
       pg_temp.moment(p.product_id + d), pg_temp.moment(p.product_id + d + 1)
FROM products AS p CROSS JOIN generate_series(0, 2) AS d
WHERE p.product_id % 9 = 1
ORDER BY 1;

INSERT INTO support_tickets (ticket_id, account_id, customer_id, external_ticket_id, subject, status, priority, category, opened_at, first_response_at, resolved_at,
                             satisfaction_score, created_at, updated_at)
SELECT a.account_id, a.account_id, a.customer_id, 'T-' || a.n, COALESCE(odd.value, 'Ticket ' || a.n), (ARRAY['open', 'pending', 'closed'])[1 + a.n % 3],
       CASE WHEN a.n % 4 <> 0 THEN 'P' || a.n % 4 END, '', pg_temp.moment(a.account_id + 500), CASE WHEN a.n % 3 <> 0 THEN pg_temp.moment(a.account_id + 500) + interval '90 minutes' END,
       CASE WHEN a.n % 3 = 2 THEN pg_temp.moment(a.account_id + 500) + interval '2 days' END, CASE WHEN a.n % 3 = 2 THEN a.n % 5 END,
       pg_temp.moment(a.account_id + 501), pg_temp.moment(a.account_id + 502)
FROM one_account a LEFT JOIN odd_text odd ON odd.n = a.n
WHERE a.n % 2 = 1
ORDER BY 1;

-- Tables of the same application that no export carries; each tenth account has notes and a snapshot, and cannot be deleted.
INSERT INTO account_notes (note_id, account_id, customer_id, note_type, note_content, note_title, created_by, created_at, updated_at, meeting_date,
                           participants, tags, is_important, related_playbook_id)
SELECT (a.account_id - 1) * 2 + x, a.account_id, a.customer_id, (ARRAY['meeting', 'call'])[x], 'Talked about ' || COALESCE(odd.value, 'the renewal'), NULL,
       (a.customer_id - 1) * 5 + x, pg_temp.moment(a.account_id + x), pg_temp.moment(a.account_id + x + 1), date '2024-02-28' + x, '["Zoë", "李"]', '[]', x = 1, NULL
FROM one_account a CROSS JOIN generate_series(1, 2) AS x LEFT JOIN odd_text odd ON odd.n = a.n
WHERE a.n % 10 = 0
ORDER BY 1;

INSERT INTO account_snapshots (snapshot_id, account_id, customer_id, snapshot_timestamp, snapshot_type, snapshot_version, created_by, revenue,
                               overall_health_score, products_used, recent_playbook_report_ids, recent_csm_note_ids, created_at, updated_at)
SELECT a.account_id, a.account_id, a.customer_id, pg_temp.moment(a.account_id), 'scheduled', 1, NULL, 1000.00, 75.50, '["Core Platform"]', '[]', NULL,
       pg_temp.moment(a.account_id), pg_temp.moment(a.account_id)
FROM one_account a
WHERE a.n % 10 = 0
ORDER BY 1;

-- The next ordinary INSERT takes the next id.
CREATE TEMP TABLE raised ON COMMIT DROP AS
  SELECT setval(s.name, s.last) AS last
  FROM (SELECT pg_get_serial_sequence('customers', 'customer_id') AS name, max(customer_id) AS last FROM customers
        UNION ALL SELECT pg_get_serial_sequence('users', 'user_id'), max(user_id) FROM users
        UNION ALL SELECT pg_get_serial_sequence('customer_configs', 'config_id'), max(config_id) FROM customer_configs
        UNION ALL SELECT pg_get_serial_sequence('accounts', 'account_id'), max(account_id) FROM accounts
        UNION ALL SELECT pg_get_serial_sequence('products', 'product_id'), max(product_id) FROM products
        UNION ALL SELECT pg_get_serial_sequence('kpi_uploads', 'upload_id'), max(upload_id) FROM kpi_uploads
        UNION ALL SELECT pg_get_serial_sequence('kpis', 'kpi_id'), max(kpi_id) FROM kpis
        UNION ALL SELECT pg_get_serial_sequence('health_trends', 'trend_id'), max(trend_id) FROM health_trends
        UNION ALL SELECT pg_get_serial_sequence('kpi_time_series', 'id'), max(id) FROM kpi_time_series
        UNION ALL SELECT pg_get_serial_sequence('kpi_reference_ranges', 'range_id'), max(range_id) FROM kpi_reference_ranges
        UNION ALL SELECT pg_get_serial_sequence('playbook_triggers', 'trigger_id'), max(trigger_id) FROM playbook_triggers
        UNION ALL SELECT pg_get_serial_sequence('playbook_executions', 'id'), max(id) FROM playbook_executions
        UNION ALL SELECT pg_get_serial_sequence('playbook_reports', 'report_id'), max(report_id) FROM playbook_reports
        UNION ALL SELECT pg_get_serial_sequence('feature_toggles', 'id'), max(id) FROM feature_toggles
        UNION ALL SELECT pg_get_serial_sequence('product_usage', 'usage_id'), max(usage_id) FROM product_usage
        UNION ALL SELECT pg_get_serial_sequence('support_tickets', 'ticket_id'), max(ticket_id) FROM support_tickets
        UNION ALL SELECT pg_get_serial_sequence('account_notes', 'note_id'), max(note_id) FROM account_notes
        UNION ALL SELECT pg_get_serial_sequence('account_snapshots', 'snapshot_id'), max(snapshot_id) FROM account_snapshots) AS s;
COMMIT;

ANALYZE customers, users, customer_configs, accounts, products, kpi_uploads, kpis, health_trends, kpi_time_series, kpi_reference_ranges,
  playbook_triggers, playbook_executions, playbook_reports, feature_toggles, product_usage, support_tickets, account_notes, account_snapshots;
DROP FUNCTION pg_temp.moment(bigint);
DROP FUNCTION pg_temp.pick(bigint, int);
