#include "importer/resolve.h"

#include "importer/id_map.h"
#include "importer/sql_rows.h"

namespace rehydra::importer {

namespace {

using registry::Dataset;
using registry::Reference;
using registry::Role;

std::string staged(std::size_t field) {
  return "s.c" + std::to_string(field);
}

void add_error(Operation& operation, Work& work, std::size_t field, const pg::TextRow& row, ErrorKind kind,
               std::string message, std::string hint) {
  // row: r, sheet, line, satellite line, key
  work.reject(std::stoll(*row[0]));
  RowError error;
  error.error = {kind,
                 std::move(message),
                 {},
                 std::move(hint),
                 work.where(field, std::stoll(*row[1]), std::stoll(*row[2]), row[3] ? std::stoll(*row[3]) : 0)};
  error.dataset = work.dataset->name;
  error.row_key = row[4].value_or("");
  error.column = work.column(field).name;
  operation.errors->add_row(std::move(error));
}

// r, sheet, line, satellite line and key of staged rows: the lead of add_error's rows.
std::string place(const Work& work, std::size_t field) {
  const std::size_t sheet = work.fields[field].sheet;
  return "s.r, s.sheet, s.line, " + (sheet == 0 ? std::string("NULL") : "s.line" + std::to_string(sheet)) + ", " +
         work.key_text("s.c");
}

void check_duplicates(Operation& operation, Work& work, const std::vector<std::size_t>& keys) {
  std::string list, not_null, same;
  for (std::size_t field : keys) {
    list += (list.empty() ? "" : ", ") + staged(field);
    not_null += " AND " + staged(field) + " IS NOT NULL";
    same += " AND " + work.same_field(field, staged(field), "d.c" + std::to_string(field));
  }
  const std::string from = work.staged->name() + " s";
  const std::string twice = "SELECT " + list + ", min(s.r) AS first FROM " + from + " WHERE true" + not_null +
                            " GROUP BY " + list + " HAVING count(*) > 1";
  if (pg::query_count("SELECT count(*) FROM (" + twice + ") d") == 0) {
    return;
  }
  const auto rows = pg::query("SELECT " + place(work, keys[0]) + ", f.sheet, f.line FROM (" + twice + ") d JOIN " +
                              from + " ON true" + same + " AND s.r <> d.first JOIN " + work.staged->name() +
                              " f ON f.r = d.first ORDER BY s.r LIMIT 1000");
  for (const pg::TextRow& row : rows) {
    const Location first = work.where(keys[0], std::stoll(*row[5]), std::stoll(*row[6]));
    add_error(operation, work, keys[0], row, ErrorKind::duplicate_key,
              "key " + row[4].value_or("") + " stands twice, also in " + container_name(first.container, first.sheet) +
                  ", " + place_name(first),
              "Keep one of the rows, or clear the key of a new row so that it gets its own.");
  }
}

void check_blank_keys(Operation& operation, Work& work, const std::vector<std::size_t>& keys) {
  for (std::size_t field : keys) {
    if (work.column(field).has_default) {
      continue;
    }
    for (const pg::TextRow& row : pg::query("SELECT " + place(work, field) + " FROM " + work.staged->name() +
                                            " s WHERE " + staged(field) + " IS NULL ORDER BY s.r LIMIT 1000")) {
      add_error(operation, work, field, row, ErrorKind::null_value,
                "the key is blank, and column \"" + work.column(field).name + "\" has no default", "Enter the key.");
    }
  }
}

// No row of the parent will be there: none of the file's in a replace that has the parent in its scope, none of the
// file's and none of the stored ones in a merge, none of the stored ones otherwise. Shared rows are always there.
std::string parent_is_missing(const Operation& operation, const Work& work, const Reference& reference,
                              const Work* parent_work) {
  const Dataset& parent = operation.model->datasets[static_cast<std::size_t>(reference.parent)];
  std::string in_file = "true", in_table = "true";
  bool file_has_columns = parent_work != nullptr;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string child = work.value_sql(reference.columns[i], "s.c");
    const pg::Type& child_type = work.dataset->columns[static_cast<std::size_t>(reference.columns[i])].type;
    const registry::Column& column = parent.columns[static_cast<std::size_t>(reference.parent_columns[i])];
    const std::string given = parent_work == nullptr ? "" : parent_work->value_sql(reference.parent_columns[i], "p.c");
    file_has_columns = file_has_columns && !given.empty();
    in_file += " AND " + pg::equal_sql(column.type, given, child_type, child);
    in_table += " AND " + pg::equal_sql(column.type, "q." + pg::quote_identifier(column.name), child_type, child);
  }
  const std::string not_in_file =
      file_has_columns ? "NOT EXISTS (SELECT FROM " + parent_work->staged->name() + " p WHERE " + in_file + ")"
                       : "true";
  if (file_has_columns && operation.mode == Mode::replace && !parent.shared_rows) {
    return not_in_file;
  }
  const std::string rows = file_has_columns && operation.mode == Mode::replace
                               ? registry::shared_predicate(parent, "q")
                               : registry::visible_predicate(*operation.model, parent, "q");
  return not_in_file + " AND NOT EXISTS (SELECT FROM " + parent.rows() + " q WHERE " + rows + " AND " + in_table + ")";
}

// The fields of a reference that the file gives; empty where it gives none or not all.
std::vector<std::size_t> reference_fields(const Work& work, const Reference& reference) {
  std::vector<std::size_t> fields;
  for (int column : reference.columns) {
    const int field = work.field_of(column);
    if (field < 0 && column != work.dataset->tenant_column) {
      return {};
    }
    if (field >= 0 && static_cast<std::size_t>(field) < work.staged_fields) {
      fields.push_back(static_cast<std::size_t>(field));
    }
  }
  return fields;
}

std::string all_given(const std::vector<std::size_t>& fields) {
  std::string condition = "true";
  for (std::size_t field : fields) {
    condition += " AND " + staged(field) + " IS NOT NULL";
  }
  return condition;
}

void null_reference(Work& work, std::size_t field, std::int64_t r) {
  std::vector<bool>& rows = work.nulled[field];
  if (rows.size() <= static_cast<std::size_t>(r)) {
    rows.resize(static_cast<std::size_t>(r) + 1, false);
  }
  rows[static_cast<std::size_t>(r)] = true;
}

void check_reference(Operation& operation, Work& work, const Reference& reference) {
  const std::vector<std::size_t> fields = reference_fields(work, reference);
  if (fields.empty()) {
    return;
  }
  const Dataset& parent = operation.model->datasets[static_cast<std::size_t>(reference.parent)];
  const bool nullable = parent.role == Role::reference && !work.column(fields[0]).not_null && fields.size() == 1;
  const std::string sql = "SELECT " + place(work, fields[0]) + ", " + staged(fields[0]) + "::pg_catalog.text FROM " +
                          work.staged->name() + " s WHERE " + all_given(fields) + " AND " +
                          parent_is_missing(operation, work, reference, operation.work_of(reference.parent)) +
                          " ORDER BY s.r";
  std::uint64_t nulled = 0;
  pg::for_each_row(sql, operation.tenant.args(), [&](const pg::TextRow& row) {
    if (nullable) {
      null_reference(work, fields[0], std::stoll(*row[0]));
      ++nulled;
      return;
    }
    add_error(operation, work, fields[0], row, ErrorKind::missing_reference,
              "no row of \"" + (parent.sheets.empty() ? parent.name : parent.title()) + "\" has the key " +
                  row[5].value_or(""),
              "Add that row, or correct the reference.");
  });
  if (nulled != 0) {
    operation.errors->warn(std::to_string(nulled) + " rows of " + work.called() + " refer in column \"" +
                           work.fields[fields[0]].header + "\" to rows of " + parent.name +
                           " that are not there: imported as blank");
  }
}

// A row that reaches no tenant would belong to nobody.
void check_tenant_path(Operation& operation, Work& work) {
  if (work.dataset->tenant_reference < 0) {
    return;
  }
  const Reference& path = work.dataset->references[static_cast<std::size_t>(work.dataset->tenant_reference)];
  for (int column : path.columns) {
    const int field = work.field_of(column);
    if (field < 0) {
      continue;
    }
    const auto at = static_cast<std::size_t>(field);
    for (const pg::TextRow& row : pg::query("SELECT " + place(work, at) + " FROM " + work.staged->name() + " s WHERE " +
                                            staged(at) + " IS NULL AND NOT s.bad ORDER BY s.r LIMIT 1000")) {
      add_error(operation, work, at, row, ErrorKind::null_value,
                "the row would belong to no customer: the cell that leads there is blank",
                "Enter the key of its parent.");
    }
  }
}

}  // namespace

void check_keys(Operation& operation, Work& work) {
  const std::vector<std::size_t> keys = work.key_fields();
  if (work.dataset->role == Role::own && work.staged->rows() > 1 && keys.empty()) {
    throw Failure(ErrorKind::duplicate_key, work.called() + " has more than one row",
                  "It holds the customer's own row alone.", {work.titles.front(), 0, 0, {}});
  }
  if (keys.empty()) {
    return;
  }
  check_duplicates(operation, work, keys);
  check_blank_keys(operation, work, keys);
}

void follow_ids(const Operation& operation, Work& work) {
  std::vector<const Work*> parents;
  for (const Work& parent : operation.works) {
    parents.push_back(&parent);
  }
  const IdLinks links = follow_new_keys(work, parents, "s.c");
  if (!links.values.empty()) {
    restage(operation, work, links.values, links.joins);
  }
}

void check_references(Operation& operation, Work& work) {
  check_tenant_path(operation, work);
  for (const Reference& reference : work.dataset->references) {
    check_reference(operation, work, reference);
  }
}

}  // namespace rehydra::importer
