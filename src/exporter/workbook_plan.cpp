#include "exporter/workbook_plan.h"

#include <algorithm>

#include "codec/literal.h"
#include "codec/overflow.h"
#include "codec/serial.h"
#include "pg/spill_file.h"

namespace rehydra::exporter {

namespace {

constexpr std::int64_t unix_seconds_of_2000 = 946'684'800;
constexpr std::int64_t micros_per_second = 1'000'000;
constexpr double lines_width = 80;
// What has to be escaped at most doubles, and must still fit a cell.
constexpr std::size_t escaped_cell_bytes = 15'000;

std::string people_time(std::int64_t micros) {
  std::string text;
  codec::append_iso_timestamp(text, micros - micros % micros_per_second, false);
  return text;
}

std::string customer_title(const Occasion& occasion) {
  return "Customer " + occasion.tenant_id + (occasion.tenant_name.empty() ? "" : " - " + occasion.tenant_name);
}

std::string comment_of(const PlannedColumn& column) {
  if (column.display) {
    return column.source.empty() ? "" : "Shown from \"" + column.source + "\".";
  }
  std::string comment = column.name + ": " + column.type.name;
  if (column.key) {
    comment += "\nIdentifies the row: leave it as it is.";
    comment += column.has_default ? " Blank in a new row: the next number is taken." : "";
  }
  return comment;
}

bool is_status(const PlannedColumn& column) {
  return column.name.ends_with("status") &&
         (column.type.column.kind == ColumnClass::text || column.type.column.kind == ColumnClass::other);
}

// Tabs by what a sheet is for.
const char* tab_color(const SheetPlan& plan) {
  if (plan.dataset->role == registry::Role::own) {
    return "7030A0";
  }
  return plan.sheet->satellite ? "9DC3E6" : "2F6DB5";
}

codec::SheetSpec data_sheet(const SheetPlan& plan, const std::string& title, std::optional<std::uint64_t> rows) {
  codec::SheetSpec sheet;
  sheet.title = title;
  sheet.rows = rows;
  for (std::size_t i = 0; i < plan.cells; ++i) {
    const PlannedColumn& column = plan.columns[i];
    sheet.columns.push_back({column.header, column.type.column, column.width, comment_of(column), column.display,
                             is_status(column), column.choices});
  }
  sheet.tab_color = tab_color(plan);
  return sheet;
}

codec::SheetSpec text_sheet(std::string_view title, codec::SheetKind kind) {
  codec::SheetSpec sheet;
  sheet.title = title;
  sheet.kind = kind;
  sheet.columns.push_back({"", {}, lines_width, "", false});
  sheet.tab_color = "7F7F7F";
  return sheet;
}

void add_sheets(SheetPlan& plan, std::vector<std::string>& taken, codec::WorkbookSpec& spec) {
  std::uint64_t left = plan.rows.value_or(0);
  do {
    const std::uint64_t rows = std::min(left, codec::rows_per_sheet);
    plan.titles.push_back(codec::sheet_title(plan.sheet->title, taken));
    plan.numbers.push_back(spec.sheets.size());
    spec.sheets.push_back(data_sheet(plan, plan.titles.back(), plan.rows ? std::optional(rows) : std::nullopt));
    left -= rows;
  } while (left > 0);
}

std::string note_of(const SheetPlan& plan) {
  std::string note;
  const auto add = [&note](const std::string& part) { note += (note.empty() ? "" : "; ") + part; };
  if (plan.sheet->satellite) {
    add("the same rows as \"" + plan.dataset->title() + "\"");
  }
  if (plan.titles.size() > 1) {
    add("continues up to \"" + plan.titles.back() + "\"");
  }
  if (plan.dataset->role == registry::Role::own) {
    add("the customer's own row");
  }
  if (plan.dataset->shared_rows) {
    add("without the rows that all customers share");
  }
  return note;
}

// Of the data set, on its main sheet; 0 before it is known, so that both drawings have the same styles.
std::optional<std::uint64_t> size_of(const SheetPlan& plan, const Digests& digests) {
  if (plan.sheet->satellite) {
    return std::nullopt;
  }
  const auto digest = digests.find(plan.dataset);
  return digest == digests.end() ? 0 : digest->second.text_bytes();
}

std::uint64_t rows_in_all(const std::vector<SheetPlan>& plans) {
  std::uint64_t rows = 0;
  for (const SheetPlan& plan : plans) {
    rows += plan.sheet->satellite ? 0 : plan.rows.value_or(0);
  }
  return rows;
}

std::uint64_t bytes_in_all(const Digests& digests) {
  std::uint64_t bytes = 0;
  for (const auto& [dataset, digest] : digests) {
    bytes += digest.text_bytes();
  }
  return bytes;
}

void fill_properties(codec::WorkbookSpec& spec, const registry::Model& model, const Occasion& occasion) {
  spec.title = customer_title(occasion);
  spec.subject = "Data of one customer, model " + model.name;
  spec.author = exporter_name(occasion);
  spec.company = occasion.tenant_name;
  spec.comments = "Exported by rehydra " REHYDRA_VERSION "; can be edited and imported again.";
  spec.created_unix = occasion.exported_at / micros_per_second + unix_seconds_of_2000;
  spec.temporary_directories = {"/dev/shm", pg::temporary_directory()};
}

// Never inside of a character.
std::string_view cut(std::string_view text, std::size_t bytes) {
  std::size_t size = std::min(text.size(), bytes);
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
    --size;
  }
  return text.substr(0, size);
}

}  // namespace

codec::Overview make_overview(const registry::Model& model, const Occasion& occasion,
                              const std::vector<SheetPlan>& plans, const Digests& digests,
                              std::vector<codec::OverviewChart> charts) {
  codec::Overview overview;
  auto& facts = overview.facts;
  if (!occasion.tenant_name.empty()) {
    facts.emplace_back("Customer", occasion.tenant_name);
  }
  facts.emplace_back("Customer ID", occasion.tenant_id);
  facts.emplace_back("Exported at", people_time(occasion.exported_at) + " UTC");
  facts.emplace_back("Exported by", exporter_name(occasion));
  facts.emplace_back("Rows", std::to_string(rows_in_all(plans)));
  facts.emplace_back("Size", std::to_string(bytes_in_all(digests)) + " bytes of values, written as text");
  facts.emplace_back("Model", model.name);
  for (const SheetPlan& plan : plans) {
    overview.lines.push_back(
        {plan.sheet->title, plan.rows.value_or(0), plan.titles.front(), note_of(plan), size_of(plan, digests)});
  }
  overview.charts = std::move(charts);
  return overview;
}

WorkbookPlan plan_workbook(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
                           std::vector<codec::OverviewChart> charts) {
  WorkbookPlan plan;
  std::vector<std::string> taken{"Overview",
                                 std::string(codec::metadata_sheet),
                                 std::string(codec::manifest_sheet),
                                 std::string(codec::overflow_sheet),
                                 codec::charts_sheet,
                                 codec::choices_sheet};
  for (SheetPlan& sheet : plans) {
    add_sheets(sheet, taken, plan.spec);
  }
  plan.metadata_number = plan.spec.sheets.size();
  plan.spec.sheets.push_back(text_sheet(codec::metadata_sheet, codec::SheetKind::lines));
  plan.manifest_number = plan.spec.sheets.size();
  plan.spec.sheets.push_back(text_sheet(codec::manifest_sheet, codec::SheetKind::hidden));
  plan.spec.overview = make_overview(model, occasion, plans, {}, std::move(charts));
  fill_properties(plan.spec, model, occasion);
  return plan;
}

std::vector<std::string_view> manifest_cells(std::string_view json) {
  std::vector<std::string_view> cells;
  while (!json.empty()) {
    std::string_view cell = cut(json, codec::manifest_cell_characters);
    if (codec::needs_literal(cell)) {
      cell = cut(json, escaped_cell_bytes);
    }
    cells.push_back(cell);
    json.remove_prefix(cell.size());
  }
  return cells;
}

}  // namespace rehydra::exporter
