// Job: the codec's side of the bench.
// Callers: bench/codec/bench.cpp.
// Promise: calls what the exporter and the importer call, in their order.
#include <cstdio>
#include <fstream>
#include <memory>

#include "../../test/unit/vector_spill.h"
#include "codec/inflate.h"
#include "codec/marks/text_bytes.h"
#include "codec/row_target.h"
#include "codec/sheet_reader.h"
#include "codec/workbook_reader.h"
#include "codec/workbook_writer.h"
#include "codec/worker.h"
#include "codec/zip_directory.h"
#include "rows.h"
#include "sides.h"

namespace bench {
namespace {

using namespace rehydra;
using namespace rehydra::codec;

const std::array<ColumnType, columns>& types() {
  static const std::array<ColumnType, columns> all = {{{ColumnClass::integer},
                                                       {ColumnClass::integer},
                                                       {ColumnClass::numeric, 2},
                                                       {ColumnClass::numeric, 4},
                                                       {ColumnClass::timestamptz},
                                                       {ColumnClass::timestamptz},
                                                       {ColumnClass::text},
                                                       {ColumnClass::text},
                                                       {ColumnClass::boolean}}};
  return all;
}

WorkbookSpec specification(std::uint64_t rows) {
  WorkbookSpec spec;
  spec.created_unix = 1'706'700'000;
  SheetSpec sheet{"Rows", SheetKind::data, {}, rows, ""};
  for (std::size_t i = 0; i < columns; ++i) {
    SheetColumn column;
    column.header = headers[i];
    column.type = types()[i];
    sheet.columns.push_back(column);
  }
  spec.sheets = {sheet};
  return spec;
}

void write_row(RowWriter& row, std::uint64_t number, const Sample& sample) {
  row.begin();
  row.integer(static_cast<std::int64_t>(number));
  row.integer(sample.number);
  row.decimal(sample.amount);
  row.decimal(sample.rate);
  row.timestamp(sample.created);
  row.timestamp(sample.updated);
  row.text(sample.name);
  row.text(sample.note);
  row.boolean(sample.active);
  row.end();
}

struct File {
  explicit File(const std::string& path) : handle(std::fopen(path.c_str(), "wb")) {}
  ~File() { std::fclose(handle); }
  void take(WorkbookWriter& writer) {
    const std::string_view bytes = writer.output();
    std::fwrite(bytes.data(), 1, bytes.size(), handle);
    size += bytes.size();
    writer.consume(bytes.size());
  }
  std::FILE* handle;
  std::uint64_t size = 0;
};

void write_rows(WorkbookWriter& writer, File& file, std::uint64_t rows) {
  constexpr std::uint64_t slice = 1'000;  // as the exporter's batches
  writer.begin_sheet(0);
  const std::vector<Sample>& all = samples();
  for (std::uint64_t i = 0; i < rows; ++i) {
    write_row(writer.row(), i + 1, all[i % all.size()]);
    if (i % slice == 0) {
      file.take(writer);
    }
  }
  writer.end_sheet();
  writer.finish();
  file.take(writer);
}

// The largest part is the sheet with the rows.
const ZipEntry& sheet_entry(const ZipDirectory& directory) {
  const ZipEntry* largest = nullptr;
  for (const ZipEntry& entry : directory.entries()) {
    largest = largest == nullptr || entry.data.size() > largest->data.size() ? &entry : largest;
  }
  return *largest;
}

class Discarding : public RowTarget {
 public:
  void drain() override {
    bytes += xml.size();
    xml.clear();
  }
  std::uint64_t bytes = 0;
};

std::uint64_t read_all(RowSource& rows) {
  std::uint64_t cells = 0;
  std::uint64_t bytes = 0;
  for (Row row; rows.next(row);) {
    if (row.number == 1) {
      continue;  // headers
    }
    cells += row.cells.size();
    for (const Cell& cell : row.cells) {
      bytes += cell.text.size();
    }
  }
  return sum_of(cells, bytes);
}

}  // namespace

std::uint64_t write_ours(const std::string& path, std::uint64_t rows) {
  WorkbookWriter writer(specification(rows), Cancel(), test::make_vector_spill);
  File file(path);
  write_rows(writer, file, rows);
  return file.size;
}

std::uint64_t write_ours_with_worker(const std::string& path, std::uint64_t rows) {
  WorkbookWriter writer(specification(rows), Cancel(), test::make_vector_spill);
  Worker::Scope scope(writer.worker());
  File file(path);
  write_rows(writer, file, rows);
  scope.end();
  return file.size;
}

std::uint64_t read_ours(std::string_view workbook) {
  const auto reader = WorkbookReader::open(workbook, Limits(), Cancel(), test::make_vector_spill);
  for (std::size_t sheet = 0; sheet < reader->sheets().size(); ++sheet) {
    if (reader->sheets()[sheet].title == "Rows") {
      return read_all(*reader->rows(sheet));
    }
  }
  return 0;
}

std::uint64_t encode_alone(std::uint64_t rows) {
  Discarding target;
  for (std::size_t i = 0; i < columns; ++i) {
    target.columns.emplace_back(static_cast<std::uint32_t>(i + 1), types()[i], CellStyles{1, 2});
  }
  RowWriter writer(target);
  const std::vector<Sample>& all = samples();
  for (std::uint64_t i = 0; i < rows; ++i) {
    write_row(writer, i + 1, all[i % all.size()]);
  }
  target.drain();
  return target.bytes;
}

std::string content_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  std::string bytes(static_cast<std::size_t>(stream.tellg()), '\0');
  stream.seekg(0).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

template <typename Take>
std::uint64_t inflate_sheet(std::string_view workbook, Take take) {
  const Limits limits;
  const ZipDirectory directory(workbook, limits);
  Budget budget(limits.inflated_bytes, "rehydra.max_inflated_bytes");
  EntrySource source(sheet_entry(directory), budget, Cancel());
  std::string window(XmlTokenizer::default_window, '\0');
  std::uint64_t made = 0;
  while (const std::size_t read = source.read(window.data(), window.size())) {
    take(std::string_view(window).substr(0, read));
    made += read;
  }
  return made;
}

std::uint64_t inflate_alone(std::string_view workbook) {
  return inflate_sheet(workbook, [](std::string_view) {});
}

std::string sheet_of(std::string_view workbook) {
  std::string xml;
  inflate_sheet(workbook, [&xml](std::string_view piece) { xml += piece; });
  return xml;
}

// What is measured is the tokenizer and the cells, and the copy into the window.
std::uint64_t scan_alone(std::string_view xml) {
  const Limits limits;
  SharedStrings strings(limits, test::make_vector_spill);
  for (std::size_t i = 0; i < 100; ++i) {
    strings.add("header", false);  // the frame keeps headers there
  }
  SheetReader reader(std::make_unique<TextBytes>(xml), "Rows", limits, strings);
  read_all(reader);
  return xml.size();
}

}  // namespace bench
