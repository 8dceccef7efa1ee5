#include "exporter/sheet_plan.h"

#include <algorithm>
#include <map>

#include "core/error.h"

namespace rehydra::exporter {

namespace {

using registry::Dataset;
using registry::Model;
using registry::Reference;
using registry::Role;

bool is_exported(const Dataset& dataset) {
  return (dataset.role == Role::data || dataset.role == Role::own) && !dataset.sheets.empty();
}

const registry::Column& column_at(const Dataset& dataset, int index) {
  return dataset.columns[static_cast<std::size_t>(index)];
}

std::string column_sql(const std::string& alias, const Dataset& dataset, int index) {
  return alias + "." + pg::quote_identifier(column_at(dataset, index).name);
}

const Dataset& parent_of(const Model& model, const Reference& reference) {
  return model.datasets[static_cast<std::size_t>(reference.parent)];
}

// The statement that reads one sheet's rows, as it grows.
class Statement {
 public:
  Statement(const registry::Reading& reading, const Model& model, const Dataset& dataset)
      : reading_(reading), model_(model), dataset_(dataset) {}

  void add(const std::string& expression) { list_ += (list_.empty() ? "" : ", ") + expression; }

  // The alias of the parent's row; a reference shown in several columns is joined once.
  std::string parent(int reference) {
    const auto [at, is_new] = parents_.try_emplace(reference, "parent_" + std::to_string(parents_.size()));
    if (is_new) {
      join(dataset_.references[static_cast<std::size_t>(reference)], at->second);
    }
    return at->second;
  }

  RowsStatement select() const {
    return {"SELECT " + list_ + " FROM " + dataset_.rows() + " t" + joins_ + " WHERE " +
                reading_.exported(model_, dataset_, "t"),
            !joins_.empty()};
  }

  std::string order() const {
    std::string columns;
    for (const std::vector<int>& part : {dataset_.order, dataset_.key}) {
      for (const int column : part) {
        columns += (columns.empty() ? " ORDER BY " : ", ") + column_sql("t", dataset_, column);
      }
    }
    if (dataset_.keyless()) {
      columns += (columns.empty() ? " ORDER BY " : ", ") + std::string("(t.*)::pg_catalog.text COLLATE \"C\"");
    }
    return columns;
  }

 private:
  void join(const Reference& reference, const std::string& alias) {
    const Dataset& parent = parent_of(model_, reference);
    joins_ += " LEFT JOIN " + parent.rows() + " " + alias + " ON ";
    for (std::size_t i = 0; i < reference.columns.size(); ++i) {
      joins_ += pg::equal_sql(column_at(parent, reference.parent_columns[i]).type,
                              column_sql(alias, parent, reference.parent_columns[i]),
                              column_at(dataset_, reference.columns[i]).type,
                              column_sql("t", dataset_, reference.columns[i])) +
                " AND ";
    }
    joins_ += registry::visible_predicate(model_, parent, alias);
  }

  const registry::Reading& reading_;
  const Model& model_;
  const Dataset& dataset_;
  std::string list_;
  std::string joins_;
  std::map<int, std::string> parents_;
};

PlannedColumn data_column(const Dataset& dataset, int index, const std::string& header) {
  const registry::Column& column = column_at(dataset, index);
  if (column.secret || column.generated) {
    throw Failure(ErrorKind::internal,
                  "column \"" + column.name + "\" of table " + dataset.qualified() + " must not be on a sheet",
                  "Register the table again.");
  }
  PlannedColumn planned;
  planned.name = column.name;
  planned.header = header;
  planned.key = std::find(dataset.key.begin(), dataset.key.end(), index) != dataset.key.end();
  planned.has_default = column.has_default;
  return planned;
}

PlannedColumn display_column(const Model& model, const Dataset& dataset, const registry::SheetColumn& column) {
  PlannedColumn planned;
  planned.header = column.header;
  planned.display = true;
  if (column.reference >= 0) {
    const Reference& reference = dataset.references[static_cast<std::size_t>(column.reference)];
    const Dataset& parent = parent_of(model, reference);
    planned.source = parent.sheets.empty() ? parent.table : parent.title();
  }
  return planned;
}

// Rows without a value in any cell would not be there for whoever reads the sheet.
bool can_be_blank(const SheetPlan& plan) {
  const auto& columns = plan.sheet->columns;
  return !plan.sheet->satellite && std::none_of(columns.begin(), columns.end(), [&](const auto& column) {
    return !column.display && column_at(*plan.dataset, column.column).not_null;
  });
}

std::string free_header(const SheetPlan& plan, const std::string& wanted) {
  std::string header = wanted;
  const auto taken = [&](const PlannedColumn& column) {
    return pg_strcasecmp(column.header.c_str(), header.c_str()) == 0;
  };
  for (int n = 2; std::any_of(plan.columns.begin(), plan.columns.end(), taken); ++n) {
    header = wanted + " (" + std::to_string(n) + ")";
  }
  return header;
}

bool is_integer(const pg::Type& type) {
  return type.oid == INT2OID || type.oid == INT4OID || type.oid == INT8OID;
}
bool is_text(const pg::Type& type) {
  return type.oid == TEXTOID || type.oid == VARCHAROID;
}

// Only texts of parents that are referred to by one integer.
std::optional<DisplayLookup> lookup_of(const Model& model, const Dataset& dataset,
                                       const registry::SheetColumn& column) {
  if (column.reference < 0) {
    return std::nullopt;
  }
  const Reference& reference = dataset.references[static_cast<std::size_t>(column.reference)];
  const Dataset& parent = parent_of(model, reference);
  const int shown = parent.column_index(column.parent_column);
  if (reference.columns.size() != 1 || shown < 0) {
    return std::nullopt;
  }
  DisplayLookup lookup;
  lookup.key = &column_at(dataset, reference.columns[0]).type;
  lookup.parent_key = &column_at(parent, reference.parent_columns[0]).type;
  lookup.shown = &column_at(parent, shown).type;
  if (!is_integer(*lookup.key) || !is_integer(*lookup.parent_key) || !is_text(*lookup.shown)) {
    return std::nullopt;
  }
  lookup.statement = "SELECT " + column_sql("p", parent, reference.parent_columns[0]) + ", " +
                     column_sql("p", parent, shown) + " FROM " + parent.rows() + " p WHERE " +
                     registry::visible_predicate(model, parent, "p");
  return lookup;
}

// A display column in both statements: lean has the key instead of what can be looked up.
void add_display(SheetPlan& plan, Statement& statement, Statement& lean, const Model& model,
                 const registry::SheetColumn& column) {
  const Dataset& dataset = *plan.dataset;
  plan.columns.push_back(display_column(model, dataset, column));
  plan.columns.back().lookup = lookup_of(model, dataset, column);
  const auto shown = [&column](Statement& to) {
    return column.reference >= 0 ? to.parent(column.reference) + "." + pg::quote_identifier(column.parent_column)
                                 : "(" + column.expression + ")";
  };
  statement.add(shown(statement));
  if (plan.columns.back().lookup) {
    lean.add(column_sql("t", dataset, dataset.references[static_cast<std::size_t>(column.reference)].columns[0]));
  } else {
    lean.add(shown(lean));
  }
}

void add_data(SheetPlan& plan, Statement& statement, Statement& lean, int column, const std::string& header) {
  plan.columns.push_back(data_column(*plan.dataset, column, header));
  statement.add(column_sql("t", *plan.dataset, column));
  lean.add(column_sql("t", *plan.dataset, column));
}

void add_cells(SheetPlan& plan, Statement& statement, Statement& lean, const Model& model, Layout layout) {
  for (const registry::SheetColumn& column : plan.sheet->columns) {
    if (!column.display) {
      add_data(plan, statement, lean, column.column,
               layout == Layout::names ? column_at(*plan.dataset, column.column).name : column.header);
    } else if (layout != Layout::names) {
      add_display(plan, statement, lean, model, column);
    }
  }
  if (can_be_blank(plan) && layout != Layout::names) {
    PlannedColumn present;
    present.header = free_header(plan, "Row");
    present.display = true;
    plan.columns.push_back(present);
    statement.add("true");
    lean.add("true");
  }
  plan.cells = plan.columns.size();
}

// Each table column once: the main sheet's, then those that only satellites show. These are on the sheet where there
// are no satellites.
void add_digest(SheetPlan& plan, Statement& statement, Statement& lean, Layout layout) {
  const Dataset& dataset = *plan.dataset;
  std::vector<std::string> seen;
  auto is_new = [&](const std::string& name) {
    const bool fresh = std::find(seen.begin(), seen.end(), name) == seen.end();
    seen.push_back(name);
    return fresh;
  };
  for (PlannedColumn& column : plan.columns) {
    column.digested = !column.display && is_new(column.name);
  }
  for (std::size_t i = 1; i < dataset.sheets.size(); ++i) {
    for (const registry::SheetColumn& column : dataset.sheets[i].columns) {
      if (!column.display && is_new(column_at(dataset, column.column).name)) {
        const std::string header = layout == Layout::sheets  ? ""
                                   : layout == Layout::names ? column_at(dataset, column.column).name
                                                             : free_header(plan, column.header);
        add_data(plan, statement, lean, column.column, header);
        plan.columns.back().digested = true;
      }
    }
  }
  if (layout != Layout::sheets) {
    plan.cells = plan.columns.size();
  }
}

SheetPlan plan_sheet(const registry::Reading& reading, const Model& model, const Dataset& dataset,
                     const registry::Sheet& sheet, Layout layout) {
  SheetPlan plan;
  plan.dataset = &dataset;
  plan.sheet = &sheet;
  Statement statement(reading, model, dataset);
  Statement lean(reading, model, dataset);
  add_cells(plan, statement, lean, model, layout);
  if (!sheet.satellite) {
    add_digest(plan, statement, lean, layout);
  }
  plan.select = statement.select();
  plan.lean_select = lean.select();
  plan.order = statement.order();
  return plan;
}

}  // namespace

std::vector<int> resolve_scope(const Model& model, const std::optional<std::vector<std::string>>& names) {
  std::vector<int> scope;
  std::string known;
  for (std::size_t i = 0; i < model.datasets.size(); ++i) {
    const Dataset& dataset = model.datasets[i];
    if (!is_exported(dataset)) {
      continue;
    }
    known += (known.empty() ? "" : ", ") + dataset.name;
    if (!names || std::find(names->begin(), names->end(), dataset.name) != names->end()) {
      scope.push_back(static_cast<int>(i));
    }
  }
  for (const std::string& name : names.value_or(std::vector<std::string>{})) {
    const Dataset* dataset = model.find(name);
    if (dataset == nullptr || !is_exported(*dataset)) {
      throw Failure(ErrorKind::bad_argument, "model \"" + model.name + "\" has no data set \"" + name + "\" to export",
                    "Data sets: " + known + ".");
    }
  }
  if (scope.empty()) {
    throw Failure(ErrorKind::bad_argument, "no data set is named", "Data sets: " + known + "; or pass NULL for all.");
  }
  return scope;
}

void set_rows(std::vector<SheetPlan>& plans, const Dataset& dataset, std::uint64_t rows) {
  for (SheetPlan& plan : plans) {
    if (plan.dataset == &dataset) {
      plan.rows = rows;
    }
  }
}

std::vector<SheetPlan> plan_sheets(const registry::Reading& reading, const Model& model, const std::vector<int>& scope,
                                   Layout layout) {
  std::vector<SheetPlan> plans;
  for (const int index : scope) {
    const Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
    for (const registry::Sheet& sheet : dataset.sheets) {
      if (layout == Layout::sheets || !sheet.satellite) {
        plans.push_back(plan_sheet(reading, model, dataset, sheet, layout));
      }
    }
  }
  std::stable_sort(plans.begin(), plans.end(), [](const SheetPlan& left, const SheetPlan& right) {
    return left.sheet->position < right.sheet->position;
  });
  return plans;
}

}  // namespace rehydra::exporter
