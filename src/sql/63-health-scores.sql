-- The preset customer_success: the functions that its policies call after an import, %1$I being the schema. They are the schema's own, so
-- that they run as whoever the statements on the data run as, and can be replaced by an application's.
--
-- The health score of an account and month: each KPI's value of that month is placed in its reference range (the customer's own, else the
-- shared one of that name): critical counts 0 to "risk", risk from there to "healthy", healthy from there to 100, in proportion to where
-- in the range the value lies, from the other end where lower is better; beyond all ranges it is 0 or 100, between two of them nothing.
-- A component's score is the mean of its KPIs by their weights (a number or a percentage, else 1), the overall score the mean of the
-- components by the category weights of customer_configs, else by those of the rules, else alike. Thresholds: those of the rules, else
-- risk 40, healthy 70. Rounded to two places.
CREATE FUNCTION rehydra.customer_success_functions() RETURNS TABLE (name text, arguments text, needs jsonb, definition text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('rehydra_check_rollups', 'text, uuid',
   '{"accounts": ["account_id", "account_name", "customer_id", "revenue"], "products": ["product_id", "account_id", "revenue"], "kpis": ["kpi_id", "account_id", "product_id"]}'::jsonb, '
    CREATE OR REPLACE FUNCTION %1$I.rehydra_check_rollups(customer text, operation uuid) RETURNS SETOF text
      LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $rollups$
      SELECT format(''account %%s (%%s) has a revenue of %%s, and its products %%s together'', a.account_name, a.account_id, a.revenue, p.revenue)
      FROM %1$I.accounts a
      JOIN (SELECT account_id, sum(revenue) AS revenue FROM %1$I.products WHERE customer_id::text = customer GROUP BY account_id) AS p ON p.account_id = a.account_id
      WHERE a.customer_id::text = customer AND p.revenue > a.revenue
      UNION ALL
      SELECT format(''KPI %%s is of account %%s and of product %%s of account %%s'', k.kpi_id, k.account_id, k.product_id, p.account_id)
      FROM %1$I.kpis k JOIN %1$I.products p ON p.product_id = k.product_id
      WHERE p.customer_id::text = customer AND k.account_id <> p.account_id
      ORDER BY 1
    $rollups$'),
  ('rehydra_score_component', 'text', '{"health_trends": ["overall_health_score"]}', '
    CREATE OR REPLACE FUNCTION %1$I.rehydra_score_component(category text) RETURNS text
      LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    AS $component$
      SELECT CASE WHEN category ILIKE ''%%usage%%'' THEN ''usage'' WHEN category ILIKE ''%%support%%'' THEN ''support''
                  WHEN category ILIKE ''%%sentiment%%'' THEN ''sentiment'' WHEN category ILIKE ''%%outcome%%'' THEN ''outcomes''
                  WHEN category ILIKE ''%%relationship%%'' THEN ''relationship'' END
    $component$'),
  ('rehydra_health_scores', 'text',
   '{"kpis": ["kpi_id", "category", "health_score_component", "weight", "kpi_parameter"], "kpi_time_series": ["kpi_id", "account_id", "customer_id", "month", "year", "value"],
     "kpi_reference_ranges": ["kpi_name", "customer_id", "higher_is_better", "critical_min", "critical_max", "risk_min", "risk_max", "healthy_min", "healthy_max"],
     "customer_configs": ["customer_id", "category_weights"], "health_score_rules": ["customer_id", "weights", "thresholds"]}', '
    CREATE OR REPLACE FUNCTION %1$I.rehydra_health_scores(customer text)
      RETURNS TABLE (account_id bigint, year integer, month integer, overall numeric, usage numeric, support numeric, sentiment numeric,
                     outcomes numeric, relationship numeric, total_kpis bigint, valid_kpis bigint)
      LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $scores$
    #variable_conflict use_column
    DECLARE
      own_weights jsonb;
      rule_weights jsonb;
      thresholds jsonb;
      risk numeric;
      healthy numeric;
    BEGIN
      SELECT r.weights::jsonb, r.thresholds::jsonb INTO rule_weights, thresholds FROM %1$I.health_score_rules r WHERE r.customer_id::text = customer;
      BEGIN
        SELECT c.category_weights::jsonb INTO own_weights FROM %1$I.customer_configs c WHERE c.customer_id::text = customer;
      EXCEPTION WHEN data_exception THEN
        own_weights := NULL;
      END;
      own_weights := COALESCE(CASE jsonb_typeof(own_weights) WHEN ''object'' THEN own_weights END, CASE jsonb_typeof(rule_weights) WHEN ''object'' THEN rule_weights END, ''{}'');
      risk := COALESCE((thresholds ->> ''risk'')::numeric, 40);
      healthy := COALESCE((thresholds ->> ''healthy'')::numeric, 70);
      RETURN QUERY
      WITH weights AS (
        SELECT %1$I.rehydra_score_component(w.key) AS component, max(w.value::text::numeric) AS weight
        FROM jsonb_each(own_weights) AS w WHERE jsonb_typeof(w.value) = ''number'' GROUP BY 1
      ), points AS (
        SELECT t.account_id, t.year, t.month, %1$I.rehydra_score_component(COALESCE(NULLIF(k.category, ''''), k.health_score_component)) AS component,
               CASE WHEN k.weight ~ ''^ *[0-9]+([.][0-9]+)? *%%? *$'' THEN btrim(k.weight, '' %%'')::numeric ELSE 1 END AS weight,
               CASE WHEN t.value <> ''NaN'' THEN
                 CASE WHEN t.value BETWEEN r.healthy_min AND r.healthy_max
                        THEN healthy + (100 - healthy) * abs(COALESCE((t.value - r.healthy_min) / NULLIF(r.healthy_max - r.healthy_min, 0), 1) - CASE WHEN r.higher_is_better THEN 0 ELSE 1 END)
                      WHEN t.value BETWEEN r.risk_min AND r.risk_max
                        THEN risk + (healthy - risk) * abs(COALESCE((t.value - r.risk_min) / NULLIF(r.risk_max - r.risk_min, 0), 1) - CASE WHEN r.higher_is_better THEN 0 ELSE 1 END)
                      WHEN t.value BETWEEN r.critical_min AND r.critical_max
                        THEN risk * abs(COALESCE((t.value - r.critical_min) / NULLIF(r.critical_max - r.critical_min, 0), 1) - CASE WHEN r.higher_is_better THEN 0 ELSE 1 END)
                      WHEN t.value > GREATEST(r.critical_max, r.risk_max, r.healthy_max) THEN CASE WHEN r.higher_is_better THEN 100 ELSE 0 END
                      WHEN t.value < LEAST(r.critical_min, r.risk_min, r.healthy_min) THEN CASE WHEN r.higher_is_better THEN 0 ELSE 100 END
                 END END AS score
        FROM %1$I.kpi_time_series t JOIN %1$I.kpis k ON k.kpi_id = t.kpi_id
        LEFT JOIN LATERAL (SELECT * FROM %1$I.kpi_reference_ranges r WHERE r.kpi_name = k.kpi_parameter AND COALESCE(r.customer_id::text, customer) = customer
                           ORDER BY r.customer_id NULLS LAST LIMIT 1) AS r ON true
        WHERE t.customer_id::text = customer
      ), components AS (
        SELECT p.account_id, p.year, p.month, p.component, sum(p.score * p.weight) / NULLIF(sum(p.weight) FILTER (WHERE p.score IS NOT NULL), 0) AS score,
               count(*) AS total, count(p.score) FILTER (WHERE p.component IS NOT NULL) AS valid
        FROM points p GROUP BY 1, 2, 3, 4
      )
      SELECT c.account_id::bigint, c.year::integer, c.month::integer,
             round(sum(c.score * COALESCE(w.weight, CASE WHEN EXISTS (SELECT FROM weights) THEN 0 ELSE 1 END))
                   / NULLIF(sum(COALESCE(w.weight, CASE WHEN EXISTS (SELECT FROM weights) THEN 0 ELSE 1 END)) FILTER (WHERE c.score IS NOT NULL), 0), 2),
             round(max(c.score) FILTER (WHERE c.component = ''usage''), 2), round(max(c.score) FILTER (WHERE c.component = ''support''), 2),
             round(max(c.score) FILTER (WHERE c.component = ''sentiment''), 2), round(max(c.score) FILTER (WHERE c.component = ''outcomes''), 2),
             round(max(c.score) FILTER (WHERE c.component = ''relationship''), 2), sum(c.total)::bigint, sum(c.valid)::bigint
      FROM (SELECT * FROM components o WHERE o.component IS NOT NULL
            UNION ALL SELECT o.account_id, o.year, o.month, NULL, NULL, o.total, 0 FROM components o WHERE o.component IS NULL) AS c
      LEFT JOIN weights w ON w.component = c.component
      GROUP BY 1, 2, 3;
    END
    $scores$'),
  ('rehydra_recalculate_health', 'text, uuid',
   '{"accounts": ["account_id", "account_name", "customer_id"], "health_score_rules": ["customer_id"],
     "health_trends": ["account_id", "customer_id", "month", "year", "overall_health_score", "product_usage_score", "support_score", "customer_sentiment_score",
                       "business_outcomes_score", "relationship_strength_score", "total_kpis", "valid_kpis"]}', '
    CREATE OR REPLACE FUNCTION %1$I.rehydra_recalculate_health(customer text, operation uuid) RETURNS SETOF text
      LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $recalculate$
    DECLARE
      changed bigint;
      added bigint;
      lacking text[];
    BEGIN
      WITH scores AS MATERIALIZED (
        SELECT s.* FROM %1$I.rehydra_health_scores(customer) AS s WHERE s.overall IS NOT NULL
      ), updated AS (
        UPDATE %1$I.health_trends h
        SET overall_health_score = s.overall, product_usage_score = s.usage, support_score = s.support, customer_sentiment_score = s.sentiment,
            business_outcomes_score = s.outcomes, relationship_strength_score = s.relationship, total_kpis = s.total_kpis, valid_kpis = s.valid_kpis
        FROM scores s
        WHERE h.customer_id::text = customer AND (h.account_id, h.year, h.month) = (s.account_id, s.year, s.month)
          AND (h.overall_health_score, h.product_usage_score, h.support_score, h.customer_sentiment_score, h.business_outcomes_score, h.relationship_strength_score, h.total_kpis, h.valid_kpis)
              IS DISTINCT FROM (s.overall, s.usage, s.support, s.sentiment, s.outcomes, s.relationship, s.total_kpis, s.valid_kpis)
        RETURNING 1
      ), inserted AS (
        INSERT INTO %1$I.health_trends (account_id, customer_id, month, year, overall_health_score, product_usage_score, support_score, customer_sentiment_score,
                                        business_outcomes_score, relationship_strength_score, total_kpis, valid_kpis)
        SELECT s.account_id, a.customer_id, s.month, s.year, s.overall, s.usage, s.support, s.sentiment, s.outcomes, s.relationship, s.total_kpis, s.valid_kpis
        FROM scores s JOIN %1$I.accounts a ON a.account_id = s.account_id AND a.customer_id::text = customer
        WHERE NOT EXISTS (SELECT FROM %1$I.health_trends h WHERE (h.account_id, h.year, h.month) = (s.account_id, s.year, s.month))
        RETURNING 1
      )
      SELECT (SELECT count(*) FROM updated), (SELECT count(*) FROM inserted),
             ARRAY(SELECT format(''health scores of account %%s (%%s) stay as they were where the month has no KPI value that counts: %%s'', a.account_name, a.account_id,
                                 string_agg(format(''%%s-%%s'', h.year, lpad(h.month::text, 2, ''0'')), '', '' ORDER BY h.year, h.month))
                   FROM %1$I.health_trends h JOIN %1$I.accounts a ON a.account_id = h.account_id
                   WHERE h.customer_id::text = customer
                     AND NOT EXISTS (SELECT FROM scores s WHERE (h.account_id, h.year, h.month) = (s.account_id, s.year, s.month))
                   GROUP BY a.account_id, a.account_name ORDER BY a.account_id)
      INTO changed, added, lacking;
      RETURN NEXT format(''health scores were recalculated: %%s months changed, %%s added'', changed, added);
      RETURN QUERY SELECT unnest(lacking);
    END
    $recalculate$')
$$;
COMMENT ON FUNCTION rehydra.customer_success_functions() IS 'Preset customer_success: what its policies call after an import; needs: columns without which one is not made';
REVOKE ALL ON FUNCTION rehydra.customer_success_functions() FROM PUBLIC;
