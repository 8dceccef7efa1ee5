// Job: open a workbook and hand out its sheets.
// Callers: the importer, the command line reader, fuzzers.
// Promise: one budget for all that is inflated; a sheet that is read again is counted once.
#include "codec/workbook_reader.h"

#include "codec/counted_parts.h"
#include "codec/inflate.h"
#include "codec/package.h"
#include "codec/shared_strings.h"
#include "codec/sheet_reader.h"
#include "codec/zip_directory.h"

namespace rehydra::codec {
namespace {

std::string_view checked_size(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.input_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the file is larger than the " + std::to_string(limits.input_bytes) +
                      " bytes that rehydra.max_input_bytes allows",
                  "Raise rehydra.max_input_bytes, or split the file.");
  }
  return bytes;
}

class NoRows : public RowSource {
 public:
  bool next(Row& row) override {
    row.cells.clear();
    return false;
  }
};

class ZipWorkbookReader : public WorkbookReader {
 public:
  ZipWorkbookReader(std::string_view bytes, const Limits& limits, Cancel cancel, SpillFactory spill)
      : limits_(limits),
        cancel_(cancel),
        inflated_(limits.inflated_bytes, "rehydra.max_inflated_bytes"),
        directory_(checked_size(bytes, limits), limits_),
        parts_(read_package(directory_, limits_, [this](const ZipEntry& entry) { return held_part(entry); })),
        make_spill_(std::move(spill)),
        counted_(inflated_, parts_.sheets.size()) {
    for (const SheetPart& sheet : parts_.sheets) {
      sheets_.push_back({sheet.title, sheet.hidden});
    }
  }

  const std::vector<SheetInfo>& sheets() const override { return sheets_; }
  bool date1904() const override { return parts_.date1904; }

  std::unique_ptr<RowSource> rows(std::size_t sheet) override {
    if (sheet >= parts_.sheets.size()) {
      throw Failure(ErrorKind::internal, "there is no sheet number " + std::to_string(sheet));
    }
    load_strings();
    counted_.open(sheet);
    const SheetPart& part = parts_.sheets[sheet];
    if (!part.has_rows) {
      return std::make_unique<NoRows>();
    }
    return std::make_unique<SheetReader>(std::make_unique<EntrySource>(*part.entry, inflated_, cancel_), part.title,
                                         limits_, *strings_);
  }

 private:
  std::unique_ptr<ByteSource> held_part(const ZipEntry& entry) {
    return std::make_unique<EntrySource>(entry, inflated_, cancel_,
                                         HeldPart{limits_.held_part_bytes, limits_.held_part_ratio});
  }

  void load_strings() {
    if (strings_ != nullptr) {
      return;
    }
    auto strings = std::make_unique<SharedStrings>(limits_, make_spill_);
    if (parts_.shared_strings != nullptr) {
      EntrySource source(*parts_.shared_strings, inflated_, cancel_);
      strings->load(source);
    }
    strings_ = std::move(strings);
  }

  const Limits limits_;
  Cancel cancel_;
  Budget inflated_;
  ZipDirectory directory_;
  WorkbookParts parts_;
  SpillFactory make_spill_;
  std::unique_ptr<SharedStrings> strings_;
  std::vector<SheetInfo> sheets_;
  CountedParts counted_;
};

}  // namespace

std::unique_ptr<WorkbookReader> WorkbookReader::open(std::string_view bytes, const Limits& limits, Cancel cancel,
                                                     SpillFactory spill) {
  return std::make_unique<ZipWorkbookReader>(bytes, limits, cancel, std::move(spill));
}

}  // namespace rehydra::codec
