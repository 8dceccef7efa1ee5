#include "tool/exported_file.h"

#include <algorithm>
#include <set>

#include "codec/csv/csv_reader.h"
#include "codec/json/json_reader.h"
#include "tool/described_file.h"
#include "tool/workbook_file.h"

namespace rehydra::tool {

void Problems::add(Error error) {
  ++count_;
  if (first_.size() < kept_) {
    first_.push_back(std::move(error));
  }
}

void Problems::add_guess(const codec::ManifestColumn& column) {
  std::string name = "\"" + column.header + "\" (" + column.type + ")";
  if (std::find(guesses_.begin(), guesses_.end(), name) == guesses_.end()) {
    guesses_.push_back(std::move(name));
  }
}

std::unique_ptr<ExportedFile> open_file(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.input_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the file has " + std::to_string(bytes.size()) + " bytes, more than the " +
                      std::to_string(limits.input_bytes) + " that rehydra.max_input_bytes allows",
                  "Allow more: --limit rehydra.max_input_bytes=2GB.");
  }
  if (codec::looks_like_json(bytes)) {
    return open_json_document(bytes, limits);
  }
  return codec::looks_like_csv(bytes, limits) ? open_csv_bundle(bytes, limits) : open_workbook(bytes, limits);
}

std::vector<DatasetColumn> columns_of(const codec::ManifestDataset& dataset) {
  std::vector<DatasetColumn> columns;
  std::set<std::string_view> seen;
  for (std::size_t sheet = 0; sheet < dataset.sheets.size(); ++sheet) {
    const auto& described = dataset.sheets[sheet].columns;
    for (std::size_t column = 0; column < described.size(); ++column) {
      if (described[column].kind != "display" && seen.insert(described[column].name).second) {
        columns.push_back({sheet, column});
      }
    }
  }
  return columns;
}

}  // namespace rehydra::tool
