#include "codec/json/json_writer.h"

#include <utility>

#include "codec/json/json_text.h"
#include "core/error.h"

namespace rehydra::codec {

JsonWriter::JsonWriter(std::vector<RowList> lists, std::string_view head, Cancel cancel)
    : lists_(std::move(lists)), cancel_(cancel) {
  put("{\"rehydra\":");
  put(head);
  put(",\n\"datasets\":{");
}

void JsonWriter::put(std::string_view text) {
  char* to = json_.room(text.size());
  std::memcpy(to, text.data(), text.size());
  json_.advance(to + text.size());
}

void JsonWriter::drain() {
  cancel_.poll();
  pipeline_.write(json_);
}

void JsonWriter::begin_sheet(std::size_t index) {
  if (open_ || index != next_list_ || index >= lists_.size()) {
    throw Failure(ErrorKind::internal, "the lists of a document were not begun in their order");
  }
  open_ = index;
  rows_ = 0;
  members_.clear();
  for (const RowListColumn& column : lists_[index].columns) {
    std::string before(members_.empty() ? 0 : 1, ',');
    before.append(json_string(column.header)).append(":");
    members_.push_back(
        {std::move(before), column.type.kind, column.type.kind == ColumnClass::numeric && column.type.scale >= 0});
  }
  put(index == 0 ? "\n" : ",\n");
  put(json_string(lists_[index].name));
  put(":[");
}

void JsonWriter::end_sheet() {
  const RowList& list = lists_[*open_];
  if (list.rows.value_or(rows_) != rows_) {
    throw Failure(ErrorKind::internal, "list \"" + list.name + "\" was announced with " + std::to_string(*list.rows) +
                                           " rows and got " + std::to_string(rows_));
  }
  put(rows_ == 0 ? "]" : "\n]");
  open_.reset();
  ++next_list_;
}

void JsonWriter::finish() {
  if (open_ || next_list_ != lists_.size()) {
    throw Failure(ErrorKind::internal, "a document was finished before all of its lists");
  }
  put("\n},\n\"seal\":");
  put(seal_);
  put("}\n");
  drain();
  pipeline_.finish();
}

const JsonWriter::Member& JsonWriter::next_member() {
  if (member_ >= members_.size()) {
    throw Failure(ErrorKind::internal, "a row has more values than its list has columns");
  }
  return members_[member_++];
}

}  // namespace rehydra::codec
