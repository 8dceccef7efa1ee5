// Job: a sheet part's rows and cells, in file order.
// Callers: the workbook reader.
// Promise: rows and columns ascend and are on the sheet; texts are decoded of XML and of _xHHHH_ only; rows without a
// value are passed over.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codec/cell_heads.h"
#include "codec/cell_scanner.h"
#include "codec/inflate.h"
#include "codec/rich_text.h"
#include "codec/shared_strings.h"
#include "codec/text_arena.h"
#include "codec/workbook_reader.h"
#include "codec/xml_tokenizer.h"

namespace rehydra::codec {

class SheetReader : public RowSource {
 public:
  // limits and strings must outlive the reader.
  SheetReader(std::unique_ptr<ByteSource> part, std::string title, const Limits& limits, SharedStrings& strings,
              std::size_t window = XmlTokenizer::default_window);
  bool next(Row& row) override;

 private:
  bool next_row(Row& row);
  void find_rows();
  void finish();
  void expect_blank() const;
  bool enter_row(Row& row);
  bool enter_plain_row(Row& row);
  void begin_row(Row& row, std::string_view stated);
  void read_cells(Row& row);
  void take_plain_cells(Row& row);
  const char* plain_cell(const char* at, const char* end, PlainCell& cell);
  void read_cell(Row& row);
  void read_value(bool inline_text, bool& seen);
  void begin_cell(std::uint32_t column);
  [[noreturn]] void refuse_column(std::uint32_t column);
  void add_cell(Row& row, CellType type, std::string_view text, bool formula);
  std::string_view shared_text(std::string_view number);
  std::string_view unescaped(std::string_view text);
  void keep_texts(Row& row);
  void check_row_bytes() const;
  [[noreturn]] void bad_cell(const char* what) const;
  [[noreturn]] void too_long() const;

  std::unique_ptr<ByteSource> part_;
  std::string title_;
  const Limits& limits_;
  SharedStrings& strings_;
  std::uint32_t most_columns_;
  XmlTokenizer xml_;
  CellHeads heads_;
  TextArena arena_;
  CellText text_;
  CellText formula_;
  enum class State : std::uint8_t { before, rows, after } state_ = State::before;
  bool in_row_ = false;  // the tokenizer stands before the end of the row that was delivered last
  std::uint32_t row_number_ = 0;
  std::string row_digits_;
  std::uint32_t column_ = 0;
  std::size_t kept_ = 0;  // cells of the row whose texts no longer stand in the window
};

}  // namespace rehydra::codec
