#include "importer/row_marks.h"

#include "codec/cell_reader.h"
#include "codec/workbook_contents.h"
#include "core/shown_text.h"
#include "importer/header.h"

namespace rehydra::importer {

namespace {

constexpr std::pair<const char*, Mark> words[] = {
    {"insert", Mark::insert}, {"update", Mark::update}, {"delete", Mark::remove}, {"skip", Mark::skip}};

}  // namespace

void read_mark(const Cell& cell, Work& work, RowBatch& batch) {
  std::string scratch;
  const std::string word(codec::read_text(cell, scratch).value_or(""));
  for (const auto& [name, mark] : words) {
    if (codec::same_label(word, name)) {
      work.mark(batch.current(), mark);
      return;
    }
  }
  if (!codec::same_label(word, "")) {
    batch.refuse_at(cell.column, std::string(op_header),
                    {ErrorKind::bad_value,
                     "\"" + shortened(word) + "\" is nothing that can be done with a row",
                     {},
                     "Enter insert, update, delete or skip, or leave the cell blank.",
                     {}},
                    word);
  }
}

}  // namespace rehydra::importer
