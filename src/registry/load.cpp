// Job: read one model from the registry and the catalog. One query a table of the registry, none a data set.
#include <algorithm>
#include <map>

#include "core/error.h"
#include "registry/bookkeeper.h"
#include "registry/data_set_order.h"
#include "registry/foreign_keys.h"
#include "registry/model.h"

extern "C" {
#include "nodes/value.h"
#include "parser/parse_oper.h"
}

namespace rehydra::registry {

namespace {

using pg::Args;
using pg::TextRow;

// Each statement sees what the one before has written: follow_catalog mends the registry.
std::vector<TextRow> read(const std::string& sql, const Args& args = {}) {
  return pg::query(sql, args, pg::Access::read_write);
}

bool is_true(const std::optional<std::string>& value) {
  return value && *value == "t";
}

void follow_catalog(const Model& model) {
  const Args name = Args().text(model.name);
  if (!read("SELECT FROM rehydra.moved_datasets WHERE model = $1 LIMIT 1", name).empty()) {
    read("SELECT FROM rehydra.follow_catalog($1)", name);
  }
}

std::string resolve_name(const std::string& wanted) {
  const auto rows = read("SELECT model FROM rehydra.models ORDER BY model");
  std::string known;
  for (const TextRow& row : rows) {
    if (*row[0] == wanted || (wanted.empty() && rows.size() == 1)) {
      return *row[0];
    }
    known += (known.empty() ? "" : ", ") + *row[0];
  }
  if (rows.empty()) {
    throw Failure(ErrorKind::not_registered, "no model is registered in this database",
                  "SELECT * FROM rehydra_register_schema('public') registers the tables of a schema.");
  }
  if (wanted.empty()) {
    throw Failure(ErrorKind::bad_argument, "several models are registered: " + known,
                  "Name one: options => '{\"model\": \"...\"}'.");
  }
  throw Failure(ErrorKind::not_registered, "model \"" + wanted + "\" is not registered", "Registered: " + known + ".");
}

Role role_of(const std::string& text) {
  return text == "data"        ? Role::data
         : text == "own"       ? Role::own
         : text == "reference" ? Role::reference
                               : Role::left_out;
}

void load_head(Model& model, MemoryContext memory) {
  const auto row = read(
      "SELECT tenant_type, isolation, acting_role, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = acting_role),"
      " pg_catalog.to_regtype(tenant_type)::oid, search_path FROM rehydra.models WHERE model = $1",
      Args().text(model.name))[0];
  model.tenant_type_name = *row[0];
  model.isolation = *row[1] == "all" ? Isolation::all : *row[1] == "existing" ? Isolation::existing : Isolation::worker;
  model.acting_role_name = *row[2];
  model.search_path = *row[5];
  if (!row[3]) {
    throw Failure(ErrorKind::unprotected, "role \"" + *row[2] + "\" of model \"" + model.name + "\" does not exist",
                  "Create it again, and run the registration once more so that it gets its privileges.");
  }
  if (!row[4]) {
    throw Failure(ErrorKind::not_registered,
                  "type \"" + *row[0] + "\" of model \"" + model.name + "\"'s customer ids does not exist");
  }
  model.acting_role = static_cast<Oid>(std::stoul(*row[3]));
  model.tenant_type = pg::lookup_type(static_cast<Oid>(std::stoul(*row[4])), -1, InvalidOid, memory);
}

struct RawDataset {
  std::vector<std::string> key, secrets, order;
  std::string tenant_column, tenant_reference;
  std::vector<std::vector<std::string>> match_keys;
  std::string time_column, changed_column;
};

// row: oid as registered at 3, what has the name today at 10 (oid) and 11 (kind).
void require_table(const Dataset& dataset, const TextRow& row) {
  if (!row[10]) {
    throw Failure(
        ErrorKind::not_registered,
        "table " + dataset.qualified() + " of data set \"" + dataset.name + "\" does not exist any more",
        "Bring it back, or take its data set out of the model: DELETE FROM rehydra.datasets WHERE dataset = " +
            pg::quote_literal(dataset.name) + ";");
  }
  if (*row[10] != *row[3] || (*row[11] != "r" && *row[11] != "p")) {
    throw Failure(ErrorKind::unprotected, "table " + dataset.qualified() + " is not the table that was registered",
                  "Register it again if the new table is meant.");
  }
}

std::vector<RawDataset> load_datasets(Model& model) {
  const auto rows = read(
      "SELECT d.dataset, d.schema_name, d.table_name, d.relation_oid, d.role, d.tenant_column, d.tenant_reference, "
      "d.shared_rows,"
      " pg_catalog.array_to_string(d.key_columns, E'\\x01'), pg_catalog.array_to_string(d.secret_columns, E'\\x01'),"
      " c.oid, c.relkind,"
      " (SELECT pg_catalog.string_agg((SELECT pg_catalog.string_agg(k, E'\\x01') FROM "
      "pg_catalog.jsonb_array_elements_text(m) k), E'\\x02')"
      "    FROM pg_catalog.jsonb_array_elements(d.match_keys) m), pg_catalog.array_to_string(d.order_columns, "
      "E'\\x01'),"
      " d.time_column, d.time_expression, d.changed_column"
      " FROM rehydra.datasets d LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = d.schema_name"
      " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = d.table_name"
      " WHERE d.model = $1 AND d.role <> 'left_out' ORDER BY d.position, d.dataset",
      Args().text(model.name));
  std::vector<RawDataset> raw;
  for (const TextRow& row : rows) {
    Dataset dataset;
    dataset.name = *row[0];
    dataset.schema = *row[1];
    dataset.table = *row[2];
    dataset.role = role_of(*row[4]);
    dataset.shared_rows = is_true(row[7]);
    require_table(dataset, row);
    dataset.relation = static_cast<Oid>(std::stoul(*row[10]));
    dataset.partitioned = *row[11] == "p";
    RawDataset names{pg::split_names(row[8]), pg::split_names(row[9]), pg::split_names(row[13]),
                     row[5].value_or(""),     row[6].value_or(""),     {},
                     row[14].value_or(""),    row[16].value_or("")};
    dataset.time_expression = row[15].value_or("");
    if (row[12]) {
      std::string rest = *row[12];
      for (std::size_t at = 0; at != std::string::npos;) {
        at = rest.find('\x02');
        names.match_keys.push_back(pg::split_names(rest.substr(0, at)));
        rest = at == std::string::npos ? "" : rest.substr(at + 1);
      }
    }
    raw.push_back(std::move(names));
    model.datasets.push_back(std::move(dataset));
  }
  return raw;
}

int dataset_index(const Model& model, const std::string& name) {
  const auto found =
      std::find_if(model.datasets.begin(), model.datasets.end(), [&](const Dataset& d) { return d.name == name; });
  return found == model.datasets.end() ? -1 : static_cast<int>(found - model.datasets.begin());
}

void load_columns(Model& model, MemoryContext memory) {
  const auto rows = read(
      "SELECT d.dataset, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.atthasdef OR "
      "a.attidentity <> '',"
      " a.attgenerated <> '', a.attidentity = 'a'"
      " FROM rehydra.datasets d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.relation_oid"
      " WHERE d.model = $1 AND d.role <> 'left_out' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY d.dataset, "
      "a.attnum",
      Args().text(model.name));
  for (const TextRow& row : rows) {
    const int index = dataset_index(model, *row[0]);
    Column column;
    column.name = *row[1];
    column.type = pg::lookup_type(static_cast<Oid>(std::stoul(*row[2])), std::stoi(*row[3]),
                                  static_cast<Oid>(std::stoul(*row[4])), memory);
    column.not_null = is_true(row[5]);
    column.has_default = is_true(row[6]);
    column.generated = is_true(row[7]);
    column.identity_always = is_true(row[8]);
    model.datasets[static_cast<std::size_t>(index)].columns.push_back(std::move(column));
  }
}

void load_aliases(Model& model) {
  const auto rows = read(
      "SELECT dataset, alias, column_name,"
      " pg_catalog.to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
      " FROM rehydra.column_aliases WHERE model = $1 ORDER BY until",
      Args().text(model.name));
  for (const TextRow& row : rows) {
    const int index = dataset_index(model, *row[0]);
    if (index < 0) {
      continue;
    }
    Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
    const int column = dataset.column_index(*row[2]);
    if (column >= 0) {
      dataset.columns[static_cast<std::size_t>(column)].aliases.push_back({*row[1], *row[3]});
    }
  }
}

int required_column(const Dataset& dataset, const std::string& name) {
  const int index = dataset.column_index(name);
  if (index < 0) {
    throw Failure(ErrorKind::not_registered,
                  "table " + dataset.qualified() + " has no column \"" + name + "\" any more",
                  "Register the table again, so that the registry follows it.");
  }
  return index;
}

std::vector<int> required_columns(const Dataset& dataset, const std::vector<std::string>& names) {
  std::vector<int> indexes;
  for (const std::string& name : names) {
    indexes.push_back(required_column(dataset, name));
  }
  return indexes;
}

void load_references(Model& model) {
  const auto rows = read(
      "SELECT dataset, reference, pg_catalog.array_to_string(columns, E'\\x01'), parent, "
      "pg_catalog.array_to_string(parent_columns, E'\\x01')"
      " FROM rehydra.dataset_references WHERE model = $1 ORDER BY dataset, reference",
      Args().text(model.name));
  for (const TextRow& row : rows) {
    const int child = dataset_index(model, *row[0]);
    const int parent = dataset_index(model, *row[3]);
    if (child < 0 || parent < 0) {
      continue;  // to or from a table left out
    }
    Dataset& dataset = model.datasets[static_cast<std::size_t>(child)];
    const Dataset& target = model.datasets[static_cast<std::size_t>(parent)];
    dataset.references.push_back({*row[1], required_columns(dataset, pg::split_names(row[2])), parent,
                                  required_columns(target, pg::split_names(row[4]))});
  }
}

void load_checks(Model& model) {
  const auto rows = read(
      "SELECT dataset, name, expression, pg_catalog.array_to_string(columns, E'\\x01'), "
      "pg_catalog.array_to_string(read_as, E'\\x01')"
      " FROM rehydra.dataset_checks WHERE model = $1 ORDER BY dataset, name",
      Args().text(model.name));
  for (const TextRow& row : rows) {
    if (const int index = dataset_index(model, *row[0]); index >= 0) {
      Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
      dataset.checks.push_back(
          {*row[1], *row[2], required_columns(dataset, pg::split_names(row[3])), pg::split_names(row[4])});
    }
  }
}

int reference_index(const Dataset& dataset, const std::string& name) {
  for (std::size_t i = 0; i < dataset.references.size(); ++i) {
    if (dataset.references[i].name == name) {
      return static_cast<int>(i);
    }
  }
  throw Failure(ErrorKind::not_registered, "data set \"" + dataset.name + "\" has no reference \"" + name + "\"",
                "Register the table again.");
}

void load_sheets(Model& model) {
  const auto rows = read(
      "SELECT s.dataset, s.sheet, s.position, s.satellite, c.header, c.kind, c.column_name, c.reference, c.expression"
      " FROM rehydra.sheets s LEFT JOIN rehydra.sheet_columns c ON c.model = s.model AND c.sheet = s.sheet"
      " WHERE s.model = $1 ORDER BY s.satellite, s.position, s.sheet, c.position",
      Args().text(model.name));
  for (const TextRow& row : rows) {
    const int index = dataset_index(model, *row[0]);
    if (index < 0) {
      continue;
    }
    Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
    if (dataset.sheets.empty() || dataset.sheets.back().title != *row[1]) {
      dataset.sheets.push_back({*row[1], std::stoi(*row[2]), is_true(row[3]), {}});
    }
    if (!row[4]) {
      continue;  // a table of the tenant column alone
    }
    SheetColumn column;
    column.header = *row[4];
    column.display = *row[5] == "display";
    if (!column.display) {
      column.column = required_column(dataset, *row[6]);
      dataset.columns[static_cast<std::size_t>(column.column)].on_sheet = true;
    } else if (row[7]) {
      column.reference = reference_index(dataset, *row[7]);
      column.parent_column = *row[6];
    } else {
      column.expression = *row[8];
    }
    dataset.sheets.back().columns.push_back(std::move(column));
  }
}

void resolve_names(Model& model, const std::vector<RawDataset>& raw) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    Dataset& dataset = model.datasets[i];
    dataset.key = required_columns(dataset, raw[i].key);
    dataset.order = required_columns(dataset, raw[i].order);
    for (const std::string& name : raw[i].secrets) {
      dataset.columns[static_cast<std::size_t>(required_column(dataset, name))].secret = true;
    }
    for (const auto& names : raw[i].match_keys) {
      dataset.match_keys.push_back(required_columns(dataset, names));
    }
    if (!raw[i].tenant_column.empty()) {
      dataset.tenant_column = required_column(dataset, raw[i].tenant_column);
    }
    dataset.time_column = raw[i].time_column.empty() ? -1 : required_column(dataset, raw[i].time_column);
    dataset.changed_column = raw[i].changed_column.empty() ? -1 : required_column(dataset, raw[i].changed_column);
  }
}

void resolve_paths(Model& model, const std::vector<RawDataset>& raw) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (!raw[i].tenant_reference.empty()) {
      model.datasets[i].tenant_reference = reference_index(model.datasets[i], raw[i].tenant_reference);
    }
  }
}

bool are_comparable(const pg::Type& left, const pg::Type& right) {
  return pg::call([&] {
    HeapTuple equals = oper(nullptr, list_make1(makeString(pstrdup("="))), left.oid, right.oid, true, -1);
    if (HeapTupleIsValid(equals)) {
      ReleaseSysCache(equals);
    }
    return HeapTupleIsValid(equals);
  });
}

void require_one_kind_of_tenant(const Model& model) {
  for (const Dataset& dataset : model.datasets) {
    if (dataset.tenant_column < 0) {
      continue;
    }
    const Column& column = dataset.columns[static_cast<std::size_t>(dataset.tenant_column)];
    if (!are_comparable(column.type, model.tenant_type)) {
      throw Failure(ErrorKind::not_registered,
                    "column \"" + column.name + "\" of table " + dataset.qualified() + " is of type " +
                        column.type.name + ", and the customer ids of model \"" + model.name + "\" are of type " +
                        model.tenant_type_name,
                    "Register the table in a model of its own.");
    }
  }
}

}  // namespace

int Dataset::column_index(const std::string& column) const {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == column; });
  return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

std::vector<int> Dataset::single_match_columns() const {
  std::vector<int> columns;
  for (std::vector<int> match_key : match_keys) {
    match_key.erase(std::remove(match_key.begin(), match_key.end(), tenant_column), match_key.end());
    if (match_key.size() == 1) {
      columns.push_back(match_key.front());
    }
  }
  return columns;
}

int Dataset::column_named(const std::string& column, const std::string& moment) const {
  int ever = -1;
  int then = -1;
  const std::string* then_until = nullptr;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (const Alias& alias : columns[i].aliases) {
      if (alias.name != column) {
        continue;
      }
      ever = static_cast<int>(i);
      // A name may have passed through several columns: the next to lose it had it then.
      if (alias.until > moment && (then_until == nullptr || alias.until < *then_until)) {
        then = static_cast<int>(i);
        then_until = &alias.until;
      }
    }
  }
  const int now = column_index(column);
  return then >= 0 ? then : now >= 0 ? now : ever;
}

const Dataset* Model::find(const std::string& dataset) const {
  const int index = dataset_index(*this, dataset);
  return index < 0 ? nullptr : &datasets[static_cast<std::size_t>(index)];
}

Model load(const std::string& name, MemoryContext memory) {
  const Bookkeeper bookkeeper;
  Model model;
  model.name = resolve_name(name);
  follow_catalog(model);
  load_head(model, memory);
  const std::vector<RawDataset> raw = load_datasets(model);
  load_columns(model, memory);
  load_aliases(model);
  resolve_names(model, raw);
  require_one_kind_of_tenant(model);
  load_references(model);
  follow_foreign_keys(model);
  load_checks(model);
  resolve_paths(model, raw);
  load_sheets(model);
  model.parents_first = order_parents_first(model);
  return model;
}

std::string tenant_predicate(const Model& model, const Dataset& dataset, const std::string& alias) {
  const auto column_sql = [](const std::string& table, const Column& column) {
    return table + "." + pg::quote_identifier(column.name);
  };
  if (dataset.tenant_column >= 0) {
    const Column& column = dataset.columns[static_cast<std::size_t>(dataset.tenant_column)];
    return pg::equal_sql(column.type, column_sql(alias, column), model.tenant_type, "$1");
  }
  if (dataset.belongs_to_nobody()) {
    return "true";
  }
  const Reference& path = dataset.references[static_cast<std::size_t>(dataset.tenant_reference)];
  const Dataset& parent = model.datasets[static_cast<std::size_t>(path.parent)];
  const std::string parent_alias = alias + "_p";
  std::string linked;
  for (std::size_t i = 0; i < path.columns.size(); ++i) {
    const Column& child_column = dataset.columns[static_cast<std::size_t>(path.columns[i])];
    const Column& parent_column = parent.columns[static_cast<std::size_t>(path.parent_columns[i])];
    linked += pg::equal_sql(child_column.type, column_sql(alias, child_column), parent_column.type,
                            column_sql(parent_alias, parent_column)) +
              " AND ";
  }
  return "EXISTS (SELECT FROM " + parent.rows() + " " + parent_alias + " WHERE " + linked +
         tenant_predicate(model, parent, parent_alias) + ")";
}

std::string shared_predicate(const Dataset& dataset, const std::string& alias) {
  if (dataset.tenant_column < 0) {
    return "false";  // shared is a row whose tenant is NULL, and here no row says a tenant
  }
  return alias + "." + pg::quote_identifier(dataset.columns[static_cast<std::size_t>(dataset.tenant_column)].name) +
         " IS NULL";
}

std::string visible_predicate(const Model& model, const Dataset& dataset, const std::string& alias) {
  const std::string own = tenant_predicate(model, dataset, alias);
  return dataset.shared_rows ? "(" + own + " OR " + shared_predicate(dataset, alias) + ")" : own;
}

}  // namespace rehydra::registry
