// Job: the csv half of codec/marks/marked_text_files.h.
// Callers: codec/marks/marked_file.cpp. Promise: see there.
#include <algorithm>

#include "codec/csv/csv_scanner.h"
#include "codec/csv/csv_writer.h"
#include "codec/inflate.h"
#include "codec/marks/error_list.h"
#include "codec/marks/marked_text_files.h"
#include "codec/zip_writer.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t chunk_bytes = 256 << 10;

class MarkedBundle : public MarkedFile {
 public:
  MarkedBundle(std::string_view bytes, const FileErrors& errors, const Limits& limits, Cancel cancel)
      : limits_(limits),
        cancel_(cancel),
        inflated_(limits.inflated_bytes, "rehydra.max_inflated_bytes"),
        directory_(bytes, limits_) {
    choose_name();
    writer_.begin(name_);
    writer_.write(list_csv(errors));
    writer_.end();
  }

  bool next(std::string& chunk) override {
    const auto& entries = directory_.entries();
    while (entry_ < entries.size() && writer_.output().size() < chunk_bytes) {
      copy(entries[entry_]);
      if (entry_ == entries.size()) {
        writer_.finish();
      }
    }
    chunk.assign(writer_.output().substr(0, chunk_bytes));
    writer_.consume(chunk.size());
    return !chunk.empty();
  }

 private:
  // Beside the manifest; a data set whose table has that name keeps its file.
  void choose_name() {
    std::string folder;
    for (const ZipEntry& entry : directory_.entries()) {
      if (entry.name.ends_with(csv_manifest)) {
        folder = entry.name.substr(0, entry.name.size() - csv_manifest.size());
      }
    }
    for (std::size_t number = 1; name_.empty(); ++number) {
      const std::string name = folder + "errors" + (number == 1 ? "" : " (" + std::to_string(number) + ")") + ".csv";
      const ZipEntry* const there = directory_.find(name);
      if (there == nullptr || is_list(*there)) {
        name_ = name;
        old_ = there;
      }
    }
  }

  bool is_list(const ZipEntry& entry) {
    CsvScanner scanner(std::make_unique<EntrySource>(entry, inflated_, cancel_), limits_);
    std::vector<std::string_view> fields;
    return scanner.next(fields) && is_list_header({fields.begin(), fields.end()});
  }

  void copy(const ZipEntry& entry) {
    if (&entry == old_) {
      ++entry_;
      return;
    }
    if (copied_ == 0) {
      writer_.begin_copy(entry);
    }
    const std::string_view piece = entry.data.substr(copied_, chunk_bytes);
    writer_.copy(piece);
    copied_ += piece.size();
    if (copied_ == entry.data.size()) {
      writer_.end_copy();
      copied_ = 0;
      ++entry_;
    }
  }

  const Limits limits_;
  Cancel cancel_;
  Budget inflated_;
  ZipDirectory directory_;
  std::string name_;
  const ZipEntry* old_ = nullptr;
  ZipWriter writer_;
  std::size_t entry_ = 0;
  std::size_t copied_ = 0;
};

}  // namespace

std::unique_ptr<MarkedFile> mark_csv(std::string_view bytes, const FileErrors& errors, const Limits& limits,
                                     Cancel cancel) {
  return std::make_unique<MarkedBundle>(bytes, errors, limits, cancel);
}

}  // namespace rehydra::codec
