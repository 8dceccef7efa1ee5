#include "codec/csv/csv_reader.h"

#include <algorithm>
#include <optional>

#include "codec/counted_parts.h"
#include "codec/csv/csv_scanner.h"
#include "codec/csv/csv_writer.h"
#include "codec/inflate.h"
#include "codec/zip_directory.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view csv_ending = ".csv";

// A record's fields as cells; the first record is the header.
class CsvRows : public RowSource {
 public:
  CsvRows(std::unique_ptr<ByteSource> file, std::string title, const Limits& limits)
      : title_(std::move(title)), scanner_(std::move(file), limits) {}

  bool next(Row& row) override {
    row.cells.clear();
    try {
      do {
        if (!scanner_.next(fields_)) {
          return false;
        }
        require_width();
        fill(row);
      } while (row.cells.empty());
    } catch (Failure& failure) {
      Location& where = failure.error().where;
      if (where.sheet.empty()) {
        where = {title_, scanner_.record(), 0, {}, Container::file};
      }
      throw;
    }
    return true;
  }

 private:
  // A field too many or too few means that a quote or a delimiter is missing somewhere: nothing of it can be trusted.
  void require_width() {
    if (!width_) {
      width_ = fields_.size();
    }
    if (fields_.size() != *width_) {
      throw Failure(
          ErrorKind::bad_file,
          "the row has " + std::to_string(fields_.size()) + " fields, and the header has " + std::to_string(*width_),
          "Give every row as many fields as there are columns, and put texts with delimiters or line ends "
          "into quotes.");
    }
  }

  void fill(Row& row) const {
    row.number = scanner_.record();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!fields_[i].empty()) {
        row.cells.push_back({static_cast<std::uint32_t>(i + 1), CellKind::text, false, fields_[i]});
      }
    }
  }

  std::string title_;
  CsvScanner scanner_;
  std::vector<std::string_view> fields_;
  std::optional<std::size_t> width_;
};

// The folder that the bundle's files are in, "" or "name/": programs that pack a folder keep its name. Nothing where
// the zip holds no manifest.
std::optional<std::string> find_folder(const ZipDirectory& directory) {
  if (directory.find(csv_manifest) != nullptr) {
    return "";
  }
  for (const ZipEntry& entry : directory.entries()) {
    const std::size_t slash = entry.name.find('/');
    if (slash != std::string_view::npos && entry.name.substr(slash + 1) == csv_manifest) {
      return std::string(entry.name.substr(0, slash + 1));
    }
  }
  return std::nullopt;
}

// A bundle that lost its manifest: what it lacks is then what is said.
bool holds_csv(const ZipDirectory& directory) {
  return std::any_of(directory.entries().begin(), directory.entries().end(),
                     [](const ZipEntry& entry) { return entry.name.ends_with(csv_ending); });
}

class CsvReader : public WorkbookReader {
 public:
  CsvReader(std::string_view bytes, const Limits& limits, Cancel cancel)
      : limits_(limits),
        cancel_(cancel),
        inflated_(limits.inflated_bytes, "rehydra.max_inflated_bytes"),
        directory_(bytes, limits_),
        folder_(find_folder(directory_)) {
    find_files();
    counted_.emplace(inflated_, entries_.size());
  }

  Manifest manifest() {
    const ZipEntry* entry = directory_.find(folder_.value_or("") + std::string(csv_manifest));
    if (entry == nullptr) {
      throw Failure(ErrorKind::missing_sheet, "the bundle has no manifest.json",
                    "Put back the one that was exported with its files, or export again.");
    }
    EntrySource source(*entry, inflated_, cancel_, HeldPart{limits_.held_part_bytes, limits_.held_part_ratio});
    std::string json;
    char window[16U << 10];
    while (const std::size_t bytes = source.read(window, sizeof window)) {
      json.append(window, bytes);
    }
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return parse_manifest(std::string_view(json).substr(json.starts_with(mark) ? mark.size() : 0), csv_manifest);
  }

  const std::vector<SheetInfo>& sheets() const override { return sheets_; }
  bool date1904() const override { return false; }
  std::unique_ptr<RowSource> rows(std::size_t sheet) override {
    counted_->open(sheet);
    return std::make_unique<CsvRows>(std::make_unique<EntrySource>(*entries_.at(sheet), inflated_, cancel_),
                                     sheets_[sheet].title, limits_);
  }

 private:
  void find_files() {
    const std::string folder = folder_.value_or("");
    for (const ZipEntry& entry : directory_.entries()) {
      if (!entry.name.starts_with(folder) || !entry.name.ends_with(csv_ending)) {
        continue;
      }
      const std::string_view name = entry.name.substr(folder.size());
      if (name.find('/') == std::string_view::npos) {
        sheets_.push_back({std::string(name), false});
        entries_.push_back(&entry);
      }
    }
    if (sheets_.size() > limits_.sheets) {
      throw Failure(
          ErrorKind::limit_exceeded,
          "the bundle has more than the " + std::to_string(limits_.sheets) + " files that rehydra.max_sheets allows",
          "Raise rehydra.max_sheets, or export fewer data sets a file.");
    }
  }

  const Limits limits_;
  Cancel cancel_;
  Budget inflated_;
  ZipDirectory directory_;
  std::optional<std::string> folder_;
  std::vector<SheetInfo> sheets_;
  std::vector<const ZipEntry*> entries_;
  std::optional<CountedParts> counted_;
};

}  // namespace

bool looks_like_csv(std::string_view bytes, const Limits& limits) {
  if (!bytes.starts_with("PK")) {
    return false;
  }
  try {
    const ZipDirectory directory(bytes, limits);
    return directory.find("[Content_Types].xml") == nullptr && (find_folder(directory) || holds_csv(directory));
  } catch (const Failure&) {
    return false;
  }
}

DescribedFile open_csv(std::string_view bytes, const Limits& limits, Cancel cancel) {
  auto reader = std::make_unique<CsvReader>(bytes, limits, cancel);
  Manifest manifest = reader->manifest();
  return {std::move(reader), std::move(manifest)};
}

}  // namespace rehydra::codec
