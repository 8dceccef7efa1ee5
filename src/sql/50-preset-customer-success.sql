-- The preset customer_success: how the tables of a customer success application belong to a customer, and the sheets people know from
-- version 1 of its workbook, followed by what a full round trip needs. Declarations only; 55-install-preset.sql follows them.

-- The date of the API key is as secret as the key: written back from an older file it would claim that a newer key is an old one.
CREATE FUNCTION rehydra.customer_success_datasets()
  RETURNS TABLE (dataset text, role text, tenant_reference text, shared_rows boolean, match_keys jsonb, secret_columns text[], reason text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('customers',            'own',       NULL,     false, '[]'::jsonb,                                     '{}'::text[], NULL),
  ('users',                'reference', NULL,     false, '[]',                                            '{}',
   'log-ins are referred to, not owned by, a customer''s data'),
  ('customer_configs',     'data',      NULL,     false, '[]', '{openai_api_key_encrypted,openai_api_key_updated_at}', NULL),
  ('accounts',             'data',      NULL,     false, '[["external_account_id"], ["account_name"]]',   '{}', NULL),
  ('products',             'data',      NULL,     false, '[["account_id", "product_name"]]',              '{}', NULL),
  ('kpi_uploads',          'data',      NULL,     false, '[]',                                            '{}', NULL),
  ('kpis',                 'data',      'upload', false, '[]',                                            '{}', NULL),
  ('health_trends',        'data',      NULL,     false, '[["account_id", "month", "year"]]',             '{}', NULL),
  ('kpi_time_series',      'data',      NULL,     false, '[["kpi_id", "month", "year"]]',                 '{}', NULL),
  ('kpi_reference_ranges', 'data',      NULL,     true,  '[["kpi_name"]]',                                '{}', NULL),
  ('playbook_triggers',    'data',      NULL,     false, '[["playbook_type"]]',                           '{}', NULL),
  ('playbook_executions',  'data',      NULL,     false, '[["execution_id"]]',                            '{}', NULL),
  ('playbook_reports',     'data',      NULL,     false, '[["execution_id"]]',                            '{}', NULL),
  ('feature_toggles',      'data',      NULL,     false, '[["feature_name"]]',                            '{}', NULL),
  ('product_usage',        'data',      NULL,     false, '[["product_id", "usage_date"]]',                '{}', NULL),
  ('support_tickets',      'data',      NULL,     false, '[["external_ticket_id"]]',                      '{}', NULL),
  ('health_score_rules',   'data',      NULL,     false, '[]',                                            '{}', NULL),
  ('account_notes',        'left_out',  NULL,     false, '[]',                                            '{}',
   'a diary that its writers keep; it points at accounts and outlives imports'),
  ('account_snapshots',    'left_out',  NULL,     false, '[]',                                            '{}',
   'history that the application records itself; it points at accounts and outlives imports')
$$;
COMMENT ON FUNCTION rehydra.customer_success_datasets() IS 'Preset customer_success: the role of each table, and how its rows are recognised';

-- When: a column, or SQL over the row t. Trends and points are of a month.
CREATE FUNCTION rehydra.customer_success_times() RETURNS TABLE (dataset text, time_column text, time_expression text, changed_column text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('customers',            '',           NULL, 'updated_at'),
  ('customer_configs',     '',           NULL, 'updated_at'),
  ('accounts',             '',           NULL, 'updated_at'),
  ('products',             '',           NULL, 'updated_at'),
  ('kpi_uploads',          'uploaded_at', NULL, 'uploaded_at'),
  ('kpis',                 '',           NULL, 'last_edited_at'),
  ('health_trends',        '',           'CASE WHEN t.month BETWEEN 1 AND 12 THEN make_date(t.year, t.month, 1) END', 'updated_at'),
  ('kpi_time_series',      '',           'CASE WHEN t.month BETWEEN 1 AND 12 THEN make_date(t.year, t.month, 1) END', 'updated_at'),
  ('kpi_reference_ranges', '',           NULL, 'updated_at'),
  ('playbook_triggers',    '',           NULL, 'updated_at'),
  ('playbook_executions',  'started_at', NULL, 'updated_at'),
  ('playbook_reports',     'started_at', NULL, 'updated_at'),
  ('feature_toggles',      '',           NULL, 'updated_at'),
  ('product_usage',        'usage_date', NULL, 'updated_at'),
  ('support_tickets',      'opened_at',  NULL, 'updated_at'),
  ('health_score_rules',   '',           NULL, '')
$$;
COMMENT ON FUNCTION rehydra.customer_success_times() IS 'Preset customer_success: what a period and changed_since go by';

CREATE FUNCTION rehydra.customer_success_references()
  RETURNS TABLE (dataset text, reference text, column_name text, parent text, parent_column text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('products',             'account',     'account_id',     'accounts',            'account_id'),
  ('kpi_uploads',          'account',     'account_id',     'accounts',            'account_id'),
  ('kpi_uploads',          'user',        'user_id',        'users',               'user_id'),
  ('kpis',                 'upload',      'upload_id',      'kpi_uploads',         'upload_id'),
  ('kpis',                 'account',     'account_id',     'accounts',            'account_id'),
  ('kpis',                 'product',     'product_id',     'products',            'product_id'),
  ('kpis',                 'last_editor', 'last_edited_by', 'users',               'user_id'),
  ('health_trends',        'account',     'account_id',     'accounts',            'account_id'),
  ('kpi_time_series',      'kpi',         'kpi_id',         'kpis',                'kpi_id'),
  ('kpi_time_series',      'account',     'account_id',     'accounts',            'account_id'),
  ('kpi_reference_ranges', 'created_by',  'created_by',     'users',               'user_id'),
  ('kpi_reference_ranges', 'updated_by',  'updated_by',     'users',               'user_id'),
  ('playbook_executions',  'account',     'account_id',     'accounts',            'account_id'),
  ('playbook_reports',     'execution',   'execution_id',   'playbook_executions', 'execution_id'),
  ('playbook_reports',     'account',     'account_id',     'accounts',            'account_id'),
  ('product_usage',        'product',     'product_id',     'products',            'product_id'),
  ('product_usage',        'account',     'account_id',     'accounts',            'account_id'),
  ('support_tickets',      'account',     'account_id',     'accounts',            'account_id')
$$;
COMMENT ON FUNCTION rehydra.customer_success_references() IS 'Preset customer_success: how its tables refer to each other, also where an application declared no foreign keys';

CREATE FUNCTION rehydra.customer_success_sheets() RETURNS TABLE (sheet text, dataset text, satellite boolean)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('Accounts Summary',      'accounts',             false),
  ('All KPIs',              'kpis',                 false),
  ('Products',              'products',             false),
  ('Customer Profile Data', 'accounts',             true),
  ('Playbook Triggers',     'playbook_triggers',    false),
  ('Playbook Executions',   'playbook_executions',  false),
  ('Playbook Reports',      'playbook_reports',     false),
  ('Customer Config',       'customer_configs',     false),
  ('Health Trends',         'health_trends',        false),
  ('KPI Time Series',       'kpi_time_series',      false),
  ('KPI Reference Ranges',  'kpi_reference_ranges', false),
  ('Feature Toggles',       'feature_toggles',      false),
  ('KPI Uploads',           'kpi_uploads',          false),
  ('Customer',              'customers',            false),
  ('Product Usage',         'product_usage',        false),
  ('Support Tickets',       'support_tickets',      false),
  ('Health Score Rules',    'health_score_rules',   false)
$$;
COMMENT ON FUNCTION rehydra.customer_success_sheets() IS 'Preset customer_success: its sheets in order';

-- source: a column of the table; "reference -> column" of the row referred to; "= expression" over the row t, where %1$I is the schema.
-- The last two are for the reader only.
CREATE FUNCTION rehydra.customer_success_columns() RETURNS TABLE (sheet text, header text, source text)
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  VALUES
  ('Accounts Summary', 'Account ID',          'account_id'),
  ('Accounts Summary', 'Account Name',        'account_name'),
  ('Accounts Summary', 'Revenue',             'revenue'),
  ('Accounts Summary', 'Industry',            'industry'),
  ('Accounts Summary', 'Region',              'region'),
  ('Accounts Summary', 'Status',              'account_status'),
  ('Accounts Summary', 'Health Score',        '= (SELECT h.overall_health_score FROM %1$I.health_trends h WHERE h.account_id = t.account_id AND h.customer_id = t.customer_id ORDER BY h.year DESC, h.month DESC LIMIT 1)'),
  ('Accounts Summary', 'Products Used',       '= (SELECT pg_catalog.string_agg(p.product_name, '', '' ORDER BY p.product_name COLLATE "C") FROM %1$I.products p WHERE p.account_id = t.account_id AND p.customer_id = t.customer_id)'),
  ('Accounts Summary', 'External Account ID', 'external_account_id'),
  ('Accounts Summary', 'Created At',          'created_at'),
  ('Accounts Summary', 'Updated At',          'updated_at'),

  ('All KPIs', 'KPI ID',                 'kpi_id'),
  ('All KPIs', 'Account ID',             'account_id'),
  ('All KPIs', 'Account Name',           'account -> account_name'),
  ('All KPIs', 'Product ID',             'product_id'),
  ('All KPIs', 'Product Name',           'product -> product_name'),
  ('All KPIs', 'Category',               'category'),
  ('All KPIs', 'KPI Parameter',          'kpi_parameter'),
  ('All KPIs', 'Data',                   'data'),
  ('All KPIs', 'Impact Level',           'impact_level'),
  ('All KPIs', 'Measurement Frequency',  'measurement_frequency'),
  ('All KPIs', 'Health Score Component', 'health_score_component'),
  ('All KPIs', 'Weight',                 'weight'),
  ('All KPIs', 'Aggregation Type',       'aggregation_type'),
  ('All KPIs', 'Upload ID',              'upload_id'),
  ('All KPIs', 'Row Index',              'row_index'),
  ('All KPIs', 'Source Review',          'source_review'),
  ('All KPIs', 'Last Edited By',         'last_edited_by'),
  ('All KPIs', 'Last Edited At',         'last_edited_at'),

  ('Products', 'Product ID',   'product_id'),
  ('Products', 'Account ID',   'account_id'),
  ('Products', 'Account Name', 'account -> account_name'),
  ('Products', 'Product Name', 'product_name'),
  ('Products', 'Product SKU',  'product_sku'),
  ('Products', 'Product Type', 'product_type'),
  ('Products', 'Revenue',      'revenue'),
  ('Products', 'Status',       'status'),
  ('Products', 'Created At',   'created_at'),
  ('Products', 'Updated At',   'updated_at'),

  ('Customer Profile Data', 'Account ID',              'account_id'),
  ('Customer Profile Data', 'Account Name',            '= t.account_name'),
  ('Customer Profile Data', 'External Account ID',     'external_account_id'),
  ('Customer Profile Data', 'Profile Metadata (JSON)', 'profile_metadata'),

  ('Playbook Triggers', 'Trigger ID',            'trigger_id'),
  ('Playbook Triggers', 'Playbook Type',         'playbook_type'),
  ('Playbook Triggers', 'Trigger Config (JSON)', 'trigger_config'),
  ('Playbook Triggers', 'Auto Trigger Enabled',  'auto_trigger_enabled'),
  ('Playbook Triggers', 'Last Evaluated',        'last_evaluated'),
  ('Playbook Triggers', 'Last Triggered',        'last_triggered'),
  ('Playbook Triggers', 'Trigger Count',         'trigger_count'),
  ('Playbook Triggers', 'Created At',            'created_at'),
  ('Playbook Triggers', 'Updated At',            'updated_at'),

  ('Playbook Executions', 'Execution ID',          'execution_id'),
  ('Playbook Executions', 'Account ID',            'account_id'),
  ('Playbook Executions', 'Account Name',          'account -> account_name'),
  ('Playbook Executions', 'Playbook ID',           'playbook_id'),
  ('Playbook Executions', 'Status',                'status'),
  ('Playbook Executions', 'Current Step',          'current_step'),
  ('Playbook Executions', 'Execution Data (JSON)', 'execution_data'),
  ('Playbook Executions', 'Started At',            'started_at'),
  ('Playbook Executions', 'Completed At',          'completed_at'),
  ('Playbook Executions', 'ID',                    'id'),
  ('Playbook Executions', 'Created At',            'created_at'),
  ('Playbook Executions', 'Updated At',            'updated_at'),

  ('Playbook Reports', 'Report ID',           'report_id'),
  ('Playbook Reports', 'Execution ID',        'execution_id'),
  ('Playbook Reports', 'Account ID',          'account_id'),
  ('Playbook Reports', 'Account Name',        'account_name'),
  ('Playbook Reports', 'Playbook ID',         'playbook_id'),
  ('Playbook Reports', 'Playbook Name',       'playbook_name'),
  ('Playbook Reports', 'Status',              'status'),
  ('Playbook Reports', 'Report Data (JSON)',  'report_data'),
  ('Playbook Reports', 'Duration',            'duration'),
  ('Playbook Reports', 'Steps Completed',     'steps_completed'),
  ('Playbook Reports', 'Total Steps',         'total_steps'),
  ('Playbook Reports', 'Started At',          'started_at'),
  ('Playbook Reports', 'Completed At',        'completed_at'),
  ('Playbook Reports', 'Report Generated At', 'report_generated_at'),
  ('Playbook Reports', 'Created At',          'created_at'),
  ('Playbook Reports', 'Updated At',          'updated_at'),

  ('Customer Config', 'Config ID',               'config_id'),
  ('Customer Config', 'KPI Upload Mode',         'kpi_upload_mode'),
  ('Customer Config', 'Category Weights (JSON)', 'category_weights'),
  ('Customer Config', 'Master File Name',        'master_file_name'),
  ('Customer Config', 'Created At',              'created_at'),
  ('Customer Config', 'Updated At',              'updated_at'),

  ('Health Trends', 'Trend ID',                    'trend_id'),
  ('Health Trends', 'Account ID',                  'account_id'),
  ('Health Trends', 'Account Name',                'account -> account_name'),
  ('Health Trends', 'Month',                       'month'),
  ('Health Trends', 'Year',                        'year'),
  ('Health Trends', 'Overall Health Score',        'overall_health_score'),
  ('Health Trends', 'Product Usage Score',         'product_usage_score'),
  ('Health Trends', 'Support Score',               'support_score'),
  ('Health Trends', 'Customer Sentiment Score',    'customer_sentiment_score'),
  ('Health Trends', 'Business Outcomes Score',     'business_outcomes_score'),
  ('Health Trends', 'Relationship Strength Score', 'relationship_strength_score'),
  ('Health Trends', 'Total KPIs',                  'total_kpis'),
  ('Health Trends', 'Valid KPIs',                  'valid_kpis'),
  ('Health Trends', 'Created At',                  'created_at'),
  ('Health Trends', 'Updated At',                  'updated_at'),

  ('KPI Time Series', 'ID',            'id'),
  ('KPI Time Series', 'KPI ID',        'kpi_id'),
  ('KPI Time Series', 'Account ID',    'account_id'),
  ('KPI Time Series', 'Account Name',  'account -> account_name'),
  ('KPI Time Series', 'Month',         'month'),
  ('KPI Time Series', 'Year',          'year'),
  ('KPI Time Series', 'Value',         'value'),
  ('KPI Time Series', 'Health Status', 'health_status'),
  ('KPI Time Series', 'Health Score',  'health_score'),
  ('KPI Time Series', 'Created At',    'created_at'),
  ('KPI Time Series', 'Updated At',    'updated_at'),

  ('KPI Reference Ranges', 'Range ID',         'range_id'),
  ('KPI Reference Ranges', 'KPI Name',         'kpi_name'),
  ('KPI Reference Ranges', 'Unit',             'unit'),
  ('KPI Reference Ranges', 'Higher Is Better', 'higher_is_better'),
  ('KPI Reference Ranges', 'Critical Min',     'critical_min'),
  ('KPI Reference Ranges', 'Critical Max',     'critical_max'),
  ('KPI Reference Ranges', 'Risk Min',         'risk_min'),
  ('KPI Reference Ranges', 'Risk Max',         'risk_max'),
  ('KPI Reference Ranges', 'Healthy Min',      'healthy_min'),
  ('KPI Reference Ranges', 'Healthy Max',      'healthy_max'),
  ('KPI Reference Ranges', 'Critical Range',   'critical_range'),
  ('KPI Reference Ranges', 'Risk Range',       'risk_range'),
  ('KPI Reference Ranges', 'Healthy Range',    'healthy_range'),
  ('KPI Reference Ranges', 'Description',      'description'),
  ('KPI Reference Ranges', 'Created At',       'created_at'),
  ('KPI Reference Ranges', 'Updated At',       'updated_at'),
  ('KPI Reference Ranges', 'Created By',       'created_by'),
  ('KPI Reference Ranges', 'Updated By',       'updated_by'),

  ('Feature Toggles', 'ID',            'id'),
  ('Feature Toggles', 'Feature Name',  'feature_name'),
  ('Feature Toggles', 'Enabled',       'enabled'),
  ('Feature Toggles', 'Config (JSON)', 'config'),
  ('Feature Toggles', 'Description',   'description'),
  ('Feature Toggles', 'Created At',    'created_at'),
  ('Feature Toggles', 'Updated At',    'updated_at'),

  ('KPI Uploads', 'Upload ID',          'upload_id'),
  ('KPI Uploads', 'Account ID',         'account_id'),
  ('KPI Uploads', 'Account Name',       'account -> account_name'),
  ('KPI Uploads', 'User ID',            'user_id'),
  ('KPI Uploads', 'Uploaded At',        'uploaded_at'),
  ('KPI Uploads', 'Version',            'version'),
  ('KPI Uploads', 'Original Filename',  'original_filename'),
  ('KPI Uploads', 'Raw Excel (Base64)', 'raw_excel'),
  ('KPI Uploads', 'Parsed JSON',        'parsed_json'),

  ('Customer', 'Customer ID',   '= t.customer_id'),
  ('Customer', 'Customer Name', 'customer_name'),
  ('Customer', 'Email',         'email'),
  ('Customer', 'Phone',         'phone'),
  ('Customer', 'Domain',        'domain'),
  ('Customer', 'Created At',    'created_at'),
  ('Customer', 'Updated At',    'updated_at'),

  ('Product Usage', 'Usage ID',             'usage_id'),
  ('Product Usage', 'Product ID',           'product_id'),
  ('Product Usage', 'Product Name',         'product -> product_name'),
  ('Product Usage', 'Account ID',           'account_id'),
  ('Product Usage', 'Account Name',         'account -> account_name'),
  ('Product Usage', 'Usage Date',           'usage_date'),
  ('Product Usage', 'Active Users',         'active_users'),
  ('Product Usage', 'Sessions',             'sessions'),
  ('Product Usage', 'Usage Hours',          'usage_hours'),
  ('Product Usage', 'Feature Usage (JSON)', 'feature_usage'),
  ('Product Usage', 'Created At',           'created_at'),
  ('Product Usage', 'Updated At',           'updated_at'),

  ('Support Tickets', 'Ticket ID',          'ticket_id'),
  ('Support Tickets', 'External Ticket ID', 'external_ticket_id'),
  ('Support Tickets', 'Account ID',         'account_id'),
  ('Support Tickets', 'Account Name',       'account -> account_name'),
  ('Support Tickets', 'Subject',            'subject'),
  ('Support Tickets', 'Status',             'status'),
  ('Support Tickets', 'Priority',           'priority'),
  ('Support Tickets', 'Category',           'category'),
  ('Support Tickets', 'Opened At',          'opened_at'),
  ('Support Tickets', 'First Response At',  'first_response_at'),
  ('Support Tickets', 'Resolved At',        'resolved_at'),
  ('Support Tickets', 'Satisfaction Score', 'satisfaction_score'),
  ('Support Tickets', 'Created At',         'created_at'),
  ('Support Tickets', 'Updated At',         'updated_at'),

  ('Health Score Rules', 'Rules Name',        'rules_name'),
  ('Health Score Rules', 'Version',           'version'),
  ('Health Score Rules', 'Weights (JSON)',    'weights'),
  ('Health Score Rules', 'Thresholds (JSON)', 'thresholds')
$$;
COMMENT ON FUNCTION rehydra.customer_success_columns() IS 'Preset customer_success: the columns of its sheets, left to right, version 1''s first';

REVOKE ALL ON FUNCTION rehydra.customer_success_datasets(), rehydra.customer_success_times(), rehydra.customer_success_references(), rehydra.customer_success_sheets(),
  rehydra.customer_success_columns() FROM PUBLIC;
