-- Named policies: a model's rules for imports as data. A choice of a policy has an effect, JSON that the importer reads
-- (src/importer/policy.h); a profile is a list of choices; a customer can have its own. The call's options win over the customer's, those
-- over the profile's, and those over the defaults.
CREATE TABLE rehydra.policies (
  model       text NOT NULL REFERENCES rehydra.models ON DELETE CASCADE,
  policy      text NOT NULL CHECK (policy <> ''),
  choice      text NOT NULL CHECK (choice <> ''),
  effect      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(effect) = 'object'),
  is_default  boolean NOT NULL DEFAULT false,
  description text,
  PRIMARY KEY (model, policy, choice)
);
CREATE UNIQUE INDEX policies_default ON rehydra.policies (model, policy) WHERE is_default;
COMMENT ON TABLE rehydra.policies IS 'The policies of a model by name, and what each of their choices comes to in an import';
COMMENT ON COLUMN rehydra.policies.effect IS
  'Policies that every model has (orphans, references, modes, ...), and "adjust", "after", "list_changes", "fixed": see docs/policies.md';

CREATE TABLE rehydra.profiles (
  model       text NOT NULL REFERENCES rehydra.models ON DELETE CASCADE,
  profile     text NOT NULL CHECK (profile <> ''),
  settings    jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  description text,
  PRIMARY KEY (model, profile)
);
COMMENT ON TABLE rehydra.profiles IS 'Choices of policies that go together: {"policy": "choice", "match": {...}, ...}';

CREATE TABLE rehydra.tenant_policies (
  model       text NOT NULL REFERENCES rehydra.models ON DELETE CASCADE,
  customer_id text NOT NULL,
  settings    jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  PRIMARY KEY (model, customer_id)
);
COMMENT ON TABLE rehydra.tenant_policies IS 'A customer''s own choices, as in a profile, and "profile"; set by rehydra_set_policy()';

CREATE FUNCTION rehydra.plain_policies() RETURNS text[]
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT '{orphans,missing_references,references,attach_to,conflicts,triggers,modes,reject_limit,match}'::text[]
$$;
COMMENT ON FUNCTION rehydra.plain_policies() IS 'The policies that every model has';

CREATE FUNCTION rehydra.check_settings(model text, settings jsonb) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  known text[] := rehydra.plain_policies() || ARRAY(SELECT DISTINCT p.policy FROM rehydra.policies p WHERE p.model = check_settings.model ORDER BY 1);
  odd text;
BEGIN
  -- Effects are SQL and functions: they are the registry's to say, never a call's.
  SELECT key INTO odd FROM jsonb_object_keys(check_settings.settings) AS key WHERE key <> ALL (known) ORDER BY key LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'unknown policy "%"', odd USING ERRCODE = 'invalid_parameter_value', HINT = format('Policies: %s.', array_to_string(known, ', '));
  END IF;
END
$$;
COMMENT ON FUNCTION rehydra.check_settings(text, jsonb) IS 'Raises 22023 for a policy that neither every model nor this one has';

CREATE FUNCTION rehydra.choice_effect(model text, policy text, choice text) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  effect jsonb;
BEGIN
  SELECT p.effect INTO effect FROM rehydra.policies p
  WHERE p.model = choice_effect.model AND p.policy = choice_effect.policy AND p.choice = choice_effect.choice;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'policy "%" has no choice "%"', choice_effect.policy, choice_effect.choice
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('Choices: %s.', (SELECT string_agg(p.choice, ', ' ORDER BY p.choice) FROM rehydra.policies p
                                           WHERE p.model = choice_effect.model AND p.policy = choice_effect.policy));
  END IF;
  RETURN effect;
END
$$;
COMMENT ON FUNCTION rehydra.choice_effect(text, text, text) IS 'What a choice comes to; raises 22023 for one that does not exist';

CREATE FUNCTION rehydra.merge_settings(low jsonb, high jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(jsonb_object_agg(key, CASE
           WHEN jsonb_typeof(low -> key) = jsonb_typeof(high -> key) AND jsonb_typeof(high -> key) IN ('object', 'array') THEN (low -> key) || (high -> key)
           ELSE COALESCE(high -> key, low -> key) END), '{}')
  FROM jsonb_object_keys(low || high) AS key
$$;
COMMENT ON FUNCTION rehydra.merge_settings(jsonb, jsonb) IS 'Both, where high wins; objects are merged member by member, lists follow each other';

CREATE FUNCTION rehydra.narrowed(effect jsonb, narrowing jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object('adjust', COALESCE((SELECT jsonb_agg(one || narrowing ORDER BY place)
                                                FROM jsonb_array_elements(effect -> 'adjust') WITH ORDINALITY AS t (one, place)), '[]'))
$$;
COMMENT ON FUNCTION rehydra.narrowed(jsonb, jsonb) IS 'An effect whose adjustments are only for some rows: {"only": [keys]} or {"except": [keys]}';

CREATE FUNCTION rehydra.rows_effect(model text, policy text, by_row jsonb, rest text) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  one record;
  effect jsonb;
  named jsonb := '[]';
  others text := rest;
  result jsonb := '{}';
BEGIN
  FOR one IN SELECT t.key AS choice, t.value AS rows FROM jsonb_each(by_row) AS t LOOP
    effect := rehydra.choice_effect(rows_effect.model, rows_effect.policy, one.choice);
    IF one.rows = 'true' THEN
      others := one.choice;
    ELSIF jsonb_typeof(one.rows) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(one.rows) AS k WHERE jsonb_typeof(k) NOT IN ('string', 'number')) THEN
      RAISE EXCEPTION 'choice "%" of policy "%" names no rows', one.choice, rows_effect.policy
        USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a list of keys, or true for all other rows: {"reset": ["run-1"], "resume": true}.';
    ELSE
      named := named || one.rows;
      result := rehydra.merge_settings(result, rehydra.narrowed(effect, jsonb_build_object('only', one.rows)));
    END IF;
    IF effect - 'adjust' <> '{}' THEN
      RAISE EXCEPTION 'policy "%" is not for single rows', rows_effect.policy
        USING ERRCODE = 'invalid_parameter_value', HINT = 'Name one choice for all rows.';
    END IF;
  END LOOP;
  RETURN rehydra.merge_settings(result, rehydra.narrowed(rehydra.choice_effect(rows_effect.model, rows_effect.policy, others),
                                                         jsonb_build_object('except', named)));
END
$$;
COMMENT ON FUNCTION rehydra.rows_effect(text, text, jsonb, text) IS
  'What {"choice": [keys] or true, ...} comes to; rows that are named nowhere follow the choice whose value is true, else rest';

CREATE FUNCTION rehydra.policy_effect(model text, policy text, layers jsonb[]) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  chosen jsonb;
  rest text;
BEGIN
  FOR i IN REVERSE array_length(layers, 1) .. 1 LOOP
    chosen := COALESCE(chosen, layers[i] -> policy);
    rest := COALESCE(rest, CASE WHEN jsonb_typeof(layers[i] -> policy) = 'string' THEN layers[i] ->> policy END);
  END LOOP;
  IF jsonb_typeof(chosen) NOT IN ('string', 'object') OR (rest IS NULL AND NOT EXISTS (SELECT FROM jsonb_each(chosen) AS t WHERE t.value = 'true')) THEN
    RAISE EXCEPTION 'policy "%" is not chosen for all rows', policy
      USING ERRCODE = 'invalid_parameter_value', HINT = format('Write {"%s": "choice"} or {"%s": {"choice": [keys], "another": true}}.', policy, policy);
  END IF;
  RETURN CASE jsonb_typeof(chosen) WHEN 'string' THEN rehydra.choice_effect(model, policy, rest) ELSE rehydra.rows_effect(model, policy, chosen, rest) END;
END
$$;
COMMENT ON FUNCTION rehydra.policy_effect(text, text, jsonb[]) IS 'What a policy''s choice comes to in the last of the layers that makes one';

CREATE FUNCTION rehydra.profile_settings(model text, profile text) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  settings jsonb;
BEGIN
  IF profile_settings.profile IS NULL THEN
    RETURN '{}';
  END IF;
  SELECT p.settings INTO settings FROM rehydra.profiles p WHERE p.model = profile_settings.model AND p.profile = profile_settings.profile;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'model "%" has no profile "%"', profile_settings.model, profile_settings.profile
      USING ERRCODE = 'invalid_parameter_value',
            HINT = format('Profiles: %s.', COALESCE((SELECT string_agg(p.profile, ', ' ORDER BY p.profile) FROM rehydra.profiles p WHERE p.model = profile_settings.model), 'none'));
  END IF;
  RETURN settings;
END
$$;
COMMENT ON FUNCTION rehydra.profile_settings(text, text) IS 'A profile''s choices, {} for none; raises 22023 for one that does not exist';

CREATE FUNCTION rehydra.merged_policy(model text, layers jsonb[]) RETURNS jsonb
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  named text[] := ARRAY(SELECT DISTINCT p.policy FROM rehydra.policies p WHERE p.model = merged_policy.model ORDER BY 1);
  one text;
  result jsonb := '{}';
BEGIN
  PERFORM rehydra.check_settings(merged_policy.model, layer) FROM unnest(layers) AS layer;
  FOR i IN 1 .. array_length(layers, 1) LOOP
    FOREACH one IN ARRAY named LOOP
      IF layers[i] ? one AND NOT EXISTS (SELECT FROM unnest(layers[i + 1:]) AS later WHERE later ? one) THEN
        result := rehydra.merge_settings(result, rehydra.policy_effect(merged_policy.model, one, layers));
      END IF;
    END LOOP;
    result := rehydra.merge_settings(result, layers[i] - named);
  END LOOP;
  RETURN result;
END
$$;
COMMENT ON FUNCTION rehydra.merged_policy(text, jsonb[]) IS 'Layers of choices, later ones first, named ones put into their effects';

CREATE FUNCTION rehydra.default_choices(model text) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT COALESCE(jsonb_object_agg(p.policy, p.choice), '{}') FROM rehydra.policies p WHERE p.model = default_choices.model AND p.is_default
$$;
COMMENT ON FUNCTION rehydra.default_choices(text) IS 'What a model''s imports go by that choose nothing';

CREATE FUNCTION rehydra.effective_policy(model text, customer_id text, profile text, given jsonb) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rehydra.merged_policy(effective_policy.model, ARRAY[
           rehydra.default_choices(effective_policy.model),
           rehydra.profile_settings(effective_policy.model, COALESCE(effective_policy.profile, own.settings ->> 'profile')),
           own.settings - 'profile',
           rehydra.without_nulls(COALESCE(effective_policy.given, '{}'))])
  FROM (SELECT COALESCE((SELECT t.settings FROM rehydra.tenant_policies t
                         WHERE t.model = effective_policy.model AND t.customer_id = effective_policy.customer_id), '{}') AS settings) AS own
$$;
COMMENT ON FUNCTION rehydra.effective_policy(text, text, text, jsonb) IS
  'What an import of this customer goes by: the defaults, the profile''s, the customer''s own and the given policies, later ones first';

CREATE FUNCTION rehydra.check_adjustment(model text, one jsonb) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF jsonb_typeof(one -> 'dataset') IS DISTINCT FROM 'string' OR jsonb_typeof(one -> 'where') IS DISTINCT FROM 'string'
     OR jsonb_typeof(one -> 'says') IS DISTINCT FROM 'string' OR jsonb_typeof(one -> 'set') IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'an adjustment is not understood: %', one
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Write {"dataset": name, "where": "SQL over the row", "set": {"column": "SQL over the row"}, "says": "were ..."}.';
  END IF;
  PERFORM rehydra.check_columns(rehydra.relation_of(model, one ->> 'dataset'), ARRAY(SELECT jsonb_object_keys(one -> 'set')), 'adjustment');
END
$$;
COMMENT ON FUNCTION rehydra.check_adjustment(text, jsonb) IS 'Raises 22023 or 42703 for an adjustment of staged rows that cannot be made';

CREATE FUNCTION rehydra.check_policy_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  touched jsonb;
  others text;
BEGIN
  -- Their SQL and their functions run as the model's acting role, on all of its tables.
  IF NOT rehydra.is_superuser() THEN
    FOREACH touched IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)] WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)] ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END LOOP
      others := rehydra.foreign_table_of(touched ->> 'model');
      IF others IS NOT NULL THEN
        RAISE EXCEPTION 'policies of model "%" are not yours to change: table % belongs to somebody else', touched ->> 'model', others
          USING ERRCODE = 'insufficient_privilege', HINT = 'Ask the owner of all its tables, or a superuser.';
      END IF;
    END LOOP;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION rehydra.check_policy_change() IS 'Trigger: a model''s policies are changed by the owner of all its tables or a superuser';
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.policies FOR EACH ROW EXECUTE FUNCTION rehydra.check_policy_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.profiles FOR EACH ROW EXECUTE FUNCTION rehydra.check_policy_change();

CREATE FUNCTION rehydra.add_policy(model text, policy text, choice text, effect jsonb, is_default boolean, description text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  odd text;
BEGIN
  IF COALESCE(add_policy.policy, '') = '' OR COALESCE(add_policy.choice, '') = ''
     OR add_policy.policy = ANY (rehydra.plain_policies() || 'profile'::text) THEN
    RAISE EXCEPTION 'policy "%" cannot be named so', add_policy.policy
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Give it and its choice a name that no policy of every model has.';
  END IF;
  PERFORM rehydra.check_object(add_policy.effect, 'effect');
  SELECT key INTO odd FROM jsonb_object_keys(add_policy.effect) AS key
  WHERE key <> ALL (rehydra.plain_policies() || '{adjust,after,list_changes,fixed}'::text[]) ORDER BY key LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'unknown effect "%"', odd USING ERRCODE = 'invalid_parameter_value', HINT = 'Look into docs/policies.md.';
  END IF;
  PERFORM rehydra.check_adjustment(add_policy.model, one) FROM jsonb_array_elements(COALESCE(add_policy.effect -> 'adjust', '[]')) AS one;
  SELECT f INTO odd FROM jsonb_array_elements_text(COALESCE(add_policy.effect -> 'after', '[]')) AS f
  WHERE f !~ '\.' OR to_regprocedure(f || '(text, uuid)') IS NULL;
  IF FOUND THEN
    RAISE EXCEPTION 'function %(text, uuid) does not exist', odd
      USING ERRCODE = 'undefined_function', HINT = 'Name it with its schema; it takes the customer and the operation and returns texts.';
  END IF;
  IF add_policy.is_default THEN
    UPDATE rehydra.policies p SET is_default = false WHERE p.model = add_policy.model AND p.policy = add_policy.policy AND p.is_default;
  END IF;
  INSERT INTO rehydra.policies (model, policy, choice, effect, is_default, description)
  VALUES (add_policy.model, add_policy.policy, add_policy.choice, add_policy.effect, add_policy.is_default, add_policy.description)
  ON CONFLICT ON CONSTRAINT policies_pkey DO UPDATE
    SET effect = EXCLUDED.effect, is_default = EXCLUDED.is_default, description = EXCLUDED.description;
END
$$;
COMMENT ON FUNCTION rehydra.add_policy(text, text, text, jsonb, boolean, text) IS 'rehydra_add_policy() for a model that is named';

CREATE FUNCTION rehydra_add_policy(policy text, choice text, effect jsonb DEFAULT '{}', is_default boolean DEFAULT false, description text DEFAULT NULL,
                                   model text DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM rehydra.add_policy(rehydra.named_model(rehydra_add_policy.model), rehydra_add_policy.policy, rehydra_add_policy.choice,
                             rehydra_add_policy.effect, rehydra_add_policy.is_default, rehydra_add_policy.description);
END
$$;
COMMENT ON FUNCTION rehydra_add_policy(text, text, jsonb, boolean, text, text) IS
  'Gives a model a choice of a named policy, in place of one of that name. effect: {"references": {...}, "modes": {...}, "adjust": [...], "after": ["schema.function"], "list_changes": {...}, "fixed": {...}}; is_default: what imports go by that choose nothing; model: needed where there are several. Errors: 22023 for a wrong argument, 42703 and 42883 for what does not exist, 42501 for a model that is not yours';

CREATE FUNCTION rehydra.add_profile(model text, profile text, settings jsonb, description text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM rehydra.check_object(add_profile.settings, 'settings');
  PERFORM rehydra.merged_policy(add_profile.model, ARRAY[rehydra.default_choices(add_profile.model), add_profile.settings]);
  INSERT INTO rehydra.profiles (model, profile, settings, description)
  VALUES (add_profile.model, add_profile.profile, add_profile.settings, add_profile.description)
  ON CONFLICT ON CONSTRAINT profiles_pkey DO UPDATE SET settings = EXCLUDED.settings, description = EXCLUDED.description;
END
$$;
COMMENT ON FUNCTION rehydra.add_profile(text, text, jsonb, text) IS 'rehydra_add_profile() for a model that is named';

CREATE FUNCTION rehydra_add_profile(profile text, settings jsonb, description text DEFAULT NULL, model text DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM rehydra.add_profile(rehydra.named_model(rehydra_add_profile.model), rehydra_add_profile.profile, rehydra_add_profile.settings,
                              rehydra_add_profile.description);
END
$$;
COMMENT ON FUNCTION rehydra_add_profile(text, jsonb, text, text) IS
  'Gives a model a profile, in place of one of that name: choices of policies that an import takes by options => ''{"profile": name}''. settings: {"policy": "choice", "match": {...}, ...}; model: needed where there are several. Errors: 22023 for a policy or a choice that does not exist, 42501 for a model that is not yours';

CREATE FUNCTION rehydra_set_policy(customer_id text, settings jsonb, options jsonb DEFAULT '{}') RETURNS uuid
  LANGUAGE C VOLATILE PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'rehydra_set_policy';
COMMENT ON FUNCTION rehydra_set_policy(text, jsonb, jsonb) IS
  'Says what imports of one customer go by where a call says nothing else: {"policy": "choice", "profile": name, ...} in place of what was set; {} for the defaults. options: {"model": name}. Returns the operation''s id; the log has a line of kind policy. For operators. Errors: 42501 for others, 22023 for a policy or a choice that does not exist';

GRANT SELECT ON rehydra.policies, rehydra.profiles, rehydra.tenant_policies TO rehydra_operator, rehydra_auditor;
SELECT pg_catalog.pg_extension_config_dump('rehydra.policies', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.profiles', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.tenant_policies', '');

REVOKE ALL ON FUNCTION rehydra.plain_policies(), rehydra.check_settings(text, jsonb), rehydra.choice_effect(text, text, text),
  rehydra.merge_settings(jsonb, jsonb), rehydra.narrowed(jsonb, jsonb), rehydra.rows_effect(text, text, jsonb, text),
  rehydra.policy_effect(text, text, jsonb[]), rehydra.profile_settings(text, text),
  rehydra.merged_policy(text, jsonb[]), rehydra.default_choices(text), rehydra.effective_policy(text, text, text, jsonb),
  rehydra.check_adjustment(text, jsonb), rehydra.check_policy_change(),
  rehydra.add_policy(text, text, text, jsonb, boolean, text), rehydra.add_profile(text, text, jsonb, text), rehydra_add_policy(text, text, jsonb, boolean, text, text),
  rehydra_add_profile(text, jsonb, text, text), rehydra_set_policy(text, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rehydra_set_policy(text, jsonb, jsonb) TO rehydra_operator;
