// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "importer/fixed_rows.h"
#include "pg/settings.h"
#include "pg/spi.h"
#include "registry/rules.h"

namespace rehydra::importer {

namespace {

// What people call a planned row: its first match key of one column, else its key.
std::string name_sql(const Work& work) {
  for (const int column : work.dataset->single_match_columns()) {
    if (const int field = work.field_of(column); field >= 0) {
      return "COALESCE(n" + at(static_cast<std::size_t>(field)) + "::pg_catalog.text, " + work.key_text("n") + ")";
    }
  }
  return work.key_text("n");
}

// mask, then both values of fields as text; the lead stands before.
std::vector<pg::TextRow> planned(const Work& work, const std::string& lead, const std::vector<std::size_t>& fields,
                                 const std::string& which) {
  std::string list = lead + ", mask";
  for (std::size_t field : fields) {
    list += ", o" + at(field) + "::pg_catalog.text, n" + at(field) + "::pg_catalog.text";
  }
  return pg::query("SELECT " + list + " FROM " + work.plan->name() + " p WHERE " + which + " ORDER BY r");
}

std::string shown(const std::optional<std::string>& value) {
  return value ? (value->size() > 200 ? "a long value" : *value) : "blank";
}

}  // namespace

std::optional<OnFixed> fixed_choice(const Operation& operation, const Work& work) {
  const auto found = operation.policy.fixed.find(work.dataset->name);
  return found == operation.policy.fixed.end() ? std::nullopt : std::optional<OnFixed>(found->second);
}

bool keep_fixed(Operation& operation, Work& work, OnFixed choice) {
  if (work.counts.before == 0) {
    return false;
  }
  std::vector<std::size_t> fields(work.staged_fields);
  for (std::size_t field = 0; field < fields.size(); ++field) {
    fields[field] = field;
  }
  const auto rows = planned(work, "r, sheet, line, " + work.key_text("n"), fields,
                            "action IN ('I', 'U') OR (action = 'D' AND r >= 0)");
  for (const pg::TextRow& row : rows) {
    const std::int64_t r = std::stoll(*row[0]);
    const std::size_t first = std::min(row[4]->find('1'), work.staged_fields - 1);
    const std::string differs = "the file says " + shown(row[6 + 2 * first]) + ", and the database " +
                                shown(row[5 + 2 * first]) + ", which imports do not change";
    const Location where = work.where(first, std::stoll(*row[1]), std::stoll(*row[2]));
    if (choice == OnFixed::keep) {
      work.mark(r, Mark::skip);
      operation.errors->warn(work.called() + ", column \"" + work.fields[first].header + "\": " + differs +
                             ": left as it is");
      continue;
    }
    work.reject(r);
    RowError error;
    error.error = {ErrorKind::bad_value, differs, {}, "Make them the same first, or choose another policy.", where};
    error.dataset = work.dataset->name;
    error.row_key = row[3].value_or("");
    error.column = work.column(first).name;  // not error.r: what goes by these rows cannot go without them
    operation.errors->add_row(std::move(error));
  }
  return !rows.empty();
}

void compare_rules(Operation& operation) {
  const nlohmann::json stated = nlohmann::json::parse(operation.file_rules, nullptr, false);
  for (const auto& [name, choice] : operation.policy.fixed) {
    const registry::Dataset* dataset = operation.model->find(name);
    if (dataset == nullptr || !stated.is_object() || !stated.contains(name) ||
        operation.work_of(static_cast<int>(dataset - operation.model->datasets.data())) != nullptr) {
      continue;
    }
    pg::SettingsScope settings;
    pg::set_canonical_output(settings);
    const std::string there = registry::rules_json(*operation.model, operation.tenant, operation.role, {name});
    settings.end();
    if (there.empty() || nlohmann::json::parse(there).at(name) == stated.at(name)) {
      continue;
    }
    const std::string differ = "the file was made by other rows of \"" + dataset->title() + "\" than the database has";
    if (choice == OnFixed::keep) {
      operation.errors->warn(differ);
    } else {
      operation.errors->add(
          {ErrorKind::bad_value, differ, {}, "Make them the same first, or choose another policy.", {}});
    }
  }
}

void list_changes(Operation& operation, const Work& work) {
  constexpr std::size_t most = 50;
  const auto listed = operation.policy.list_changes.find(work.dataset->name);
  if (listed == operation.policy.list_changes.end()) {
    return;
  }
  std::vector<std::size_t> fields;
  std::string changed = "false";
  for (const std::string& column : listed->second) {
    const int field = work.field_of(work.dataset->column_index(column));
    if (field >= 0 && static_cast<std::size_t>(field) < work.staged_fields) {
      fields.push_back(static_cast<std::size_t>(field));
      changed += " OR " + is_written("mask", fields.back());
    }
  }
  std::size_t rows = 0;
  for (const pg::TextRow& row : planned(work, name_sql(work), fields, "action = 'U' AND (" + changed + ")")) {
    std::string stored, given;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if ((*row[1])[fields[i]] == '1') {
        const std::string header = (stored.empty() ? "" : ", ") + work.fields[fields[i]].header + " ";
        stored += header + shown(row[2 + 2 * i]);
        given += header + shown(row[3 + 2 * i]);
      }
    }
    if (++rows <= most) {
      operation.errors->warn(work.called() + ", " + row[0].value_or("") + ": the database says " + stored +
                             ", the file " + given);
    }
  }
  if (rows > most) {
    operation.errors->warn("and " + std::to_string(rows - most) + " more rows of " + work.called() + " differ so");
  }
}

}  // namespace rehydra::importer
