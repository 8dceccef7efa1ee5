-- The preset customer_success: its policies, profiles, checks and functions. Declarations, and what installs them into a schema (%1$I).

CREATE FUNCTION rehydra.customer_success_policies() RETURNS TABLE (policy text, choice text, is_default boolean, effect jsonb, description text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('product_kpis', 'reject', true, '{"references": {"kpis.product": "reject"}}'::jsonb, 'A KPI of a product that is gone is an error with its cell'),
  ('product_kpis', 'null', false, '{"references": {"kpis.product": "null"}}', 'It becomes a KPI of the account'),
  ('product_kpis', 'delete', false, '{"references": {"kpis.product": "delete", "kpi_time_series.kpi": "delete"}}', 'It goes too, and its time series with it'),
  ('playbook_executions', 'resume', true, '{}', 'Executions come in as the file has them'),
  ('playbook_executions', 'reset', false,
   '{"adjust": [{"dataset": "playbook_executions", "where": "status = ''in-progress''", "says": "were put back to their start",
                 "set": {"current_step": "NULL", "completed_at": "NULL",
                         "execution_data": "CASE json_typeof(execution_data) WHEN ''object'' THEN CASE WHEN EXISTS (SELECT FROM json_object_keys(execution_data) AS k WHERE k IN (''steps'', ''results'', ''current_step'', ''currentStep'', ''completed_at'', ''completedAt'')) THEN (SELECT COALESCE(json_object_agg(e.key, e.value), ''{}'') FROM json_each(execution_data) AS e WHERE e.key NOT IN (''steps'', ''results'', ''current_step'', ''currentStep'', ''completed_at'', ''completedAt'')) ELSE execution_data END ELSE ''{}'' END"}}]}',
   'Executions in progress lose their step, their results and what their data says of both; when they were started stays'),
  ('reference_ranges', 'replace', true,
   '{"list_changes": {"kpi_reference_ranges": ["critical_min", "critical_max", "risk_min", "risk_max", "healthy_min", "healthy_max"]}}',
   'As the import''s mode says; ranges that differ are listed with both'),
  ('reference_ranges', 'merge', false,
   '{"modes": {"kpi_reference_ranges": "merge"}, "list_changes": {"kpi_reference_ranges": ["critical_min", "critical_max", "risk_min", "risk_max", "healthy_min", "healthy_max"]}}',
   'Ranges that the file lacks stay; those that differ are listed with both'),
  ('health_scores', 'preserve', true, '{"fixed": {"health_score_rules": "keep"}}', 'Scores come in as the file has them; rules that are not the database''s are warned of'),
  ('health_scores', 'recalculate', false, '{"fixed": {"health_score_rules": "reject"}, "after": ["%1$I.rehydra_recalculate_health"]}',
   'Scores are computed anew from KPIs, ranges and weights; a file with other rules is rejected'),
  ('account_rollups', 'leave', true, '{}', 'What an account says of its products is not looked at'),
  ('account_rollups', 'check', false, '{"after": ["%1$I.rehydra_check_rollups"]}', 'Accounts whose products say something else are named in warnings')
$$;
COMMENT ON FUNCTION rehydra.customer_success_policies() IS 'Preset customer_success: its policies';

CREATE FUNCTION rehydra.customer_success_profiles() RETURNS TABLE (profile text, settings jsonb, description text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('data_center', '{"health_scores": "preserve", "reference_ranges": "replace", "product_kpis": "reject"}'::jsonb,
   'Data center and serverless: scores are kept as they are; recalculate on request'),
  ('marketplace', '{"match": {"accounts": ["external_account_id", "account_name"]}, "reference_ranges": "merge"}',
   'Marketplaces: accounts are recognised by their external id, ranges are merged'),
  ('corporate', '{"playbook_executions": "reset", "account_rollups": "check"}',
   'Corporate: playbooks in progress start again; accounts are held against their products'),
  ('multi_product', '{"orphans": "reject", "references": {"products.account": "reject"}, "product_kpis": "reject", "account_rollups": "check"}',
   'Several products an account: a product without its account is rejected with its cell')
$$;
COMMENT ON FUNCTION rehydra.customer_success_profiles() IS 'Preset customer_success: its profiles';

-- Bounds may touch.
CREATE FUNCTION rehydra.customer_success_checks() RETURNS TABLE (dataset text, name text, expression text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('kpi_reference_ranges', 'critical range runs upwards', 'critical_min <= critical_max'),
  ('kpi_reference_ranges', 'risk range runs upwards', 'risk_min <= risk_max'),
  ('kpi_reference_ranges', 'healthy range runs upwards', 'healthy_min <= healthy_max'),
  ('kpi_reference_ranges', 'critical and risk do not overlap', 'critical_max <= risk_min OR risk_max <= critical_min'),
  ('kpi_reference_ranges', 'risk and healthy do not overlap', 'risk_max <= healthy_min OR healthy_max <= risk_min'),
  ('kpi_reference_ranges', 'critical and healthy do not overlap', 'critical_max <= healthy_min OR healthy_max <= critical_min')
$$;
COMMENT ON FUNCTION rehydra.customer_success_checks() IS 'Preset customer_success: rules beyond its tables'' constraints';

CREATE FUNCTION rehydra.preset_has_columns(model text, needs jsonb) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(bool_and(EXISTS (SELECT FROM rehydra.datasets d WHERE d.model = preset_has_columns.model AND d.dataset = t.dataset
                                     AND rehydra.has_column(d.relation_oid, c.name))), true)
  FROM jsonb_each(needs) AS t (dataset, columns), jsonb_array_elements_text(t.columns) AS c (name)
$$;
COMMENT ON FUNCTION rehydra.preset_has_columns(text, jsonb) IS 'Whether a model''s tables have all of {"data set": [columns]}';

CREATE FUNCTION rehydra.preset_functions(model text, schema text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  one record;
  acting name := (SELECT m.acting_role FROM rehydra.models m WHERE m.model = preset_functions.model);
BEGIN
  FOR one IN SELECT * FROM rehydra.customer_success_functions() AS f WHERE rehydra.preset_has_columns(model, f.needs) LOOP
    EXECUTE format(one.definition, schema);
    EXECUTE format('REVOKE ALL ON FUNCTION %I.%I(%s) FROM PUBLIC', schema, one.name, one.arguments);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I.%I(%s) TO %I, rehydra_importer, rehydra_operator', schema, one.name, one.arguments, acting);
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.preset_functions(text, text) IS 'Creates the preset''s functions in a schema, as far as it has their columns';

CREATE FUNCTION rehydra.preset_add_checks(model text) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rehydra.add_check(preset_add_checks.model, c.dataset, c.name, c.expression)
  FROM rehydra.customer_success_checks() AS c
  WHERE rehydra.preset_has_columns(preset_add_checks.model, '{"kpi_reference_ranges": ["critical_min", "critical_max", "risk_min", "risk_max", "healthy_min", "healthy_max"]}')
$$;
COMMENT ON FUNCTION rehydra.preset_add_checks(text) IS 'Registers the preset''s rules';

CREATE FUNCTION rehydra.preset_effect_fits(model text, schema text, effect jsonb) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (SELECT COALESCE(bool_and(EXISTS (SELECT FROM rehydra.dataset_references r
                                           WHERE r.model = preset_effect_fits.model AND r.dataset || '.' || r.reference = way)), true)
          FROM jsonb_object_keys(COALESCE(effect -> 'references', '{}')) AS way)
     AND (SELECT COALESCE(bool_and(rehydra.preset_has_columns(preset_effect_fits.model,
                   jsonb_build_object(one ->> 'dataset', '["status"]'::jsonb || (SELECT jsonb_agg(c) FROM jsonb_object_keys(one -> 'set') AS c)))), true)
          FROM jsonb_array_elements(COALESCE(effect -> 'adjust', '[]')) AS one)
     AND (SELECT COALESCE(bool_and(to_regprocedure(f || '(text, uuid)') IS NOT NULL), true)
          FROM jsonb_array_elements_text(COALESCE(effect -> 'after', '[]')) AS f)
$$;
COMMENT ON FUNCTION rehydra.preset_effect_fits(text, text, jsonb) IS 'Whether an application''s tables have what an effect is about';

CREATE FUNCTION rehydra.inside_json(value text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT substr(to_jsonb(value)::text, 2, length(to_jsonb(value)::text) - 2)
$$;
COMMENT ON FUNCTION rehydra.inside_json(text) IS 'A text as it stands between the quotes of a JSON string';

CREATE FUNCTION rehydra.preset_add_policies(model text, schema text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  one record;
  effect jsonb;
BEGIN
  FOR one IN SELECT * FROM rehydra.customer_success_policies() LOOP
    effect := replace(one.effect::text, '%1$I', rehydra.inside_json(quote_ident(schema)))::jsonb;
    IF rehydra.preset_effect_fits(model, schema, effect) THEN
      PERFORM rehydra.add_policy(model, one.policy, one.choice, effect, one.is_default, one.description);
    END IF;
  END LOOP;
  FOR one IN SELECT p.profile, p.description,
                    (SELECT COALESCE(jsonb_object_agg(key, value), '{}') FROM jsonb_each(p.settings)
                     WHERE key = ANY (rehydra.plain_policies())
                        OR EXISTS (SELECT FROM rehydra.policies o WHERE o.model = preset_add_policies.model AND o.policy = key AND o.choice = value #>> '{}')) AS settings
             FROM rehydra.customer_success_profiles() AS p LOOP
    PERFORM rehydra.add_profile(model, one.profile, one.settings, one.description);
  END LOOP;
END
$$;
COMMENT ON FUNCTION rehydra.preset_add_policies(text, text) IS 'Registers the preset''s policies and profiles, as far as a schema has what they are about';

REVOKE ALL ON FUNCTION rehydra.customer_success_policies(), rehydra.customer_success_profiles(), rehydra.customer_success_checks(),
  rehydra.preset_has_columns(text, jsonb), rehydra.preset_functions(text, text),
  rehydra.preset_add_checks(text), rehydra.preset_effect_fits(text, text, jsonb), rehydra.inside_json(text),
  rehydra.preset_add_policies(text, text) FROM PUBLIC;
