#include "importer/workbook_file.h"

#include <cctype>

#include "codec/cell_reader.h"
#include "codec/csv/csv_reader.h"
#include "codec/json/json_reader.h"
#include "pg/spill_file.h"

namespace rehydra::importer {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r\n";
  const std::size_t from = text.find_first_not_of(space);
  return from == std::string_view::npos ? std::string_view()
                                        : text.substr(from, text.find_last_not_of(space) - from + 1);
}

// The texts of column A, a row each; rows without one are empty lines.
std::vector<std::string> first_column(codec::WorkbookReader& reader, int sheet) {
  std::vector<std::string> lines;
  Row row;
  std::string scratch;
  const auto rows = reader.rows(static_cast<std::size_t>(sheet));
  while (rows->next(row)) {
    for (const Cell& cell : row.cells) {
      if (cell.column == 1) {
        lines.emplace_back(codec::read_text(cell, scratch).value_or(""));
      }
    }
  }
  return lines;
}

[[noreturn]] void no_sheet(std::string_view title, const char* hint) {
  throw Failure(ErrorKind::missing_sheet, "the workbook has no sheet \"" + std::string(title) + "\"", hint);
}

codec::Manifest read_manifest(WorkbookFile& file) {
  const int sheet = file.find_sheet(codec::manifest_sheet);
  if (sheet < 0) {
    no_sheet(codec::manifest_sheet,
             "It is hidden in every workbook that rehydra_export makes: import the exported file, not a copy of its "
             "sheets.");
  }
  std::string json;
  for (const std::string& line : first_column(*file.reader, sheet)) {
    if (!json.empty() || line.starts_with('{')) {
      json += line;
    }
  }
  return codec::parse_manifest(json);
}

std::optional<std::uint64_t> whole_number(const Cell& cell) {
  const std::optional<std::int64_t> value = codec::read_integer(cell);
  return value && *value > 0 ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

// Columns: text number, piece number, content; the header row has no numbers.
void read_long_texts(WorkbookFile& file) {
  file.long_texts = std::make_unique<codec::OverflowTexts>(pg::spill_files());
  const int sheet = file.find_sheet(codec::overflow_sheet);
  if (sheet < 0) {
    return;
  }
  Row row;
  std::string scratch;
  const auto rows = file.reader->rows(static_cast<std::size_t>(sheet));
  while (rows->next(row)) {
    std::optional<std::uint64_t> number, piece;
    std::string_view content;
    for (const Cell& cell : row.cells) {
      if (cell.column == 1) {
        number = whole_number(cell);
      } else if (cell.column == 2) {
        piece = whole_number(cell);
      } else if (cell.column == 3) {
        content = codec::read_text(cell, scratch).value_or("");
      }
    }
    if (number && piece) {
      file.long_texts->add(*number, *piece, content);
    }
  }
}

void require_metadata(WorkbookFile& file) {
  const int sheet = file.find_sheet(codec::metadata_sheet);
  if (sheet < 0) {
    no_sheet(codec::metadata_sheet, "It says whose data this is: put it back, or export again.");
  }
  const codec::Metadata metadata = codec::parse_metadata(first_column(*file.reader, sheet));
  if (metadata.customer_id != file.manifest.tenant_id) {
    throw Failure(ErrorKind::denied,
                  "sheet \"" + std::string(codec::metadata_sheet) + "\" names customer " + metadata.customer_id +
                      ", but the file was exported for customer " + file.manifest.tenant_id,
                  "A file goes back to the customer that it came from: undo the edit, or export again.");
  }
  if (metadata.version != file.manifest.version) {
    throw Failure(
        ErrorKind::bad_file,
        "sheet \"" + std::string(codec::metadata_sheet) + "\" and the manifest name different export versions",
        "Undo the edit, or export again.");
  }
}

WorkbookFile open_workbook(std::string_view bytes, const Limits& limits, Cancel cancel) {
  WorkbookFile file;
  file.reader = codec::WorkbookReader::open(bytes, limits, cancel, pg::spill_files());
  file.manifest = read_manifest(file);
  require_metadata(file);
  read_long_texts(file);
  return file;
}

WorkbookFile described(const char* format, Container container, codec::DescribedFile opened) {
  WorkbookFile file;
  file.format = format;
  file.container = container;
  file.reader = std::move(opened.reader);
  file.manifest = std::move(opened.manifest);
  file.long_texts = std::make_unique<codec::OverflowTexts>(pg::spill_files());
  return file;
}

}  // namespace

bool same_label(std::string_view left, std::string_view right) noexcept {
  left = trimmed(left);
  right = trimmed(right);
  if (left.size() != right.size()) {
    return false;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(left[i])) != std::tolower(static_cast<unsigned char>(right[i]))) {
      return false;
    }
  }
  return true;
}

bool WorkbookFile::has_lookalike(std::string_view title) const {
  for (const codec::ManifestDataset& dataset : manifest.datasets) {
    for (const codec::ManifestSheet& sheet : dataset.sheets) {
      for (const std::string& other : sheet.titles) {
        if (other != title && same_label(other, title)) {
          return true;
        }
      }
    }
  }
  return false;
}

int WorkbookFile::find_sheet(std::string_view title) const {
  const auto& sheets = reader->sheets();
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
  // Lists of a document may differ in case alone: what is like another's title may be that other's rows.
  return count == 1 && !has_lookalike(title) ? alike : -1;
}

WorkbookFile open_file(std::string_view bytes, const Limits& limits, Cancel cancel) {
  if (bytes.size() > limits.input_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the file has " + std::to_string(bytes.size()) + " bytes, more than the " +
                      std::to_string(limits.input_bytes) + " that rehydra.max_input_bytes allows",
                  "Raise rehydra.max_input_bytes, or export fewer data sets a file.");
  }
  if (codec::looks_like_json(bytes)) {
    return described("json", Container::list, codec::open_json(bytes, limits, cancel));
  }
  if (codec::looks_like_csv(bytes, limits)) {
    return described("csv", Container::file, codec::open_csv(bytes, limits, cancel));
  }
  return open_workbook(bytes, limits, cancel);
}

void require_same_owner(const WorkbookFile& file, const registry::Model& model, const registry::Tenant& tenant) {
  if (file.manifest.model != model.name) {
    throw Failure(ErrorKind::denied,
                  "the file was exported from model \"" + file.manifest.model + "\", not from \"" + model.name + "\"",
                  "Name the model: options => '{\"model\": \"...\"}'.");
  }
  if (file.manifest.tenant_id != tenant.id) {
    throw Failure(ErrorKind::denied, "the file was exported for another customer",
                  "A file goes back to the customer that it came from.");
  }
}

}  // namespace rehydra::importer
