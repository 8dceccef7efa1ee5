// Job: the rows of one list of a json document; the members of its first object are its header.
// Callers: the reader of json documents.
// Promise: every row has exactly the members of the first one, in any order; else Failure that names row and member.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "codec/json/json_cursor.h"
#include "codec/text_arena.h"
#include "codec/workbook_reader.h"
#include "core/cancel.h"
#include "core/error.h"

namespace rehydra::codec {

class JsonRows : public RowSource {
 public:
  // at: the list's bracket. headers: what an empty list is taken to have. bytes and limits outlive the rows.
  JsonRows(std::string_view bytes, std::size_t at, std::string title, std::vector<std::string> headers,
           const Limits& limits, Cancel cancel);
  bool next(Row& row) override;

 private:
  struct Member {
    std::string raw;  // as the first row spells it
    std::string name;
    std::uint32_t seen_in = 0;  // the last row that had it
  };

  void read_header(std::vector<std::string> headers);
  void give_header(Row& row);
  void read_row(Row& row);
  std::size_t member_of(std::string_view raw, std::size_t expected);
  void read_value(Row& row, std::size_t member);
  std::string_view text_of(std::string_view body);
  void require_all(std::size_t count) const;
  [[noreturn]] void refuse(ErrorKind kind, const std::string& message, const std::string& header,
                           const std::string& hint) const;

  JsonCursor cursor_;
  std::string title_;
  const Limits& limits_;
  Cancel cancel_;
  std::vector<Member> members_;
  std::unordered_map<std::string, std::size_t> by_name_;
  TextArena arena_;
  std::string scratch_;
  bool header_given_ = false;
  bool ended_ = false;
  std::uint32_t row_ = 0;
};

}  // namespace rehydra::codec
