#include "exporter/survey.h"

#include <algorithm>

#include "codec/workbook_writer.h"
#include "core/error.h"
#include "pg/table_size.h"

namespace rehydra::exporter {

namespace {

constexpr double narrowest = 6;
constexpr double widest = 60;
constexpr double filter_button = 3;  // in the header, right of the text
constexpr double margin = 1;
constexpr double base64_growth = 4.0 / 3;
constexpr std::uint64_t sample_rows = 200;

// Characters of the longest line.
double width_of(std::string_view text) {
  std::size_t longest = 0, current = 0;
  for (const char byte : text.substr(0, 4 * static_cast<std::size_t>(widest))) {
    if (byte == '\n') {
      current = 0;
    } else if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) {
      longest = std::max(longest, ++current);
    }
  }
  return static_cast<double>(longest);
}

void look_up_types(SheetPlan& plan, TupleDesc descriptor, MemoryContext memory) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const FormData_pg_attribute* column = TupleDescAttr(descriptor, i);
    plan.columns[i].type = pg::lookup_type(column->atttypid, column->atttypmod, column->attcollation, memory);
  }
}

double value_width(registry::TenantRows& rows, std::size_t row, std::size_t column) {
  if (rows.form(column) == pg::TextForm::bytea) {
    return std::min(widest, static_cast<double>(rows.bytes(row, column).size()) * base64_growth);
  }
  return width_of(rows.text(row, column));
}

void widen(SheetPlan& plan, registry::TenantRows& rows, std::size_t row) {
  for (std::size_t i = 0; i < plan.cells; ++i) {
    if (!rows.is_null(row, i)) {
      plan.columns[i].width = std::max(plan.columns[i].width, value_width(rows, row, i) + margin);
    }
  }
}

void look_at_sample(const registry::Reading& reading, SheetPlan& plan) {
  registry::TenantRows rows(reading, plan.select.sql + " LIMIT " + std::to_string(sample_rows));
  look_up_types(plan, rows.descriptor(), reading.memory);
  std::vector<const pg::Type*> types;
  for (PlannedColumn& column : plan.columns) {
    column.width = width_of(column.header) + filter_button;
    types.push_back(&column.type);
  }
  rows.print_as(std::move(types));
  std::uint64_t seen = 0;
  while (rows.next()) {
    seen += rows.last() - rows.first();
    for (std::size_t row = rows.first(); row < rows.last(); ++row) {
      widen(plan, rows, row);
    }
  }
  rows.close();
  for (PlannedColumn& column : plan.columns) {
    column.width = std::clamp(column.width, narrowest, widest);
  }
  if (seen < sample_rows) {
    plan.rows = seen;
  }
}

bool needs_count(const SheetPlan& plan) {
  return plan.select.joins || pg::most_rows(plan.dataset->relation) > codec::rows_per_sheet;
}

std::string from_and_where(const registry::Reading& reading, const registry::Model& model,
                           const registry::Dataset& dataset) {
  return " FROM " + dataset.rows() + " t WHERE " + reading.exported(model, dataset, "t");
}

// The column that people know a tenant by: the first data text column that says so, else the first one.
const registry::Column* name_column(const registry::Dataset& dataset) {
  const registry::Column* first = nullptr;
  for (const registry::Sheet& sheet : dataset.sheets) {
    for (const registry::SheetColumn& shown : sheet.columns) {
      if (shown.display) {
        continue;
      }
      const registry::Column& column = dataset.columns[static_cast<std::size_t>(shown.column)];
      if (column.type.column.kind == ColumnClass::text) {
        if (column.name.find("name") != std::string::npos) {
          return &column;
        }
        first = first != nullptr ? first : &column;
      }
    }
  }
  return first;
}

}  // namespace

void survey(const registry::Reading& reading, std::vector<SheetPlan>& plans) {
  for (SheetPlan& plan : plans) {
    look_at_sample(reading, plan);
  }
}

void count_rows(const registry::Model& model, const registry::Reading& reading, std::vector<SheetPlan>& plans,
                bool all) {
  for (SheetPlan& plan : plans) {
    if (!plan.rows && (all || needs_count(plan))) {
      set_rows(plans, *plan.dataset,
               static_cast<std::uint64_t>(registry::tenant_count(
                   reading, "SELECT pg_catalog.count(*)" + from_and_where(reading, model, *plan.dataset))));
    }
  }
}

std::string tenant_name(const registry::Model& model, const registry::Reading& reading) {
  for (const registry::Dataset& dataset : model.datasets) {
    if (dataset.role != registry::Role::own) {
      continue;
    }
    const registry::Column* column = name_column(dataset);
    const std::string shown = column != nullptr ? "t." + pg::quote_identifier(column->name) : "NULL";
    const registry::ActingScope acting(reading.role);
    const auto rows = pg::query("SELECT " + shown + from_and_where(reading, model, dataset), reading.args());
    if (rows.empty()) {
      throw Failure(ErrorKind::not_registered, "there is no customer " + reading.tenant.id,
                    "Table " + dataset.qualified() + " has no row of that id.");
    }
    return rows[0][0].value_or("");
  }
  return {};
}

}  // namespace rehydra::exporter
