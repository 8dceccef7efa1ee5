// Job: the libraries' side of the bench: libxlsxwriter writes (constant memory), minizip and libxml2's SAX2 read.
// Callers: bench/codec/bench.cpp.
// Promise: each is used as its documentation says to for speed; the reader keeps what our reader gives: a cell's
// column, type and text.
#include <libxml/parser.h>
#include <minizip/unzip.h>
#include <xlsxwriter.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "rows.h"
#include "sides.h"

namespace bench {
namespace {

struct Formats {
  lxw_format* amount;
  lxw_format* rate;
  lxw_format* time;
};

void write_row(lxw_worksheet* sheet, lxw_row_t row, const Sample& sample, const Formats& formats) {
  worksheet_write_number(sheet, row, 0, row, nullptr);
  worksheet_write_number(sheet, row, 1, static_cast<double>(sample.number), nullptr);
  worksheet_write_number(sheet, row, 2, sample.amount_binary, formats.amount);
  worksheet_write_number(sheet, row, 3, sample.rate_binary, formats.rate);
  worksheet_write_number(sheet, row, 4, sample.created_serial, formats.time);
  worksheet_write_number(sheet, row, 5, sample.updated_serial, formats.time);
  worksheet_write_string(sheet, row, 6, sample.name.c_str(), nullptr);
  worksheet_write_string(sheet, row, 7, sample.note.c_str(), nullptr);
  worksheet_write_boolean(sheet, row, 8, sample.active ? 1 : 0, nullptr);
}

lxw_format* format_of(lxw_workbook* book, const char* pattern) {
  lxw_format* format = workbook_add_format(book);
  format_set_num_format(format, pattern);
  return format;
}

// What the handlers of one parse share.
struct Parse {
  std::uint64_t cells = 0;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::uint32_t column = 0;
  char type = 'n';
  bool in_cell = false;
  bool in_value = false;
  std::string text;
};

bool is(const xmlChar* name, const char* wanted) {
  return std::strcmp(reinterpret_cast<const char*>(name), wanted) == 0;
}

void on_start(void* data, const xmlChar* name, const xmlChar*, const xmlChar*, int, const xmlChar**, int count, int,
              const xmlChar** attributes) {
  auto& parse = *static_cast<Parse*>(data);
  if (is(name, "c")) {
    parse.in_cell = true;
    parse.type = 'n';
    parse.column = 0;
    for (int i = 0; i < count; ++i) {
      const xmlChar** const attribute = attributes + static_cast<std::ptrdiff_t>(i) * 5;
      if (is(attribute[0], "r")) {
        for (const xmlChar* at = attribute[3]; at < attribute[4] && *at >= 'A'; ++at) {
          parse.column = parse.column * 26 + (*at - 'A' + 1U);
        }
      } else if (is(attribute[0], "t")) {
        parse.type = static_cast<char>(*attribute[3]);
      }
    }
    parse.text.clear();
  } else if (is(name, "v") || is(name, "t")) {
    parse.in_value = true;
  } else if (is(name, "row")) {
    ++parse.rows;
  }
}

void on_end(void* data, const xmlChar* name, const xmlChar*, const xmlChar*) {
  auto& parse = *static_cast<Parse*>(data);
  if (is(name, "v") || is(name, "t")) {
    parse.in_value = false;
  } else if (is(name, "c")) {
    parse.in_cell = false;
    const bool header = parse.rows == 1;
    parse.cells += parse.column > 0 && !header ? 1 : 0;
    parse.bytes += header ? 0 : parse.text.size();
  }
}

void on_text(void* data, const xmlChar* text, int length) {
  auto& parse = *static_cast<Parse*>(data);
  if (parse.in_cell && parse.in_value) {
    parse.text.append(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
  }
}

void parse_entry(unzFile zip, Parse& parse) {
  xmlSAXHandler handler{};
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = on_start;
  handler.endElementNs = on_end;
  handler.characters = on_text;
  std::string window(128U << 10, '\0');
  xmlParserCtxtPtr context = xmlCreatePushParserCtxt(&handler, &parse, nullptr, 0, nullptr);
  xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_HUGE);
  for (int read = 0; (read = unzReadCurrentFile(zip, window.data(), static_cast<unsigned>(window.size()))) > 0;) {
    xmlParseChunk(context, window.data(), read, 0);
  }
  xmlParseChunk(context, nullptr, 0, 1);
  const bool good = context->wellFormed == 1;
  xmlFreeParserCtxt(context);
  if (!good) {
    throw std::runtime_error("libxml2 refuses the sheet");
  }
}

}  // namespace

std::uint64_t write_libxlsxwriter(const std::string& path, std::uint64_t rows) {
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  lxw_workbook* book = workbook_new_opt(path.c_str(), &options);
  lxw_worksheet* sheet = workbook_add_worksheet(book, "Rows");
  const Formats formats{format_of(book, "#,##0.00"), format_of(book, "0.0000"), format_of(book, "yyyy-mm-dd hh:mm:ss")};
  for (std::size_t i = 0; i < columns; ++i) {
    worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), headers[i], nullptr);
  }
  const std::vector<Sample>& all = samples();
  for (std::uint64_t i = 0; i < rows; ++i) {
    write_row(sheet, static_cast<lxw_row_t>(i + 1), all[i % all.size()], formats);
  }
  if (workbook_close(book) != LXW_NO_ERROR) {
    throw std::runtime_error("libxlsxwriter reported an error");
  }
  return std::filesystem::file_size(path);
}

std::uint64_t read_libxml2(const std::string& path, const char* part) {
  unzFile zip = unzOpen64(path.c_str());
  Parse parse;
  if (zip == nullptr || unzLocateFile(zip, part, 1) != UNZ_OK || unzOpenCurrentFile(zip) != UNZ_OK) {
    throw std::runtime_error("minizip finds no sheet");
  }
  parse_entry(zip, parse);
  unzCloseCurrentFile(zip);
  unzClose(zip);
  return sum_of(parse.cells, parse.bytes);
}

}  // namespace bench
