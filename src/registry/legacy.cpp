#include "registry/legacy.h"

#include <algorithm>

#include "core/error.h"
#include "registry/bookkeeper.h"

namespace rehydra::registry {

namespace {

using pg::TextRow;

ReadAs read_as_of(const std::string& text) {
  return text == "value"   ? ReadAs::value
         : text == "count" ? ReadAs::count
         : text == "json"  ? ReadAs::json
                           : ReadAs::display;
}

std::vector<int> indexes(const Dataset& dataset, const std::optional<std::string>& names) {
  std::vector<int> found;
  for (const std::string& name : pg::split_names(names)) {
    found.push_back(dataset.column_index(name));
  }
  return found;
}

bool all_there(const std::vector<int>& columns) {
  return std::all_of(columns.begin(), columns.end(), [](int column) { return column >= 0; });
}

// row: attach_by, attach_same, attach_parent, attach_newest from 3 on.
void add_attachment(const Model& model, LegacySheet& sheet, const TextRow& row) {
  const Dataset& dataset = model.datasets[static_cast<std::size_t>(sheet.dataset)];
  for (std::size_t i = 0; row[3] && i < dataset.references.size(); ++i) {
    const Reference& reference = dataset.references[i];
    if (reference.name != *row[3] || reference.columns.size() != 1) {
      continue;
    }
    const Dataset& parent = model.datasets[static_cast<std::size_t>(reference.parent)];
    Attachment attachment{static_cast<int>(i), indexes(dataset, row[4]), indexes(parent, row[5]),
                          parent.column_index(row[6].value_or(""))};
    if (all_there(attachment.same) && all_there(attachment.parent) && attachment.newest >= 0) {
      sheet.attachments.push_back(std::move(attachment));
    }
  }
}

int dataset_index(const Model& model, const std::string& name) {
  const Dataset* dataset = model.find(name);
  return dataset == nullptr ? -1 : static_cast<int>(dataset - model.datasets.data());
}

LegacyColumn column_of(const Dataset& dataset, const TextRow& row) {
  LegacyColumn column{*row[7], row[8] ? dataset.column_index(*row[8]) : -1, read_as_of(row[9].value_or(""))};
  if (column.column < 0) {
    column.read_as = ReadAs::display;
  }
  return column;
}

[[noreturn]] void refuse(const Model& model, int version) {
  throw Failure(ErrorKind::unsupported_file,
                "the file is a workbook of version " + std::to_string(version) + " without a manifest, and model \"" +
                    model.name + "\" does not know that version",
                "SELECT DISTINCT version FROM rehydra.legacy_sheets; shows the ones it knows. Newer workbooks carry a "
                "hidden sheet \"_rehydra\": take the exported file, not a copy of its sheets.");
}

}  // namespace

LegacyLayout load_legacy_layout(const Model& model, int version) {
  const Bookkeeper bookkeeper;
  LegacyLayout layout{version, {}};
  const auto rows = pg::query(
      "SELECT s.sheet, s.dataset, s.satellite, s.attach_by, pg_catalog.array_to_string(s.attach_same, E'\\x01'),"
      " pg_catalog.array_to_string(s.attach_parent, E'\\x01'), s.attach_newest, c.header, c.column_name, c.read_as"
      " FROM rehydra.legacy_sheets s JOIN rehydra.legacy_columns c USING (model, version, sheet)"
      " WHERE s.model = $1 AND s.version = $2 ORDER BY s.satellite, s.position, s.sheet, c.position",
      pg::Args().text(model.name).integer(version));
  for (const TextRow& row : rows) {
    const int index = dataset_index(model, *row[1]);
    if (index < 0) {
      continue;  // left out since
    }
    if (layout.sheets.empty() || layout.sheets.back().title != *row[0]) {
      layout.sheets.push_back({*row[0], index, *row[2] == "t", {}, {}});
      add_attachment(model, layout.sheets.back(), row);
    }
    layout.sheets.back().columns.push_back(column_of(model.datasets[static_cast<std::size_t>(index)], row));
  }
  if (layout.sheets.empty()) {
    refuse(model, version);
  }
  return layout;
}

}  // namespace rehydra::registry
