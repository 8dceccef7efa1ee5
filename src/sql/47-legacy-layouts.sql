-- Legacy layouts: what the sheets of workbooks without a manifest mean. Older versions of an application's own export are described here,
-- a version a model, and read by the importer like a manifest (src/registry/legacy.h).
CREATE TABLE rehydra.legacy_sheets (
  model         text NOT NULL,
  version       int NOT NULL CHECK (version > 0),
  sheet         text NOT NULL CHECK (sheet <> '' AND sheet NOT LIKE '\_%'),
  position      int NOT NULL,
  dataset       text NOT NULL,
  satellite     boolean NOT NULL DEFAULT false,
  attach_by     text,
  attach_same   text[] NOT NULL DEFAULT '{}',
  attach_parent text[] NOT NULL DEFAULT '{}',
  attach_newest text,
  PRIMARY KEY (model, version, sheet),
  FOREIGN KEY (model, dataset) REFERENCES rehydra.datasets ON DELETE CASCADE,
  CHECK (pg_catalog.cardinality(attach_same) = pg_catalog.cardinality(attach_parent)),
  CHECK ((attach_by IS NULL) = (attach_newest IS NULL) AND (attach_by IS NULL) = (pg_catalog.cardinality(attach_same) = 0))
);
COMMENT ON TABLE rehydra.legacy_sheets IS 'The sheets of workbooks without a manifest, by the version that their sheet Export Metadata states';
COMMENT ON COLUMN rehydra.legacy_sheets.satellite IS 'A second sheet of a table, joined by key';
COMMENT ON COLUMN rehydra.legacy_sheets.attach_by IS 'A reference that the sheet lacks: new rows point at the newest row of its parent (the largest attach_newest) that agrees with them';
COMMENT ON COLUMN rehydra.legacy_sheets.attach_same IS 'The columns of the data set in which they agree, with attach_parent of the parent';

CREATE TABLE rehydra.legacy_columns (
  model       text NOT NULL,
  version     int NOT NULL,
  sheet       text NOT NULL,
  position    int NOT NULL,
  dataset     text NOT NULL,
  header      text NOT NULL CHECK (header <> '' AND header NOT LIKE '\_%'),
  column_name text,
  read_as     text NOT NULL CHECK (read_as IN ('value', 'count', 'json', 'display')),
  PRIMARY KEY (model, version, sheet, position),
  FOREIGN KEY (model, version, sheet) REFERENCES rehydra.legacy_sheets ON DELETE CASCADE,
  CHECK ((column_name IS NULL) = (read_as = 'display'))
);
CREATE UNIQUE INDEX legacy_columns_header ON rehydra.legacy_columns (model, version, sheet, pg_catalog.lower(header));
COMMENT ON TABLE rehydra.legacy_columns IS 'The columns of such a sheet, found by their headers';
COMMENT ON COLUMN rehydra.legacy_columns.read_as IS
  'value: by the column''s type, an empty cell is NULL, zero or an empty text; count: a number, of which 0 may also have been NULL; json: JSON, or Python''s notation of it; display: for the reader only, ignored';

CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.legacy_sheets FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
CREATE TRIGGER check_change BEFORE INSERT OR UPDATE OR DELETE ON rehydra.legacy_columns FOR EACH ROW EXECUTE FUNCTION rehydra.check_detail_change();
GRANT SELECT ON rehydra.legacy_sheets, rehydra.legacy_columns TO rehydra_operator, rehydra_auditor;
SELECT pg_catalog.pg_extension_config_dump('rehydra.legacy_sheets', '');
SELECT pg_catalog.pg_extension_config_dump('rehydra.legacy_columns', '');

CREATE FUNCTION rehydra.add_legacy_sheet(model text, version int, dataset text, sheet text, columns jsonb, satellite boolean, attach jsonb)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  relation regclass := rehydra.relation_of(add_legacy_sheet.model, add_legacy_sheet.dataset);
  r rehydra.dataset_references;
  place int;
BEGIN
  PERFORM rehydra.check_sheet_column(add_legacy_sheet.model, add_legacy_sheet.dataset, one - 'read_as')
  FROM jsonb_array_elements(add_legacy_sheet.columns) AS one WHERE one ? 'column';
  IF add_legacy_sheet.attach IS NOT NULL THEN
    SELECT * INTO r FROM rehydra.dataset_references d
    WHERE d.model = add_legacy_sheet.model AND d.dataset = add_legacy_sheet.dataset AND d.reference = attach ->> 'reference';
    IF NOT FOUND OR cardinality(r.columns) <> 1 THEN
      RAISE EXCEPTION 'data set "%" has no reference "%" of one column', add_legacy_sheet.dataset, attach ->> 'reference'
        USING ERRCODE = 'undefined_object', HINT = 'SELECT * FROM rehydra.dataset_references;';
    END IF;
    PERFORM rehydra.check_columns(relation, ARRAY(SELECT jsonb_object_keys(attach -> 'same')), 'legacy sheet');
    PERFORM rehydra.check_columns(rehydra.relation_of(add_legacy_sheet.model, r.parent),
                                  ARRAY(SELECT value FROM jsonb_each_text(attach -> 'same')) || (attach ->> 'newest'), 'legacy sheet');
  END IF;
  SELECT s.position INTO place FROM rehydra.legacy_sheets s
  WHERE s.model = add_legacy_sheet.model AND s.version = add_legacy_sheet.version AND s.sheet = add_legacy_sheet.sheet;
  DELETE FROM rehydra.legacy_sheets s
  WHERE s.model = add_legacy_sheet.model AND s.version = add_legacy_sheet.version AND s.sheet = add_legacy_sheet.sheet;
  INSERT INTO rehydra.legacy_sheets (model, version, sheet, position, dataset, satellite, attach_by, attach_same, attach_parent, attach_newest)
  SELECT add_legacy_sheet.model, add_legacy_sheet.version, add_legacy_sheet.sheet, COALESCE(place, max(s.position) + 1, 1), add_legacy_sheet.dataset,
         add_legacy_sheet.satellite, attach ->> 'reference', ARRAY(SELECT key FROM jsonb_each_text(attach -> 'same') ORDER BY key),
         ARRAY(SELECT value FROM jsonb_each_text(attach -> 'same') ORDER BY key), attach ->> 'newest'
  FROM rehydra.legacy_sheets s WHERE s.model = add_legacy_sheet.model AND s.version = add_legacy_sheet.version;
  INSERT INTO rehydra.legacy_columns (model, version, sheet, position, dataset, header, column_name, read_as)
  SELECT add_legacy_sheet.model, add_legacy_sheet.version, add_legacy_sheet.sheet, n, add_legacy_sheet.dataset, btrim(one ->> 'header'), one ->> 'column',
         COALESCE(one ->> 'read_as', CASE WHEN one ? 'column' THEN 'value' ELSE 'display' END)
  FROM jsonb_array_elements(add_legacy_sheet.columns) WITH ORDINALITY AS declared (one, n);
END
$$;
COMMENT ON FUNCTION rehydra.add_legacy_sheet(text, int, text, text, jsonb, boolean, jsonb) IS 'rehydra_add_legacy_sheet() for a model that is named';

CREATE FUNCTION rehydra_add_legacy_sheet(dataset text, version int, sheet text, columns jsonb, satellite boolean DEFAULT false, attach jsonb DEFAULT NULL,
                                         model text DEFAULT NULL)
  RETURNS void LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  owner_model text := rehydra.named_model(rehydra_add_legacy_sheet.model);
BEGIN
  PERFORM rehydra.add_legacy_sheet(owner_model, rehydra_add_legacy_sheet.version, rehydra_add_legacy_sheet.dataset, rehydra_add_legacy_sheet.sheet,
                                   rehydra_add_legacy_sheet.columns, rehydra_add_legacy_sheet.satellite, rehydra_add_legacy_sheet.attach);
END
$$;
COMMENT ON FUNCTION rehydra_add_legacy_sheet(text, int, text, jsonb, boolean, jsonb, text) IS
  'Describes a sheet of workbooks that an application''s own export made (no manifest, Export Metadata with "Export Version: N" and "Customer ID: N"), so that rehydra_import reads them. columns: [{"header", "column", "read_as"}, ...], read_as value, count (0 may have been NULL) or json (also in Python''s notation), without a column for the reader only; satellite: a second sheet of the table; attach: {"reference", "same": {column: parent''s column}, "newest": parent''s column} for a reference that the sheet lacks; model: needed where there are several. Off again: DELETE FROM rehydra.legacy_sheets. Errors: 22023, 42703, 42704';

-- headers: left to right; json_headers, count_headers: how some of them are read. What they mean says rehydra.customer_success_columns().
CREATE FUNCTION rehydra.customer_success_version1() RETURNS TABLE (sheet text, headers text[], json_headers text[], count_headers text[], attach jsonb)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('Accounts Summary', ARRAY['Account ID', 'Account Name', 'Revenue', 'Industry', 'Region', 'Status', 'Health Score', 'Products Used', 'External Account ID'],
   '{}'::text[], ARRAY['Revenue'], NULL::jsonb),
  ('All KPIs', ARRAY['KPI ID', 'Account ID', 'Account Name', 'Product ID', 'Product Name', 'Category', 'KPI Parameter', 'Data', 'Impact Level',
                     'Measurement Frequency', 'Health Score Component', 'Weight', 'Aggregation Type'],
   '{}', '{}', '{"reference": "upload", "same": {"account_id": "account_id"}, "newest": "uploaded_at"}'),
  ('Products', ARRAY['Product ID', 'Account ID', 'Account Name', 'Product Name', 'Product SKU', 'Product Type', 'Revenue', 'Status'],
   '{}', ARRAY['Revenue'], NULL),
  ('Customer Profile Data', ARRAY['Account ID', 'Account Name', 'External Account ID', 'Profile Metadata (JSON)'],
   ARRAY['Profile Metadata (JSON)'], '{}', NULL),
  ('Playbook Triggers', ARRAY['Trigger ID', 'Playbook Type', 'Trigger Config (JSON)', 'Auto Trigger Enabled', 'Last Evaluated', 'Last Triggered', 'Trigger Count'],
   ARRAY['Trigger Config (JSON)'], ARRAY['Trigger Count'], NULL),
  ('Playbook Executions', ARRAY['Execution ID', 'Account ID', 'Account Name', 'Playbook ID', 'Status', 'Current Step', 'Execution Data (JSON)', 'Started At',
                                'Completed At'],
   ARRAY['Execution Data (JSON)'], '{}', NULL),
  ('Playbook Reports', ARRAY['Report ID', 'Execution ID', 'Account ID', 'Account Name', 'Playbook ID', 'Playbook Name', 'Status', 'Report Data (JSON)', 'Duration',
                             'Steps Completed', 'Total Steps', 'Started At', 'Completed At'],
   ARRAY['Report Data (JSON)'], ARRAY['Steps Completed', 'Total Steps'], NULL),
  ('Customer Config', ARRAY['Config ID', 'KPI Upload Mode', 'Category Weights (JSON)', 'Master File Name'], ARRAY['Category Weights (JSON)'], '{}', NULL),
  ('Health Trends', ARRAY['Trend ID', 'Account ID', 'Account Name', 'Month', 'Year', 'Overall Health Score', 'Product Usage Score', 'Support Score',
                          'Customer Sentiment Score', 'Business Outcomes Score', 'Relationship Strength Score', 'Total KPIs', 'Valid KPIs'],
   '{}', ARRAY['Total KPIs', 'Valid KPIs'], NULL),
  ('KPI Time Series', ARRAY['ID', 'KPI ID', 'Account ID', 'Account Name', 'Month', 'Year', 'Value', 'Health Status', 'Health Score'], '{}', '{}', NULL),
  ('KPI Reference Ranges', ARRAY['Range ID', 'KPI Name', 'Unit', 'Higher Is Better', 'Critical Min', 'Critical Max', 'Risk Min', 'Risk Max', 'Healthy Min',
                                 'Healthy Max', 'Critical Range', 'Risk Range', 'Healthy Range', 'Description'], '{}', '{}', NULL),
  ('Feature Toggles', ARRAY['ID', 'Feature Name', 'Enabled', 'Config (JSON)', 'Description'], ARRAY['Config (JSON)'], '{}', NULL)
$$;
COMMENT ON FUNCTION rehydra.customer_success_version1() IS 'Preset customer_success: the sheets of version 1 of its workbook, which had no manifest';

CREATE FUNCTION rehydra.preset_add_version1(model text) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rehydra.add_legacy_sheet(preset_add_version1.model, 1, s.dataset, v.sheet,
    (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('header', h.header, 'column', k.column_name,
                        'read_as', CASE WHEN k.column_name IS NULL THEN 'display' WHEN h.header = ANY (v.json_headers) THEN 'json'
                                        WHEN h.header = ANY (v.count_headers) THEN 'count' ELSE 'value' END)) ORDER BY h.place)
     FROM unnest(v.headers) WITH ORDINALITY AS h (header, place)
     JOIN rehydra.customer_success_columns() AS c ON c.sheet = v.sheet AND c.header = h.header
     -- An application's own table may lack the column, or keep it secret: it is then for the reader only.
     LEFT JOIN rehydra.sheet_columns k ON k.model = preset_add_version1.model AND k.sheet = v.sheet AND k.kind = 'data' AND k.column_name = c.source),
    s.satellite,
    -- and its kpis may need no upload
    CASE WHEN v.attach IS NOT NULL AND EXISTS (SELECT FROM rehydra.dataset_references r
                                               WHERE r.model = preset_add_version1.model AND r.dataset = s.dataset AND r.reference = v.attach ->> 'reference')
         THEN v.attach END)
  FROM rehydra.customer_success_version1() WITH ORDINALITY AS v (sheet, headers, json_headers, count_headers, attach, place)
  JOIN rehydra.sheets s ON s.model = preset_add_version1.model AND s.sheet = v.sheet
  ORDER BY v.place
$$;
COMMENT ON FUNCTION rehydra.preset_add_version1(text) IS 'Preset customer_success: registers the layout of its version-1 workbooks, as far as a schema has their columns';

REVOKE ALL ON FUNCTION rehydra.add_legacy_sheet(text, int, text, text, jsonb, boolean, jsonb),
  rehydra_add_legacy_sheet(text, int, text, jsonb, boolean, jsonb, text), rehydra.customer_success_version1(), rehydra.preset_add_version1(text) FROM PUBLIC;
