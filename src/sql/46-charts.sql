-- Charts: what the overview of a workbook draws of a model's data sets, beside the rows by sheet that it always draws.
CREATE TABLE rehydra.overview_charts (
  model         text NOT NULL,
  position      int NOT NULL,
  title         text NOT NULL CHECK (title <> ''),
  kind          text NOT NULL CHECK (kind IN ('column', 'line', 'pie')),
  dataset       text NOT NULL,
  label_columns text[] NOT NULL CHECK (pg_catalog.cardinality(label_columns) > 0),
  value_column  text,
  PRIMARY KEY (model, position),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE
);
COMMENT ON TABLE rehydra.overview_charts IS 'The charts on a workbook''s overview';
COMMENT ON COLUMN rehydra.overview_charts.kind IS 'line: in the order of the labels, the last 36; column, pie: the 12 largest, and the others together';
COMMENT ON COLUMN rehydra.overview_charts.value_column IS 'What is averaged by label; NULL: the rows are counted';
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.overview_charts FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
GRANT SELECT ON rehydra.overview_charts TO rehydra_operator, rehydra_auditor;
SELECT pg_catalog.pg_extension_config_dump('rehydra.overview_charts', '');

CREATE FUNCTION rehydra.add_chart(model text, dataset text, title text, label_columns text[], value_column text, kind text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  relation regclass := rehydra.relation_of(add_chart.model, add_chart.dataset);
BEGIN
  IF COALESCE(add_chart.kind, '') NOT IN ('column', 'line', 'pie') THEN
    RAISE EXCEPTION 'unknown kind of chart "%"', add_chart.kind USING ERRCODE = 'invalid_parameter_value', HINT = 'Kinds: column, line, pie.';
  END IF;
  IF COALESCE(cardinality(add_chart.label_columns), 0) = 0 OR COALESCE(add_chart.title, '') = '' THEN
    RAISE EXCEPTION 'the chart has no title, or nothing that its points are called by'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a title, and in label_columns the columns whose values make the labels.';
  END IF;
  PERFORM rehydra.check_columns(relation, array_remove(add_chart.label_columns || add_chart.value_column, NULL), 'chart');
  IF add_chart.value_column IS NOT NULL AND NOT EXISTS (
       SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       WHERE a.attrelid = relation AND a.attname = add_chart.value_column AND t.typcategory = 'N') THEN
    RAISE EXCEPTION 'column "%" of table % is not a number', add_chart.value_column, relation
      USING ERRCODE = 'datatype_mismatch', HINT = 'Leave value_column out to count rows.';
  END IF;
  DELETE FROM rehydra.overview_charts c WHERE c.model = add_chart.model AND c.title = add_chart.title;
  INSERT INTO rehydra.overview_charts (model, position, title, kind, dataset, label_columns, value_column)
  SELECT add_chart.model, COALESCE(max(c.position), 0) + 1, add_chart.title, add_chart.kind, add_chart.dataset, add_chart.label_columns,
         add_chart.value_column
  FROM rehydra.overview_charts c WHERE c.model = add_chart.model;
END
$$;
COMMENT ON FUNCTION rehydra.add_chart(text, text, text, text[], text, text) IS 'rehydra_add_chart() for a model that is named';

CREATE FUNCTION rehydra_add_chart(dataset text, title text, label_columns text[], value_column text DEFAULT NULL, kind text DEFAULT 'column',
                                  model text DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owner_model text := rehydra.named_model(rehydra_add_chart.model);
BEGIN
  PERFORM rehydra.add_chart(owner_model, rehydra_add_chart.dataset, rehydra_add_chart.title, rehydra_add_chart.label_columns,
                            rehydra_add_chart.value_column, rehydra_add_chart.kind);
END
$$;
COMMENT ON FUNCTION rehydra_add_chart(text, text, text[], text, text, text) IS
  'Puts a chart on the overview of a model''s workbooks, in place of one of that title. label_columns: whose values are joined into the labels; value_column: averaged by label, NULL to count rows; kind: column, pie (the 12 largest, the others together) or line (in the order of the labels, the last 36); model: needed where there are several. Off again: DELETE FROM rehydra.overview_charts. Errors: 22023 for a wrong argument, 42703 for an unknown column, 42804 for a value that is no number';

CREATE FUNCTION rehydra.preset_add_charts(model text) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rehydra.add_chart(preset_add_charts.model, c.dataset, c.title, c.labels, c.value, c.kind)
  FROM (VALUES
      (1, 'health_trends',   'Health score by month', ARRAY['year', 'month'], 'overall_health_score', 'line'),
      (2, 'accounts',        'Accounts by region',    ARRAY['region'],        NULL,                   'pie'),
      (3, 'kpi_time_series', 'KPI values by status',  ARRAY['health_status'], NULL,                   'column'))
    AS c (place, dataset, title, labels, value, kind)
  -- An application's own table may lack the columns.
  WHERE NOT EXISTS (
    SELECT FROM unnest(array_remove(c.labels || c.value, NULL)) AS wanted (name)
    WHERE NOT EXISTS (SELECT FROM rehydra.datasets d WHERE d.model = preset_add_charts.model AND d.dataset = c.dataset
                        AND rehydra.has_column(d.relation_oid, wanted.name)))
  ORDER BY c.place
$$;
COMMENT ON FUNCTION rehydra.preset_add_charts(text) IS 'Preset customer_success: health over time, accounts by region, KPI values by status';

REVOKE ALL ON FUNCTION rehydra.add_chart(text, text, text, text[], text, text), rehydra_add_chart(text, text, text[], text, text, text),
  rehydra.preset_add_charts(text) FROM PUBLIC;
