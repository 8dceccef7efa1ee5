// Job: what is known of a store's column from its values as they come in: NULLs, order, and of integers the values
// themselves where few are different.
// Callers: pg/store.cpp; store_probe.cpp asks. Promise: a value costs a comparison, or a look into a set of at most 2
// MiB.
#pragma once

#include <cstdint>
#include <memory>

#include "pg/integers.h"
#include "pg/number_set.h"
#include "pg/pg.h"

namespace rehydra::pg {

class ColumnFacts {
 public:
  explicit ColumnFacts(Oid type) : type_(type), rises_(is_integer(type)) {
    if (rises_) {
      numbers_ = std::make_unique<NumberSet>(least_bits);
    }
  }

  void add(Datum value, bool is_null) {
    if (is_null) {
      has_null_ = true;
    } else if (rises_ || numbers_ != nullptr) {
      add_integer(integer_of(type_, value));
    }
  }

  bool has_null() const noexcept { return has_null_; }
  // It is of integers, and they rise from row to row, NULLs aside.
  bool rises() const noexcept { return rises_; }
  // All its integers, mixed; null where they are too many, or look like a key, or it has none.
  const NumberSet* numbers() const noexcept { return numbers_.get(); }

 private:
  static constexpr int least_bits = 6;
  static constexpr int most_bits = 18;
  static constexpr std::uint64_t like_a_key = 1'024;  // different ones, in a row

  void add_integer(std::int64_t value) {
    if (count_ != 0 && value == last_) {
      rises_ = false;
      return;
    }
    rises_ = rises_ && (count_ == 0 || value > last_);
    last_ = value;
    ++count_;
    if (numbers_ != nullptr) {
      keep(mixed(static_cast<std::uint64_t>(value)));
    }
  }

  void keep(std::uint64_t number) {
    if (rises_ && count_ > like_a_key) {
      numbers_.reset();
      return;
    }
    if (numbers_->full()) {
      numbers_ = numbers_->bits() == most_bits ? nullptr : std::make_unique<NumberSet>(numbers_->grown());
    }
    if (numbers_ != nullptr) {
      numbers_->add(number);
    }
  }

  Oid type_;
  bool has_null_ = false;
  bool rises_;
  std::int64_t last_ = 0;
  std::uint64_t count_ = 0;  // of values that are not the one before
  std::unique_ptr<NumberSet> numbers_;
};

}  // namespace rehydra::pg
