#include "codec/workbook_contents.h"

#include <optional>
#include <vector>

#include "codec/cell_reader.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t most_bytes = 32U << 20;  // twice of what a manifest may have

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t from = text.find_first_not_of(space);
  return from == std::string_view::npos ? std::string_view()
                                        : text.substr(from, text.find_last_not_of(space) - from + 1);
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// The texts of column A, a row each.
std::vector<std::string> lines_of(WorkbookReader& reader, std::string_view title, const char* hint) {
  const int sheet = find_sheet(reader, title);
  if (sheet < 0) {
    throw Failure(ErrorKind::missing_sheet, "the workbook has no sheet \"" + std::string(title) + "\"", hint);
  }
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  Row row;
  std::string scratch;
  const auto rows = reader.rows(static_cast<std::size_t>(sheet));
  while (rows->next(row)) {
    if (row.cells.empty() || row.cells.front().column != 1) {
      continue;
    }
    lines.emplace_back(read_text(row.cells.front(), scratch).value_or(""));
    bytes += sizeof(std::string) + lines.back().size();
    if (bytes > most_bytes) {
      throw Failure(ErrorKind::limit_exceeded, "the sheet holds more text than a description of a file can be", hint,
                    {std::string(title), row.number, 1, {}});
    }
  }
  return lines;
}

std::optional<std::uint64_t> whole_number(const Cell& cell) {
  const std::optional<std::int64_t> value = read_integer(cell);
  return value && *value > 0 ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

// Columns: text number, piece number, content; the header row has no numbers.
void add_piece(const Row& row, std::string& scratch, OverflowTexts& texts) {
  std::optional<std::uint64_t> number, piece;
  std::string_view content;
  for (const Cell& cell : row.cells) {
    if (cell.column == 1) {
      number = whole_number(cell);
    } else if (cell.column == 2) {
      piece = whole_number(cell);
    } else if (cell.column == 3) {
      content = read_text(cell, scratch).value_or("");
    }
  }
  if (number && piece) {
    texts.add(*number, *piece, content);
  }
}

}  // namespace

bool same_label(std::string_view left, std::string_view right) noexcept {
  left = trimmed(left);
  right = trimmed(right);
  if (left.size() != right.size()) {
    return false;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) {
      return false;
    }
  }
  return true;
}

int find_sheet(const WorkbookReader& reader, std::string_view title) {
  const auto& sheets = reader.sheets();
  int alike = -1;
  std::size_t count = 0;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    if (sheets[i].title == title) {
      return static_cast<int>(i);
    }
    if (same_label(sheets[i].title, title)) {
      alike = static_cast<int>(i);
      ++count;
    }
  }
  return count == 1 ? alike : -1;
}

std::string manifest_text(WorkbookReader& reader) {
  std::string json;
  for (const std::string& line :
       lines_of(reader, manifest_sheet,
                "It is hidden in every workbook that rehydra_export makes: take the exported file, not a copy of its "
                "sheets. A workbook of version 1 has none, but needs its sheet \"Export Metadata\".")) {
    if (!json.empty() || line.starts_with('{')) {
      json += line;
    }
  }
  return json;
}

Metadata read_metadata(WorkbookReader& reader) {
  return parse_metadata(lines_of(reader, metadata_sheet, "It says whose data this is: put it back, or export again."));
}

std::unique_ptr<OverflowTexts> read_long_texts(WorkbookReader& reader, SpillFactory spill) {
  auto texts = std::make_unique<OverflowTexts>(std::move(spill));
  const int sheet = find_sheet(reader, overflow_sheet);
  if (sheet < 0) {
    return texts;
  }
  Row row;
  std::string scratch;
  const auto rows = reader.rows(static_cast<std::size_t>(sheet));
  while (rows->next(row)) {
    add_piece(row, scratch, *texts);
  }
  return texts;
}

}  // namespace rehydra::codec
