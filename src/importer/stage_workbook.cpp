#include "importer/stage_workbook.h"

#include <algorithm>

#include "codec/workbook_contents.h"
#include "importer/drift.h"
#include "importer/header.h"
#include "importer/legacy_cell.h"
#include "importer/row_batch.h"
#include "importer/row_filter.h"
#include "importer/row_marks.h"
#include "pg/fault.h"

namespace rehydra::importer {

namespace {

using codec::ManifestColumn;
using codec::ManifestSheet;
using codec::RowSource;

// A sheet of the manifest, its columns looked up in the table as it is today.
struct Part {
  const ManifestSheet* sheet = nullptr;
  std::vector<Expected> expected;
  std::vector<int> column;                          // [expected] into Dataset::columns, -1 for display
  std::vector<std::optional<ColumnClass>> written;  // [expected] see Slot
  const registry::LegacySheet* legacy = nullptr;    // of a file without a manifest
};

const registry::SheetColumn* registered(const registry::Dataset& dataset, const std::string& title, int column) {
  for (const registry::Sheet& sheet : dataset.sheets) {
    if (!codec::same_label(sheet.title, title)) {
      continue;
    }
    for (const registry::SheetColumn& candidate : sheet.columns) {
      if (candidate.column == column) {
        return &candidate;
      }
    }
  }
  return nullptr;
}

bool is_key(const registry::Dataset& dataset, int column) {
  return std::find(dataset.key.begin(), dataset.key.end(), column) != dataset.key.end();
}

Part describe_part(const Operation& operation, const registry::Dataset& dataset, const ManifestSheet& sheet,
                   const std::string& exported_at) {
  Part part{&sheet, {}, {}, {}, nullptr};
  for (const ManifestColumn& column : sheet.columns) {
    const bool display = column.kind == "display";
    const int index = display ? -1 : dataset.column_named(column.name, exported_at);
    if (index >= 0 && std::find(part.column.begin(), part.column.end(), index) != part.column.end()) {
      throw Failure(ErrorKind::bad_file, "the manifest lists column \"" + column.name + "\" twice on one sheet",
                    "Export again.");
    }
    Expected expected{{column.header}, display || index < 0, false};
    std::optional<ColumnClass> written;
    if (index >= 0) {
      const auto& known = dataset.columns[static_cast<std::size_t>(index)];
      if (known.secret || known.generated || index == dataset.tenant_column) {
        throw Failure(ErrorKind::bad_file,
                      "the manifest lists column \"" + column.name + "\" of data set \"" + dataset.name +
                          "\", which no export holds",
                      "Export again.");
      }
      if (const auto* sheet_column = registered(dataset, sheet.titles.front(), index)) {
        expected.labels.push_back(sheet_column->header);
      }
      written = note_changed_type(*operation.errors, sheet.titles.front(), column.header, column.type, known.type);
      expected.labels.push_back(column.name);
      expected.labels.push_back(known.name);
      expected.optional = operation.keep_missing_columns && !is_key(dataset, index);
    } else if (!display) {
      operation.errors->warn(operation.errors->called(sheet.titles.front()) + ": column \"" + column.header +
                             "\" was left out, its table has no such column any more");
    }
    part.expected.push_back(std::move(expected));
    part.column.push_back(index);
    part.written.push_back(written);
  }
  return part;
}

// One physical sheet, read up to its header row.
struct OpenSheet {
  std::unique_ptr<RowSource> rows;
  FoundColumns found;
};

std::optional<OpenSheet> open_sheet(Operation& operation, WorkbookFile& file, const Part& part,
                                    const std::string& title) {
  const int sheet = file.find_sheet(title);
  if (sheet < 0) {
    operation.errors->add(
        {ErrorKind::missing_sheet,
         operation.errors->called(title) + " is missing",
         {},
         "Put it back (an empty one with its headers deletes its rows), or import without its data set.",
         {title, 0, 0, {}}});
    return std::nullopt;
  }
  OpenSheet open{file.reader->rows(static_cast<std::size_t>(sheet)), {}};
  Row header;
  (void)open.rows->next(header);
  open.found = find_columns(title, header, part.expected, *operation.errors);
  return open;
}

// Fields for the part's columns that the sheet has. Returns, by expected column, the position among slots, -1 for none.
std::vector<int> make_slots(Work& work, const Part& part, const FoundColumns& found, std::size_t sheet,
                            std::vector<Slot>& slots, std::vector<std::size_t>* own) {
  std::vector<int> position(part.expected.size(), -1);
  for (std::size_t i = 0; i < part.expected.size(); ++i) {
    if (part.column[i] < 0 || found.number[i] == 0) {
      continue;
    }
    int field = work.field_of(part.column[i]);
    if (field < 0) {
      field = static_cast<int>(work.fields.size());
      work.fields.push_back(
          {part.column[i], sheet, found.number[i], found.header[i], is_key(*work.dataset, part.column[i]), false});
      if (own != nullptr) {
        own->push_back(slots.size());
      }
    }
    position[i] = static_cast<int>(slots.size());
    const registry::ReadAs read_as = part.legacy == nullptr ? registry::ReadAs::value : part.legacy->columns[i].read_as;
    work.fields[static_cast<std::size_t>(field)].read_as = read_as;
    slots.push_back({static_cast<std::size_t>(field), found.number[i], found.header[i], part.written[i], read_as});
  }
  return position;
}

constexpr int unknown_cell = -1;
constexpr int display_cell = -2;

std::vector<int> positions_by_cell(const FoundColumns& found, const std::vector<int>& position) {
  std::vector<int> by_cell(found.at.size(), unknown_cell);
  for (std::size_t column = 0; column < found.at.size(); ++column) {
    if (found.at[column] >= 0) {
      const int slot = position[static_cast<std::size_t>(found.at[column])];
      by_cell[column] = slot < 0 ? display_cell : slot;
    }
  }
  return by_cell;
}

// A row may be there without a value in any column: the export then says in a display column that it is.
bool can_be_blank(const Work& work, const std::vector<Slot>& slots) {
  return std::none_of(slots.begin(), slots.end(), [&](const Slot& slot) { return work.column(slot.field).not_null; });
}

std::string_view formula_in(const Row& row, std::uint32_t column) {
  const auto found =
      std::find_if(row.formulas.begin(), row.formulas.end(), [&](const Formula& f) { return f.column == column; });
  return found == row.formulas.end() ? std::string_view() : found->text;
}

void put_legacy(RowBatch& batch, std::size_t position, const Cell& cell, const Row& row, const Slot& slot,
                const pg::Type& type, Converter& converter) {
  LegacyValue value = legacy_value(cell, formula_in(row, cell.column), slot.read_as, type, converter, batch.arena());
  if (value.own_text) {
    batch.keep_text(position, *value.own_text);
  }
  batch.put(position, std::move(value.converted), &cell);
}

void stage_rows(RowSource& rows, const FoundColumns& found, const std::vector<int>& by_cell,
                const std::vector<Slot>& slots, Work& work, std::int64_t sheet, bool legacy, Converter& converter,
                RowBatch& batch, RowFilter::Sheet* filter) {
  const bool may_be_blank = can_be_blank(work, slots);
  Row row;
  while (rows.next(row)) {
    if (filter != nullptr && !filter->wants(row, by_cell)) {
      continue;
    }
    bool begun = row.stated;
    if (begun) {
      batch.begin(sheet, row.number);
    }
    for (const Cell& cell : row.cells) {
      const int position = cell.column < by_cell.size() ? by_cell[cell.column] : unknown_cell;
      const bool marks = found.op != 0 && cell.column == found.op && cell.kind != CellKind::blank;
      const bool tells =
          position >= 0 || marks || (position == display_cell && may_be_blank && cell.kind != CellKind::blank);
      if (!begun && tells) {
        batch.begin(sheet, row.number);
        begun = true;
      }
      if (marks) {
        read_mark(cell, work, batch);
      }
      if (position < 0) {
        continue;
      }
      const auto at = static_cast<std::size_t>(position);
      const pg::Type& type = work.column(slots[at].field).type;
      if (legacy) {
        put_legacy(batch, at, cell, row, slots[at], type, converter);
        continue;
      }
      batch.put(at,
                slots[at].written ? converter.drifted_cell(cell, *slots[at].written, type, batch.arena())
                                  : converter.cell(cell, type, batch.arena()),
                &cell);
    }
    if (begun) {
      batch.end();
    }
    if (begun && filter != nullptr) {
      filter->note(row, by_cell);
    }
  }
  pg::reach_fault_point(("staging_" + work.dataset->name).c_str());
}

// The rows of a continuation go into the first sheet's columns.
bool same_fields(const std::vector<Slot>& left, const std::vector<Slot>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Slot& one, const Slot& other) { return one.field == other.field; });
}

// Reads a part's sheets into a store; nullptr where one of them is missing or lacks columns.
std::unique_ptr<pg::Store> stage_part(Operation& operation, Work& work, WorkbookFile& file, const Part& part,
                                      std::size_t sheet_number, const std::string& store_name, MemoryContext memory,
                                      std::vector<Slot>& slots, std::vector<std::size_t>* own) {
  const auto& titles = part.sheet->titles;
  std::unique_ptr<pg::Store> store;
  std::unique_ptr<RowBatch> batch;
  Converter converter(*file.long_texts, file.reader->date1904());
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const std::uint64_t errors_before = operation.errors->count();
    std::optional<OpenSheet> sheet = open_sheet(operation, file, part, titles[i]);
    if (!sheet || operation.errors->count() != errors_before) {
      return nullptr;
    }
    std::vector<Slot> these;
    const std::vector<int> position = make_slots(work, part, sheet->found, sheet_number, these, i == 0 ? own : nullptr);
    if (i == 0) {
      slots = these;
      std::vector<pg::StoreColumn> columns = lead_store_columns();
      for (std::size_t slot = 0; slot < slots.size(); ++slot) {
        columns.push_back(work.store_column(slots[slot].field, "c" + at(slot)));
      }
      for (std::size_t slot = 0; file.legacy && slot < slots.size(); ++slot) {
        columns.push_back({"x" + std::to_string(slot), TEXTOID, -1, DEFAULT_COLLATION_OID});
      }
      store = std::make_unique<pg::Store>(store_name, columns);
      batch = std::make_unique<RowBatch>(operation, work, slots, titles, *store, memory, sheet_number != 0);
    } else if (!same_fields(these, slots)) {
      throw Failure(ErrorKind::missing_column,
                    "sheets \"" + titles[0] + "\" and \"" + titles[i] + "\" do not have the same columns",
                    "Give both the columns that the export gave them.", {titles[i], 1, 0, {}});
    }
    if (sheet->found.op != 0 && sheet_number != 0) {
      operation.errors->add({ErrorKind::bad_file,
                             "column \"_op\" marks rows on the first sheet of a data set alone",
                             {},
                             "Mark the rows in " + operation.errors->called(work.titles.front()) + ".",
                             {titles[i], 1, sheet->found.op, std::string(op_header)}});
      return nullptr;
    }
    // A version-1 file says less of its rows than they are told apart by.
    std::optional<RowFilter::Sheet> filter;
    if (operation.row_filter != nullptr && !file.legacy) {
      filter = operation.row_filter->sheet(work, slots, sheet_number != 0);
    }
    stage_rows(*sheet->rows, sheet->found, positions_by_cell(sheet->found, position), slots, work,
               static_cast<std::int64_t>(i), file.legacy.has_value(), converter, *batch, filter ? &*filter : nullptr);
  }
  batch->flush();
  if (sheet_number == 0) {
    work.counts.in_file = static_cast<std::uint64_t>(batch->rows());
  }
  return store;
}

// Columns of the sheets of today that no sheet of the manifest has.
void warn_of_new_columns(const Operation& operation, const Work& work, const std::vector<Part>& parts, bool legacy) {
  std::string fresh;
  for (const registry::Sheet& sheet : work.dataset->sheets) {
    for (const registry::SheetColumn& column : sheet.columns) {
      const bool known = column.column < 0 || std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
                           return std::find(part.column.begin(), part.column.end(), column.column) != part.column.end();
                         });
      if (!known) {
        fresh += (fresh.empty() ? "\"" : ", \"") + column.header + "\"";
      }
    }
  }
  if (!fresh.empty()) {
    operation.errors->warn(work.called() +
                           (legacy ? ": columns that the file's version does not have keep what is stored, and take "
                                     "their defaults in new rows: "
                                   : ": columns that came after the export were left alone: ") +
                           fresh);
  }
}

// A manifest is the file's own word: it must at least make sense.
void require_described(const Work& work, const std::vector<const ManifestSheet*>& sheets) {
  const auto mains =
      std::count_if(sheets.begin(), sheets.end(), [](const ManifestSheet* sheet) { return !sheet->satellite; });
  const bool titled =
      std::all_of(sheets.begin(), sheets.end(), [](const ManifestSheet* sheet) { return !sheet->titles.empty(); });
  const bool whole = std::all_of(sheets.begin(), sheets.end(),
                                 [](const ManifestSheet* s) { return !s->satellite || s->titles.size() == 1; });
  if (mains != 1 || !titled || !whole) {
    throw Failure(ErrorKind::bad_file,
                  "the manifest does not say which sheet holds data set \"" + work.dataset->name + "\"",
                  "Export again.");
  }
}

// Rows are told apart by their keys: without them nothing can be compared.
void require_keys(const Work& work) {
  for (int column : work.dataset->key) {
    if (column != work.dataset->tenant_column && work.field_of(column) < 0) {
      throw Failure(ErrorKind::bad_file,
                    "the file does not hold the key column \"" +
                        work.dataset->columns[static_cast<std::size_t>(column)].name + "\" of data set \"" +
                        work.dataset->name + "\"",
                    "Export again.");
    }
  }
}

// What the sheets of an older version lack and rows cannot do without: keys, and what leads to a parent.
void add_fields_without_cells(Work& work, const registry::LegacySheet& sheet) {
  const auto add = [&](int column, bool key) {
    if (column != work.dataset->tenant_column && work.field_of(column) < 0) {
      work.fields.push_back({column, 0, 0, work.dataset->columns[static_cast<std::size_t>(column)].name, key, false});
    }
  };
  for (int column : work.dataset->key) {
    add(column, true);
  }
  for (const registry::Attachment& attachment : sheet.attachments) {
    add(work.dataset->references[static_cast<std::size_t>(attachment.reference)].columns[0], false);
  }
}

}  // namespace

std::vector<pg::StoreColumn> lead_store_columns() {
  return {{"r", INT8OID, -1, InvalidOid},
          {"sheet", INT4OID, -1, InvalidOid},
          {"line", INT8OID, -1, InvalidOid},
          {"bad", BOOLOID, -1, InvalidOid}};
}

std::vector<pg::StoreColumn> staged_columns(const Work& work, std::size_t satellites) {
  std::vector<pg::StoreColumn> columns = lead_store_columns();
  for (std::size_t i = 1; i <= satellites; ++i) {
    columns.push_back({"line" + std::to_string(i), INT8OID, -1, InvalidOid});
  }
  for (std::size_t i = 0; i < work.fields.size(); ++i) {
    columns.push_back(work.store_column(i, "c" + at(i)));
  }
  return columns;
}

std::vector<Satellite> stage_workbook(Operation& operation, Work& work, WorkbookFile& file, MemoryContext memory) {
  const auto& datasets = file.manifest.datasets;
  const auto described =
      std::find_if(datasets.begin(), datasets.end(), [&](const auto& d) { return d.name == work.dataset->name; });
  std::vector<const ManifestSheet*> sheets;
  for (const ManifestSheet& sheet : described->sheets) {
    sheets.insert(sheet.satellite ? sheets.end() : sheets.begin(), &sheet);
  }
  require_described(work, sheets);
  std::vector<Satellite> satellites;
  std::vector<Part> parts;
  for (const ManifestSheet* sheet : sheets) {
    parts.push_back(describe_part(operation, *work.dataset, *sheet, file.named_at()));
    parts.back().legacy = file.legacy_sheet(sheet->titles.front());
  }
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const Part& part = parts[i];
    std::vector<Slot> slots;
    if (i == 0) {
      work.titles = sheets[i]->titles;
      work.container = file.container;
      work.staged = stage_part(operation, work, file, part, 0, work.next_name("staged"), memory, slots, nullptr);
      if (file.legacy) {
        add_fields_without_cells(work, *part.legacy);
      } else if (work.staged != nullptr) {
        require_keys(work);
      }
      continue;
    }
    Satellite satellite;
    work.satellite_titles.push_back(sheets[i]->titles.front());
    satellite.store =
        stage_part(operation, work, file, part, i, work.next_name("satellite"), memory, slots, &satellite.own);
    if (satellite.store == nullptr) {
      work.staged.reset();  // as where the main sheet is missing: there is nothing to compare
    }
    for (const Slot& slot : slots) {
      satellite.fields.push_back(slot.field);
      satellite.sheet_columns.push_back(slot.sheet_column);
    }
    satellites.push_back(std::move(satellite));
  }
  work.staged_fields = work.fields.size();
  warn_of_new_columns(operation, work, parts, file.legacy.has_value());
  return satellites;
}

}  // namespace rehydra::importer
