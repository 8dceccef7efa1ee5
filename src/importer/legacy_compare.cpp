#include "importer/legacy_compare.h"

#include <string>

#include "codec/decimal.h"
#include "codec/json/json_text.h"
#include "codec/python_literal.h"
#include "core/error.h"

namespace rehydra::importer {

namespace {

using registry::ReadAs;

constexpr std::size_t most_characters = 32'767;

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (char byte : utf8) {
    count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  }
  return count;
}

// As XML gives it back.
std::string without_returns(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      plain += '\n';
      i += i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// To 15 digits, as a cell's number is read.
bool is_same_number(std::string_view left, std::string_view right) {
  std::string one, other;
  const auto first = codec::Decimal::rounded(left, one);
  const auto second = codec::Decimal::rounded(right, other);
  return first && second && *first == *second;
}

bool is_zero(std::string_view number) {
  std::string scratch;
  return codec::Decimal::rounded(number, scratch) == "0";
}

template <class Question>
bool answers(Question question) {
  try {
    return question();
  } catch (const Failure&) {
    return false;  // what is stored is no such literal
  }
}

bool is_number(const pg::Type& type) {
  return type.column.kind == ColumnClass::integer || type.column.kind == ColumnClass::numeric ||
         type.column.kind == ColumnClass::floating;
}

// What the file shows as an empty cell.
bool shows_empty(const pg::Type& type, ReadAs read_as, const Side& stored, const Limits& limits) {
  if (is_number(type)) {
    return is_zero(stored.text);
  }
  if (type.column.kind == ColumnClass::boolean) {
    return !DatumGetBool(stored.value);
  }
  if (type.column.kind == ColumnClass::text && stored.text.empty()) {
    return true;
  }
  return read_as == ReadAs::json && answers([&] { return codec::is_empty_literal(stored.text, limits); });
}

// What the file shows where nothing is stored.
bool shows_nothing(const pg::Type& type, ReadAs read_as, const Side& staged) {
  return (read_as == ReadAs::count && is_number(type) && is_zero(staged.text)) ||
         (type.column.kind == ColumnClass::boolean && !DatumGetBool(staged.value));
}

// Whole seconds, cut off.
bool is_same_second(Datum staged, Datum stored) {
  constexpr std::int64_t second = 1'000'000;
  const std::int64_t whole = DatumGetInt64(staged);
  const std::int64_t fine = DatumGetInt64(stored);
  const std::int64_t rest = (fine % second + second) % second;
  return whole % second == 0 && fine - rest == whole;
}

// A list or an object of the same value, or a bare text that is stored as a JSON string.
bool is_same_json(std::string_view cell, std::string_view stored, const Limits& limits) {
  return cell == stored || answers([&] {
           const std::string value = codec::comparable_literal(stored, limits);
           return value == codec::json_string(cell) || value == codec::comparable_literal(cell, limits);
         });
}

Sameness compare_text(const Side& staged, const Side& stored) {
  if (staged.text == stored.text) {
    return Sameness::text;
  }
  const std::string readable = without_returns(stored.text);
  if (staged.text == readable) {
    return Sameness::text;
  }
  return is_full_cell(staged.text) && readable.starts_with(staged.text) ? Sameness::cut : Sameness::different;
}

}  // namespace

bool is_compared_by_text(const pg::Type& type) {
  return is_number(type) || type.column.kind == ColumnClass::text || type.column.kind == ColumnClass::other;
}

Sameness compare_legacy(const pg::Type& type, ReadAs read_as, const Side& staged, const Side& stored,
                        const Limits& limits) {
  if (staged.is_null && stored.is_null) {
    return Sameness::image;
  }
  if (staged.is_null) {
    return shows_empty(type, read_as, stored, limits) ? Sameness::empty : Sameness::different;
  }
  if (stored.is_null) {
    return shows_nothing(type, read_as, staged) ? Sameness::empty : Sameness::different;
  }
  if (read_as == ReadAs::json) {
    return is_same_json(staged.text, stored.text, limits) ? Sameness::json : Sameness::different;
  }
  switch (type.column.kind) {
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return is_same_second(staged.value, stored.value) ? Sameness::time : Sameness::different;
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return is_same_number(staged.text, stored.text) ? Sameness::number : Sameness::different;
    case ColumnClass::text:
      return compare_text(staged, stored);
    case ColumnClass::other:
      return staged.text == stored.text ? Sameness::image : Sameness::different;
    default:
      return Sameness::different;
  }
}

Sameness compare_own_text(std::string_view own_text, ReadAs read_as, const Side& stored, const Limits& limits) {
  if (stored.is_null) {
    return Sameness::different;
  }
  if (read_as != ReadAs::json) {
    return own_text == without_returns(stored.text) ? Sameness::formula : Sameness::different;
  }
  if (is_same_json(own_text, stored.text, limits)) {
    return Sameness::json;
  }
  const bool cut = is_full_cell(own_text) && (stored.text.starts_with(own_text) || answers([&] {
                                                return codec::is_cut_literal(own_text, stored.text, limits);
                                              }));
  return cut ? Sameness::cut : Sameness::different;
}

bool is_longer_than_a_cell(std::string_view text) {
  return text.size() > most_characters && characters(text) > most_characters;
}

// Some programs count UTF-16 units, others characters: as many at least.
bool is_full_cell(std::string_view text) {
  if (text.size() < most_characters) {
    return false;
  }
  std::size_t wide = 0;
  for (char byte : text) {
    wide += static_cast<unsigned char>(byte) >= 0xF0U ? 1 : 0;
  }
  return characters(text) + wide >= most_characters;
}

}  // namespace rehydra::importer
