#include "exporter/row_groups.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "codec/time_digits.h"
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

constexpr std::int64_t shortest_month = 28;
// Moments behind it are left to their texts: infinity, and what arithmetic could not hold.
constexpr std::int64_t latest = 9'000'000'000'000'000'000;

// As the type counts: days, or microseconds.
std::int64_t moment_of(const registry::TenantRows& rows, std::size_t row, std::size_t column) {
  const Datum value = rows.value(row, column);
  if (rows.form(column) != pg::TextForm::date) {
    return DatumGetTimestamp(value);
  }
  const DateADT days = DatumGetDateADT(value);
  return DATE_NOT_FINITE(days) ? INT64_MAX : days;
}

}  // namespace

void RowGroups::add(registry::TenantRows& rows, std::size_t row) {
  if (!complete_) {
    return;
  }
  if (by_month_ && is_of_current_month(rows, row)) {
    ++at_->rows;
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
  if (by_month_) {
    note_month(rows, row);
  }
  if (value_ && !rows.is_null(row, *value_)) {
    number_ = rows.text(row, *value_);
    at_->value += std::strtod(number_.c_str(), nullptr);
    ++at_->values;
  }
}

bool RowGroups::is_of_current_month(const registry::TenantRows& rows, std::size_t row) const {
  if (at_ == nullptr || rows.is_null(row, columns_[0])) {
    return false;
  }
  const std::int64_t moment = moment_of(rows, row, columns_[0]);
  return moment >= from_ && moment < to_;
}

// From the month's first day on so many as every month has, and up to the last day that was seen.
void RowGroups::note_month(const registry::TenantRows& rows, std::size_t row) {
  const std::int64_t moment = rows.is_null(row, columns_[0]) ? INT64_MAX : moment_of(rows, row, columns_[0]);
  if (moment > latest || moment < -latest) {
    from_ = to_ = 0;
    return;
  }
  const std::int64_t unit = rows.form(columns_[0]) == pg::TextForm::date ? 1 : codec::micros_per_day;
  const std::int64_t day = moment / unit - (moment % unit < 0 ? 1 : 0);
  const std::int64_t first = day - codec::civil_of(day).day + 1;
  from_ = first * unit;
  to_ = std::max(first + shortest_month, day + 1) * unit;
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
