// Job: what is known of a store's column from its values as they come in: NULLs, order, bounds, the one text that all
// rows have, and of integers the values themselves where few are different.
// Callers: pg/store.cpp; store_probe.cpp and the importer ask. Promise: a value costs a comparison, or a look into a
// set of at most 2 MiB.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pg/integers.h"
#include "pg/number_set.h"
#include "pg/pg.h"

namespace rehydra::pg {

class ColumnFacts {
 public:
  explicit ColumnFacts(Oid type) : type_(type), is_integer_(is_integer(type)), rises_(is_integer_) {
    if (is_integer_) {
      numbers_ = std::make_unique<NumberSet>(least_bits);
    }
    texts_ = type == TEXTOID || type == CHAROID ? Texts::none : Texts::several;
  }

  static ColumnFacts of_nulls() {
    ColumnFacts facts(InvalidOid);
    facts.add(0, true);
    return facts;
  }

  void add(Datum value, bool is_null) {
    if (is_null) {
      has_null_ = true;
    } else if (is_integer_) {
      add_integer(integer_of(type_, value));
    } else if (texts_ != Texts::several) {
      add_text(value);
    }
  }

  bool has_null() const noexcept { return has_null_; }
  // It is of integers, and they rise from row to row, NULLs aside;
  bool rises() const noexcept { return rises_; }
  // they rise, or stay as they are.
  bool never_falls() const noexcept { return is_integer_ && !falls_; }
  // Its integers that are not the one before.
  std::uint64_t runs() const noexcept { return count_; }
  bool is_of_integers() const noexcept { return is_integer_; }
  // Its greatest and least integer; nothing where it has none.
  std::optional<std::int64_t> highest() const noexcept { return bound(highest_); }
  std::optional<std::int64_t> lowest() const noexcept { return bound(lowest_); }
  // The text, or "char", that every row has; nullptr where they have several, or none.
  const std::string* only_text() const noexcept { return texts_ == Texts::one && !has_null_ ? &text_ : nullptr; }
  // All its integers, mixed; null where they are too many, or look like a key, or it has none.
  const NumberSet* numbers() const noexcept { return numbers_.get(); }

 private:
  static constexpr int least_bits = 6;
  static constexpr int most_bits = 18;
  static constexpr std::uint64_t like_a_key = 1'024;  // different ones, in a row

  enum class Texts : std::uint8_t { none, one, several };

  std::optional<std::int64_t> bound(std::int64_t value) const noexcept {
    return count_ == 0 ? std::nullopt : std::optional<std::int64_t>(value);
  }

  void add_integer(std::int64_t value) {
    if (count_ == 0) {
      lowest_ = highest_ = value;
    } else if (value > last_) {
      highest_ = value > highest_ ? value : highest_;
    } else {
      rises_ = false;
      if (value == last_) {
        return;
      }
      falls_ = true;
      lowest_ = value < lowest_ ? value : lowest_;
    }
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

  void add_text(Datum value) {
    const char letter = DatumGetChar(value);
    const auto* bytes = static_cast<const varlena*>(static_cast<const void*>(DatumGetPointer(value)));
    if (type_ == CHAROID) {
      add_text({&letter, 1});
    } else if (VARATT_IS_EXTERNAL(bytes) || VARATT_IS_COMPRESSED(bytes)) {
      texts_ = Texts::several;  // not worth reading
    } else {
      add_text({VARDATA_ANY(bytes), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(bytes))});
    }
  }

  void add_text(std::string_view text) {
    if (texts_ == Texts::none && text.size() <= longest_text) {
      text_ = text;
      texts_ = Texts::one;
    } else if (text != text_) {
      texts_ = Texts::several;
    }
  }

  static constexpr std::size_t longest_text = 2'000;  // a plan's row has a letter a column

  Oid type_;
  bool is_integer_;
  bool has_null_ = false;
  bool rises_;
  bool falls_ = false;
  Texts texts_;
  std::string text_;
  std::int64_t last_ = 0;
  std::int64_t lowest_ = 0;
  std::int64_t highest_ = 0;
  std::uint64_t count_ = 0;  // of values that are not the one before
  std::unique_ptr<NumberSet> numbers_;
};

}  // namespace rehydra::pg
