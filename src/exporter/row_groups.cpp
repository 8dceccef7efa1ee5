#include "exporter/row_groups.h"

#include <cmath>
#include <cstdlib>

#include "exporter/chart_points.h"

namespace rehydra::exporter {

namespace {

constexpr std::size_t most_groups = 1'000;
constexpr std::size_t longest_key = 1'000;
// A key is the texts in their order; none holds a zero byte.
constexpr char text_mark = 't';
constexpr char null_mark = 'n';
constexpr char end_mark = '\0';

std::vector<std::optional<std::string>> texts_of(const std::string& key) {
  std::vector<std::optional<std::string>> texts;
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t end = key.find(end_mark, at);
    texts.push_back(key[at] == null_mark ? std::nullopt : std::optional(key.substr(at + 1, end - at - 1)));
    at = end + 1;
  }
  return texts;
}

}  // namespace

void RowGroups::add(registry::TenantRows& rows, std::size_t row) {
  if (!complete_) {
    return;
  }
  key_.clear();
  for (const std::size_t column : columns_) {
    const bool null = rows.is_null(row, column);
    key_ += null ? null_mark : text_mark;
    if (!null) {
      const std::string_view text = rows.text(row, column);
      by_month_ ? append_month(key_, text) : void(key_ += text);
    }
    key_ += end_mark;
  }
  if (at_ == nullptr || key_ != current_) {
    find_current();
  }
  if (!complete_) {
    return;
  }
  ++at_->rows;
  if (value_ && !rows.is_null(row, *value_)) {
    number_ = rows.text(row, *value_);
    at_->value += std::strtod(number_.c_str(), nullptr);
    ++at_->values;
  }
}

void RowGroups::find_current() {
  complete_ = key_.size() <= longest_key && (sums_.size() < most_groups || sums_.contains(key_));
  if (complete_) {
    at_ = &sums_[key_];
    current_ = key_;
  } else {
    sums_.clear();
  }
}

std::vector<RowGroups::Group> RowGroups::groups() const {
  std::vector<Group> groups;
  for (const auto& [key, sums] : sums_) {
    groups.push_back(
        {texts_of(key), sums.rows, sums.values == 0 ? NAN : sums.value / static_cast<double>(sums.values)});
  }
  return groups;
}

}  // namespace rehydra::exporter
