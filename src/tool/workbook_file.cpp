#include "tool/workbook_file.h"

#include "codec/workbook_contents.h"
#include "codec/workbook_reader.h"
#include "tool/file_spill.h"
#include "tool/sheet_rows.h"

namespace rehydra::tool {
namespace {

using codec::ManifestDataset;
using codec::WorkbookReader;

std::unique_ptr<WorkbookReader> open_reader(std::string_view bytes, const Limits& limits) {
  return WorkbookReader::open(bytes, limits, Cancel(), make_file_spill);
}

// A manifest is the file's own word: it must at least make sense.
void require_described(const ManifestDataset& dataset) {
  for (std::size_t i = 0; i < dataset.sheets.size(); ++i) {
    const codec::ManifestSheet& sheet = dataset.sheets[i];
    if (sheet.satellite != (i > 0) || (sheet.satellite && sheet.titles.size() != 1)) {
      throw Failure(ErrorKind::bad_file,
                    "the manifest does not say which sheet holds data set \"" + dataset.name + "\"", "Export again.");
    }
  }
}

// Rows of the main sheet beside those of its satellites. Each sheet is read by a reader of its own, all in step, so
// that nothing has to be kept: the export writes them in one order.
class WorkbookRecords : public Records {
 public:
  WorkbookRecords(std::string_view bytes, const Limits& limits, const ManifestDataset& dataset,
                  codec::OverflowTexts& long_texts, Problems& problems)
      : dataset_(dataset), columns_(columns_of(dataset)) {
    require_described(dataset);
    for (const codec::ManifestSheet& sheet : dataset.sheets) {
      readers_.push_back(open_reader(bytes, limits));
      sheets_.push_back(std::make_unique<SheetRows>(*readers_.back(), Container::sheet, sheet, long_texts, problems));
    }
  }

  bool next(Record& record) override {
    const bool more = sheets_.front()->next();
    for (std::size_t i = 1; i < sheets_.size(); ++i) {
      if (sheets_[i]->next() != more || (more && !same_row(i))) {
        out_of_step(i);
      }
    }
    record.clear();
    for (const DatasetColumn& column : columns_) {
      record.push_back(more ? sheets_[column.sheet]->value(column.column) : std::nullopt);
    }
    return more;
  }

 private:
  // By the columns that both sheets show as keys.
  bool same_row(std::size_t satellite) const {
    const auto& main = dataset_.sheets.front().columns;
    const auto& other = dataset_.sheets[satellite].columns;
    for (std::size_t i = 0; i < main.size(); ++i) {
      for (std::size_t j = 0; j < other.size(); ++j) {
        if (main[i].kind == "key" && other[j].kind == "key" && main[i].name == other[j].name &&
            sheets_.front()->value(i) != sheets_[satellite]->value(j)) {
          return false;
        }
      }
    }
    return true;
  }

  [[noreturn]] void out_of_step(std::size_t satellite) const {
    throw Failure(ErrorKind::conflict,
                  "its rows and those of sheet \"" + dataset_.sheets.front().titles.front() +
                      "\" do not stand in the same order, or one sheet has a row more",
                  "Sort both sheets by their keys, the column that identifies the row.", sheets_[satellite]->where());
  }

  const ManifestDataset& dataset_;
  std::vector<DatasetColumn> columns_;
  std::vector<std::unique_ptr<WorkbookReader>> readers_;
  std::vector<std::unique_ptr<SheetRows>> sheets_;
};

class WorkbookFile : public ExportedFile {
 public:
  WorkbookFile(std::string_view bytes, const Limits& limits)
      : bytes_(bytes), limits_(limits), reader_(open_reader(bytes, limits)) {}

  const char* format() const override { return "xlsx"; }

  std::vector<Part> parts() const override {
    std::vector<Part> parts;
    for (const codec::SheetInfo& sheet : reader_->sheets()) {
      parts.push_back({sheet.title, sheet.hidden});
    }
    return parts;
  }

  Container container() const override { return Container::sheet; }
  bool manifest_agrees() override { return codec::manifest_agrees(manifest_text()); }

  const codec::Manifest& manifest() override {
    if (!manifest_) {
      manifest_ = codec::parse_manifest(manifest_text());
    }
    return *manifest_;
  }

  std::vector<Error> contradictions() override {
    std::vector<Error> found;
    const codec::Metadata metadata = codec::read_metadata(*reader_);
    const Location where{std::string(codec::metadata_sheet), 0, 0, {}};
    const std::string hint = "Undo the edit, or take the file as it was exported.";
    if (metadata.customer_id != manifest().tenant_id) {
      found.push_back(
          {ErrorKind::denied,
           "the sheet names customer " + metadata.customer_id + ", the manifest customer " + manifest().tenant_id,
           {},
           hint,
           where});
    }
    if (metadata.version != manifest().version) {
      found.push_back(
          {ErrorKind::bad_file, "the sheet and the manifest name different export versions", {}, hint, where});
    }
    return found;
  }

  std::unique_ptr<Records> records(const ManifestDataset& dataset, Problems& problems) override {
    if (!long_texts_) {
      long_texts_ = codec::read_long_texts(*reader_, make_file_spill);
    }
    return std::make_unique<WorkbookRecords>(bytes_, limits_, dataset, *long_texts_, problems);
  }

 private:
  const std::string& manifest_text() {
    if (text_.empty()) {
      text_ = codec::manifest_text(*reader_);
    }
    return text_;
  }

  std::string_view bytes_;
  const Limits limits_;
  std::unique_ptr<WorkbookReader> reader_;
  std::string text_;
  std::optional<codec::Manifest> manifest_;
  std::unique_ptr<codec::OverflowTexts> long_texts_;
};

}  // namespace

std::unique_ptr<ExportedFile> open_workbook(std::string_view bytes, const Limits& limits) {
  return std::make_unique<WorkbookFile>(bytes, limits);
}

}  // namespace rehydra::tool
