// Job: one sheet of a data set with its continuations, row by row, its columns found by their headers.
// Callers: the records of a file, one a sheet of the manifest, or what stands for one in another format.
// Promise: a row counts where an import would count it; a cell that holds no value of its type becomes a problem.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/canonical_cell.h"
#include "codec/manifest.h"
#include "codec/overflow.h"
#include "codec/workbook_reader.h"
#include "tool/exported_file.h"

namespace rehydra::tool {

class SheetRows {
 public:
  // All outlive the object.
  SheetRows(codec::WorkbookReader& reader, Container container, const codec::ManifestSheet& sheet,
            codec::OverflowTexts& long_texts, Problems& problems);

  bool next();
  // Of the row, until the next call of next(); column counts in the manifest's sheet.
  std::optional<std::string_view> value(std::size_t column) const;
  Location where() const { return {sheet_.titles[page_], row_.number, 0, {}, container_}; }

 private:
  void open_page();
  void find_columns(const Row& headers);
  int column_named(std::string_view header) const;
  bool read_row();
  bool tells(const Cell& cell, int column) const;
  void read_cell(const Cell& cell, std::size_t column);
  std::optional<std::string_view> text_of(const Cell& cell, std::size_t column);
  void report(const Cell& cell, std::size_t column, std::string message, std::string hint);
  void keep(std::size_t column, std::string_view text);

  struct Place {
    bool there = false;
    std::size_t offset = 0;
    std::size_t bytes = 0;
  };

  codec::WorkbookReader& reader_;
  Container container_;
  const codec::ManifestSheet& sheet_;
  codec::OverflowTexts& long_texts_;
  Problems& problems_;
  std::vector<codec::CanonicalCell> types_;
  std::unique_ptr<codec::RowSource> rows_;
  std::size_t page_ = 0;
  std::vector<int> at_;  // by the sheet's column, from 1: the manifest's, -1 for none
  Row row_;
  std::string texts_;
  std::vector<Place> places_;
};

}  // namespace rehydra::tool
