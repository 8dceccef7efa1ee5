#include "codec/described_file.h"

#include "codec/csv/csv_reader.h"
#include "codec/json/json_reader.h"
#include "tool/described_file.h"
#include "tool/file_spill.h"
#include "tool/sheet_rows.h"

namespace rehydra::tool {
namespace {

using codec::ManifestDataset;

class ListRecords : public Records {
 public:
  ListRecords(codec::WorkbookReader& reader, Container container, const ManifestDataset& dataset,
              codec::OverflowTexts& long_texts, Problems& problems)
      : columns_(columns_of(dataset)), rows_(reader, container, dataset.sheets.front(), long_texts, problems) {}

  bool next(Record& record) override {
    const bool more = rows_.next();
    record.clear();
    for (const DatasetColumn& column : columns_) {
      record.push_back(more ? rows_.value(column.column) : std::nullopt);
    }
    return more;
  }

 private:
  std::vector<DatasetColumn> columns_;
  SheetRows rows_;
};

// One whose manifest was changed cannot be opened.
class DescribedFile : public ExportedFile {
 public:
  DescribedFile(const char* format, Container container, codec::DescribedFile file)
      : format_(format), container_(container), file_(std::move(file)), long_texts_(make_file_spill) {}

  const char* format() const override { return format_; }
  Container container() const override { return container_; }

  std::vector<Part> parts() const override {
    std::vector<Part> parts;
    for (const codec::SheetInfo& list : file_.reader->sheets()) {
      parts.push_back({list.title, false});
    }
    return parts;
  }

  bool manifest_agrees() override { return true; }
  const codec::Manifest& manifest() override { return file_.manifest; }
  std::vector<Error> contradictions() override { return {}; }

  std::unique_ptr<Records> records(const ManifestDataset& dataset, Problems& problems) override {
    if (dataset.sheets.size() != 1) {
      throw Failure(ErrorKind::bad_file, "the manifest does not say what holds data set \"" + dataset.name + "\"",
                    "Export again.");
    }
    return std::make_unique<ListRecords>(*file_.reader, container_, dataset, long_texts_, problems);
  }

 private:
  const char* format_;
  Container container_;
  codec::DescribedFile file_;
  codec::OverflowTexts long_texts_;  // none: a text has no end here
};

}  // namespace

std::unique_ptr<ExportedFile> open_json_document(std::string_view bytes, const Limits& limits) {
  return std::make_unique<DescribedFile>("json", Container::list, codec::open_json(bytes, limits, Cancel()));
}

std::unique_ptr<ExportedFile> open_csv_bundle(std::string_view bytes, const Limits& limits) {
  return std::make_unique<DescribedFile>("csv", Container::file, codec::open_csv(bytes, limits, Cancel()));
}

}  // namespace rehydra::tool
