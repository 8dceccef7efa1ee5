#include "codec/marks/marked_workbook.h"

#include <algorithm>

#include "codec/marks/error_list.h"
#include "codec/relations.h"
#include "codec/workbook_contents.h"
#include "codec/workbook_reader.h"
#include "core/column_name.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t chunk_bytes = 256 << 10;
constexpr std::string_view content_types_part = "[Content_Types].xml";
constexpr std::string_view office_types = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

std::string office_type(std::string_view kind) {
  return std::string(office_types) + std::string(kind) + "+xml";
}

std::vector<std::string> texts_of_first_row(WorkbookReader& reader, std::size_t sheet) {
  std::vector<std::string> texts;
  Row row;
  const auto rows = reader.rows(sheet);
  if (rows->next(row)) {
    for (const Cell& cell : row.cells) {
      texts.emplace_back(cell.text);
    }
  }
  return texts;
}

void add_mark(CellMarks& marks, const FileError& error) {
  std::string& said = marks[error.row][std::max(error.column, 1U)];
  said += (said.empty() ? "" : "\n\n") + error.message + (error.hint.empty() ? "" : "\n" + error.hint);
}

}  // namespace

MarkedWorkbook::MarkedWorkbook(std::string_view bytes, const FileErrors& errors, const Limits& limits, Cancel cancel,
                               const SpillFactory& spill)
    : limits_(limits),
      cancel_(cancel),
      errors_(errors),
      inflated_(limits.inflated_bytes, "rehydra.max_inflated_bytes"),
      directory_(bytes, limits_),
      parts_(read_package(directory_, limits_, [this](const ZipEntry& entry) { return open(entry); })),
      workbook_text_(text_of(parts_.workbook)),
      workbook_relations_text_(text_of(&required(relations_part(parts_.workbook->name)))),
      list_(read_sheet_list(workbook_text_, limits_)),
      workbook_relations_(read_relations(workbook_relations_text_, limits_)),
      styles_(text_of(parts_.styles), limits_),
      marks_(parts_.sheets.size()) {
  choose_list(bytes, spill, cancel);
  place_marks();
  choose_sheets();
  plan();
}

std::unique_ptr<ByteSource> MarkedWorkbook::open(const ZipEntry& entry) {
  return std::make_unique<EntrySource>(entry, inflated_, cancel_,
                                       HeldPart{limits_.held_part_bytes, limits_.held_part_ratio});
}

std::string MarkedWorkbook::text_of(const ZipEntry* entry) {
  std::string text;
  if (entry != nullptr) {
    const auto source = open(*entry);
    char window[16U << 10];
    while (const std::size_t bytes = source->read(window, sizeof window)) {
      text.append(window, bytes);
    }
  }
  return text;
}

const ZipEntry& MarkedWorkbook::required(std::string_view part) const {
  const ZipEntry* const entry = directory_.find(part);
  if (entry == nullptr) {
    throw Failure(ErrorKind::bad_file, "the workbook does not hold its part \"" + std::string(part) + "\"");
  }
  return *entry;
}

std::string MarkedWorkbook::free_name(const std::string& folder, const std::string& name, const std::string& ending) {
  for (std::size_t number = 1;; ++number) {
    std::string made = folder + name + std::to_string(number) + ending;
    if (directory_.find(made) == nullptr && new_names_.insert(made).second) {
      return made;
    }
  }
}

// A list that an earlier marking made is known by its title and its headers; a sheet of somebody's keeps its title.
void MarkedWorkbook::choose_list(std::string_view bytes, const SpillFactory& spill, Cancel cancel) {
  for (std::size_t number = 1; list_title_.empty(); ++number) {
    const std::string title = "Import Errors" + (number == 1 ? "" : " (" + std::to_string(number) + ")");
    const auto found = std::find_if(parts_.sheets.begin(), parts_.sheets.end(),
                                    [&](const SheetPart& sheet) { return same_label(sheet.title, title); });
    const auto index = static_cast<std::size_t>(found - parts_.sheets.begin());
    const bool is_free = found == parts_.sheets.end();
    if (is_free || is_list_header(texts_of_first_row(*WorkbookReader::open(bytes, limits_, cancel, spill), index))) {
      list_title_ = title;
      old_list_ = is_free ? std::nullopt : std::optional<std::size_t>(index);
    }
  }
  list_part_ = free_name("xl/worksheets/", "importErrors", ".xml");
}

void MarkedWorkbook::place_marks() {
  for (const FileError& error : errors_.kept) {
    const auto titled = [&](bool exactly) {
      return std::find_if(parts_.sheets.begin(), parts_.sheets.end(), [&](const SheetPart& sheet) {
        return exactly ? sheet.title == error.sheet : same_label(sheet.title, error.sheet);
      });
    };
    const auto found = titled(true) == parts_.sheets.end() ? titled(false) : titled(true);
    const bool on_sheet = found != parts_.sheets.end() && found->has_rows && error.row != 0 &&
                          error.row <= max_sheet_rows && error.column <= max_sheet_columns;
    if (on_sheet) {
      add_mark(marks_[static_cast<std::size_t>(found - parts_.sheets.begin())], error);
    }
  }
}

// Sheets that are selected together are edited together: none but the list may stay selected.
bool MarkedWorkbook::is_selected(const ZipEntry& entry) {
  EntrySource source(entry, inflated_, cancel_);
  XmlTokenizer xml(source, limits_);
  for (XmlToken token = xml.next(); token != XmlToken::done && !xml.is_main("sheetData"); token = xml.next()) {
    if (token == XmlToken::start && xml.is_main("sheetView") && xml.attribute("tabSelected").data() != nullptr) {
      return true;
    }
  }
  return false;
}

void MarkedWorkbook::choose_sheets() {
  for (std::size_t i = 0; i < parts_.sheets.size(); ++i) {
    const SheetPart& part = parts_.sheets[i];
    if (i == old_list_) {
      replaced_.insert(part.entry);
      replaced_.insert(directory_.find(relations_part(part.entry->name)));
    } else if (part.has_rows) {
      Sheet sheet;
      sheet.entry = part.entry;
      sheet.changes.marks = std::move(marks_[i]);
      describe_sheet(sheet);
      if (sheet.has_new_comments() || is_selected(*part.entry)) {
        sheets_.push_back(std::move(sheet));
      }
    }
  }
}

void MarkedWorkbook::describe_sheet(Sheet& sheet) {
  const std::string name(sheet.entry->name);
  sheet.relations_entry = directory_.find(relations_part(name));
  sheet.relations_text = text_of(sheet.relations_entry);
  sheet.relations = read_relations(sheet.relations_text, limits_);
  for (const PartRelation& relation : sheet.relations) {
    if (relation.kind == "comments" && !relation.external) {
      sheet.comments_entry = &required(target_part(name, relation.target));
    }
  }
  // Without an older list there are no older marks to take away.
  if (sheet.changes.marks.empty() && !(old_list_ && sheet.comments_entry != nullptr)) {
    return;
  }
  sheet.comments =
      mark_comments(text_of(sheet.comments_entry), sheet.changes.marks, list_.dialect == Dialect::strict, limits_);
  for (const CellPlace& place : sheet.comments.removed) {
    if (!sheet.comments.drawn.contains(place)) {
      sheet.changes.cleared.insert(place);
    }
  }
  if (!sheet.changes.marks.empty()) {
    sheet.place.new_id = free_id(sheet.relations, "rIdErrorDrawing");
    sheet.place.new_uri = relations_namespace(list_.dialect);
    sheet.new_comments = sheet.comments_entry == nullptr ? free_name("xl/", "commentsErrors", ".xml") : "";
  }
}

void MarkedWorkbook::plan() {
  steps_.emplace_back([this] {
    put_content_types();
    return false;
  });
  for (Sheet& sheet : sheets_) {
    steps_.emplace_back([this, &sheet] { return mark_sheet(sheet); });
  }
  steps_.emplace_back([this] {
    put_workbook();
    return false;
  });
  steps_.emplace_back([this] { return copy_rest(); });
}

bool MarkedWorkbook::next(std::string& chunk) {
  while (step_ < steps_.size() && writer_.output().size() < chunk_bytes) {
    if (!steps_[step_]() && ++step_ == steps_.size()) {
      writer_.finish();
    }
  }
  chunk.assign(writer_.output().substr(0, chunk_bytes));
  writer_.consume(chunk.size());
  return !chunk.empty();
}

void MarkedWorkbook::put(std::string_view name, const std::string& content) {
  writer_.begin(std::string(name));
  writer_.write(content);
  writer_.end();
}

void MarkedWorkbook::replace(const ZipEntry& entry, const std::string& content) {
  if (!replaced_.insert(&entry).second) {
    throw Failure(ErrorKind::bad_file, "two sheets of the workbook share their comments",
                  "Open the file in a spreadsheet program and save it again.");
  }
  put(entry.name, content);
}

void MarkedWorkbook::put_content_types() {
  std::vector<NewPart> added = {{list_part_, office_type("worksheet")}};
  for (const Sheet& sheet : sheets_) {
    if (!sheet.new_comments.empty()) {
      added.push_back({sheet.new_comments, office_type("comments")});
    }
  }
  if (parts_.styles == nullptr) {
    added.push_back({"xl/stylesErrors.xml", office_type("styles")});
  }
  const ZipEntry& entry = required(content_types_part);
  replace(entry, add_content_types(text_of(&entry), added,
                                   old_list_ ? parts_.sheets[*old_list_].entry->name : std::string_view(), limits_));
}

bool MarkedWorkbook::mark_sheet(Sheet& sheet) {
  if (sheet.marker == nullptr) {
    replaced_.insert(sheet.entry);
    writer_.begin(std::string(sheet.entry->name));
    sheet.marker = std::make_unique<SheetMarker>(std::make_unique<EntrySource>(*sheet.entry, inflated_, cancel_),
                                                 limits_, sheet.changes, styles_, sheet.place, marked_);
  }
  bool more = true;
  while (more && marked_.size() < chunk_bytes) {
    more = sheet.marker->step();
  }
  writer_.write(marked_);
  marked_.clear();
  if (!more) {
    writer_.end();
    sheet.marker.reset();
    finish_sheet(sheet);
  }
  return more;
}

void MarkedWorkbook::finish_sheet(Sheet& sheet) {
  if (!sheet.has_new_comments()) {
    return;
  }
  std::vector<PartRelation> added;
  if (sheet.comments_entry != nullptr) {
    replace(*sheet.comments_entry, sheet.comments.part);
  } else {
    put(sheet.new_comments, sheet.comments.part);
    added.push_back({free_id(sheet.relations, "rIdErrorComments"), "comments", "/" + sheet.new_comments});
  }
  const auto drawn = std::find_if(sheet.relations.begin(), sheet.relations.end(),
                                  [&](const PartRelation& one) { return one.id == sheet.place.found_id; });
  if (drawn != sheet.relations.end()) {
    const ZipEntry& drawing = required(target_part(sheet.entry->name, drawn->target));
    replace(drawing, draw_comments(text_of(&drawing), sheet.comments));
  } else if (!sheet.changes.marks.empty()) {
    const std::string name = free_name("xl/drawings/", "commentsErrors", ".vml");
    put(name, draw_comments({}, sheet.comments));
    added.push_back(
        {sheet.place.found_id.empty() ? sheet.place.new_id : sheet.place.found_id, "vmlDrawing", "/" + name});
  }
  const std::string relations = add_relations(sheet.relations_text, added, {}, list_.dialect, limits_);
  if (sheet.relations_entry != nullptr) {
    replace(*sheet.relations_entry, relations);
  } else {
    put(relations_part(sheet.entry->name), relations);
  }
}

void MarkedWorkbook::put_workbook() {
  std::vector<std::string> titles;
  for (const SheetPart& sheet : parts_.sheets) {
    titles.push_back(sheet.title);
  }
  put(list_part_, list_sheet(errors_, titles, styles_));
  NewSheet sheet{list_title_, free_id(workbook_relations_, "rIdErrors"), old_list_};
  std::vector<PartRelation> added = {{sheet.relation_id, "worksheet", "/" + list_part_}};
  if (parts_.styles == nullptr) {
    put("xl/stylesErrors.xml", styles_.part());
    added.push_back({free_id(workbook_relations_, "rIdErrorStyles"), "styles", "/xl/stylesErrors.xml"});
  } else {
    replace(*parts_.styles, styles_.part());
  }
  replace(*parts_.workbook, add_first_sheet(workbook_text_, list_, sheet, limits_));
  const bool had_list = old_list_ && *old_list_ < list_.relation_ids.size();
  replace(required(relations_part(parts_.workbook->name)),
          add_relations(workbook_relations_text_, added,
                        had_list ? std::string_view(list_.relation_ids[*old_list_]) : std::string_view(), list_.dialect,
                        limits_));
}

bool MarkedWorkbook::copy_rest() {
  const auto& entries = directory_.entries();
  if (entry_ == entries.size()) {
    return false;
  }
  const ZipEntry& entry = entries[entry_];
  if (replaced_.contains(&entry)) {
    ++entry_;
    return true;
  }
  if (!copying_) {
    writer_.begin_copy(entry);
    copying_ = true;
    copied_ = 0;
  }
  const std::string_view piece = entry.data.substr(copied_, chunk_bytes);
  writer_.copy(piece);
  copied_ += piece.size();
  if (copied_ == entry.data.size()) {
    writer_.end_copy();
    copying_ = false;
    ++entry_;
  }
  return true;
}

}  // namespace rehydra::codec
