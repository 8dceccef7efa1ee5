#include "pg/wide_cursor.h"

#include <algorithm>

#include "core/error.h"

namespace rehydra::pg {

WideCursor::WideCursor(const std::vector<std::string>& list, const std::string& rest, const Args& args)
    : Batch(list.size()) {
  for (std::size_t from = 0; from < list.size(); from += most_listed) {
    std::string sql;
    for (std::size_t i = from; i < std::min(list.size(), from + most_listed); ++i) {
      sql += (i == from ? "SELECT " : ", ") + list[i];
    }
    parts_.push_back(
        std::make_unique<Cursor>(sql + " " + rest, args, Access::read_only, Cursor::rows_a_batch(list.size())));
  }
}

std::size_t WideCursor::fetch() {
  for (const auto& part : parts_) {
    part->fetch();
  }
  if (parts_.size() == 1) {
    show(parts_[0]->values(), parts_[0]->nulls(), parts_[0]->rows());
  } else {
    lay_side_by_side();
  }
  return rows();
}

void WideCursor::lay_side_by_side() {
  const std::size_t count = parts_[0]->rows();
  values_.resize(count * columns());
  nulls_.resize(count * columns());
  std::size_t to = 0;
  for (std::size_t row = 0; row < count; ++row) {
    for (const auto& part : parts_) {
      if (part->rows() != count) {
        throw Failure(ErrorKind::internal, "statements that read the same rows gave different numbers of them");
      }
      const std::size_t from = row * part->columns();
      std::copy_n(part->values() + from, part->columns(), &values_[to]);
      std::copy_n(part->nulls() + from, part->columns(), &nulls_[to]);
      to += part->columns();
    }
  }
  show(values_.data(), reinterpret_cast<const bool*>(nulls_.data()), count);
}

void WideCursor::close() {
  for (const auto& part : parts_) {
    part->close();
  }
  show(nullptr, nullptr, 0);
}

}  // namespace rehydra::pg
