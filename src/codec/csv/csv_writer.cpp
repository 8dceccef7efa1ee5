#include "codec/csv/csv_writer.h"

#include <algorithm>

#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t longest_name = 120;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

std::string folded(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

// What some system forbids in a name, and what a reader of containers may decode.
bool is_allowed(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x20 &&
         std::string_view("\"*/:<>?\\|%\x7F").find(c) == std::string_view::npos;
}

std::string cleaned(std::string_view wanted) {
  std::string name;
  for (const char c : wanted.substr(0, longest_name)) {
    name += is_allowed(c) ? c : '_';
  }
  while (!name.empty() && wanted.size() > longest_name && (static_cast<unsigned char>(name.back()) & 0x80U) != 0) {
    name.pop_back();  // perhaps a part of a character
  }
  while (!name.empty() && (name.front() == '.' || name.front() == ' ')) {
    name.erase(0, 1);
  }
  return name.empty() ? "table" : name;
}

}  // namespace

std::string csv_file_name(std::string_view wanted, std::vector<std::string>& taken) {
  const std::string name = cleaned(wanted);
  std::string file = name + ".csv";
  const auto is_taken = [&] {
    return std::any_of(taken.begin(), taken.end(), [&](const auto& other) { return folded(other) == folded(file); });
  };
  for (int n = 2; is_taken(); ++n) {
    file = name + " (" + std::to_string(n) + ").csv";
  }
  taken.push_back(file);
  return file;
}

void CsvWriter::drain() {
  cancel_.poll();
  zip_.write(csv_);
}

void CsvWriter::begin_sheet(std::size_t index) {
  if (open_ || written_.at(index)) {
    throw Failure(ErrorKind::internal, "a csv file was begun twice, or inside of another");
  }
  open_ = index;
  written_[index] = true;
  zip_.begin(lists_[index].name);
  write_header();
  rows_ = 0;
}

// The byte order mark is what tells spreadsheet programs that the file is UTF-8.
void CsvWriter::write_header() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  char* to = csv_.room(mark.size());
  std::memcpy(to, mark.data(), mark.size());
  csv_.advance(to + mark.size());
  const std::vector<RowListColumn>& specified = lists_[*open_].columns;
  columns_.assign(specified.size(), {ColumnClass::text, false});
  row_.begin();
  for (const RowListColumn& column : specified) {
    row_.text(column.header);
  }
  row_.end();
  for (std::size_t i = 0; i < specified.size(); ++i) {
    columns_[i] = {specified[i].type.kind,
                   specified[i].type.kind == ColumnClass::numeric && specified[i].type.scale >= 0};
  }
}

void CsvWriter::end_sheet() {
  drain();
  zip_.end();
  const RowList& list = lists_[*open_];
  if (list.rows.value_or(rows_) != rows_) {
    throw Failure(ErrorKind::internal, "file \"" + list.name + "\" was announced with " + std::to_string(*list.rows) +
                                           " rows and got " + std::to_string(rows_));
  }
  open_.reset();
}

void CsvWriter::finish() {
  if (open_ || std::find(written_.begin(), written_.end(), false) != written_.end()) {
    throw Failure(ErrorKind::internal, "a csv bundle was finished before all of its files");
  }
  zip_.begin(std::string(csv_manifest));
  zip_.write(manifest_);
  zip_.end();
  zip_.finish();
}

}  // namespace rehydra::codec
