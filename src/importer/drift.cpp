#include "importer/drift.h"

#include <algorithm>
#include <charconv>

#include "codec/cell_reader.h"
#include "codec/decimal.h"
#include "codec/serial.h"
#include "codec/utf.h"

namespace rehydra::importer {

namespace {

enum class Family : std::uint8_t { number, boolean, time, text };

Family family_of(ColumnClass kind) {
  switch (kind) {
    case ColumnClass::integer:
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return Family::number;
    case ColumnClass::boolean:
      return Family::boolean;
    case ColumnClass::date:
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return Family::time;
    default:
      return Family::text;
  }
}

// False where the cell does not hold what was written.
bool text_of(const Cell& cell, ColumnClass written, bool date1904, std::string& text) {
  std::int32_t days = 0;
  std::int64_t micros = 0;
  switch (family_of(written)) {
    case Family::boolean: {
      const auto value = codec::read_boolean(cell);
      text = value && *value ? "true" : "false";
      return value.has_value();
    }
    case Family::time:
      if (written == ColumnClass::date && codec::read_date(cell, date1904, days) == codec::Native::ok) {
        codec::append_iso_date(text, days);
      } else if (codec::read_timestamp(cell, date1904, micros) == codec::Native::ok) {
        codec::append_iso_timestamp(text, micros, written == ColumnClass::timestamptz);
      }
      return !text.empty();
    case Family::number: {
      std::string scratch;
      text = codec::read_text(cell, scratch).value_or("");
      return !text.empty();
    }
    default:
      return false;
  }
}

// "2024-01-31 10:20:30": midnight alone is a day.
bool has_time_of_day(std::string_view text) {
  const std::size_t time = text.find(' ');
  return time != std::string_view::npos && text.find(':') != std::string_view::npos &&
         text.substr(time + 1).find_first_of("123456789") != std::string_view::npos;
}

// Without zeros at their end: 2 in "12.340" and in "10:20:30.5100+02".
std::size_t digits_behind_point(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) {
    return 0;
  }
  const std::size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  const std::size_t last = text.substr(0, end).find_last_not_of('0');
  return last - point;
}

// What the type is said to hold at most: 3 in "timestamp(3) without time zone".
std::optional<std::size_t> bracketed(const pg::Type& type) {
  const std::string& name = type.base_name.empty() ? type.name : type.base_name;
  const std::size_t bracket = name.find('(');
  std::size_t number = 0;
  const bool found = bracket != std::string::npos &&
                     std::from_chars(name.data() + bracket + 1, name.data() + name.size(), number).ec == std::errc();
  return found ? std::optional(number) : std::nullopt;
}

// A decimal that the nearest binary number is not, to as many digits. What is out of its range the type refuses itself.
template <typename Binary>
bool would_round(std::string_view text) {
  const auto given = codec::Decimal::parse(text);
  Binary nearest = 0;
  if (!given || std::from_chars(text.data(), text.data() + text.size(), nearest).ec != std::errc()) {
    return false;
  }
  constexpr std::size_t beside_digits = 16;  // sign, point, exponent
  const std::size_t count = std::max<std::size_t>(given->digits(), 1);
  std::string kept(count + beside_digits, '\0');
  const char* const end = std::to_chars(kept.data(), kept.data() + kept.size(), nearest, std::chars_format::scientific,
                                        static_cast<int>(count) - 1)
                              .ptr;
  return codec::Decimal::parse({kept.data(), end}) != given;
}

// Longer texts are refused by the type unless what is too much are blanks, as the standard has it.
bool would_cut_blanks(std::string_view text, std::optional<std::size_t> most) {
  const std::size_t last = text.find_last_not_of(' ');
  const std::size_t kept = last == std::string_view::npos ? 0 : last + 1;
  const std::size_t blanks = text.size() - kept;
  const std::size_t characters = most && blanks != 0 ? codec::characters(text) : 0;
  return characters != 0 && characters > *most && characters - blanks <= *most;
}

}  // namespace

ColumnClass class_of_type(std::string_view type_name) {
  if (type_name == "smallint" || type_name == "integer" || type_name == "bigint") {
    return ColumnClass::integer;
  }
  if (type_name.starts_with("numeric")) {
    return ColumnClass::numeric;
  }
  if (type_name == "real" || type_name == "double precision") {
    return ColumnClass::floating;
  }
  if (type_name == "boolean") {
    return ColumnClass::boolean;
  }
  if (type_name == "date") {
    return ColumnClass::date;
  }
  const bool is_timestamp = type_name.starts_with("timestamp") && type_name.find('[') == std::string_view::npos;
  if (is_timestamp) {
    return type_name.ends_with("without time zone") ? ColumnClass::timestamp : ColumnClass::timestamptz;
  }
  return ColumnClass::other;
}

std::optional<ColumnClass> note_changed_type(ErrorList& errors, const std::string& title, const std::string& header,
                                             const std::string& written_type, const pg::Type& now) {
  if (written_type == now.name) {
    return std::nullopt;
  }
  errors.warn(errors.called(title) + ": column \"" + header + "\" was " + written_type +
              " when the file was made and is " + now.name + " now: each value was checked");
  return class_of_type(written_type);
}

Cell as_it_was_written(const Cell& cell, ColumnClass written, const pg::Type& now, bool date1904, std::string& text) {
  Cell read = cell;
  text.clear();
  if (!cell.formula && cell.kind != CellKind::text && cell.kind != CellKind::string && cell.kind != CellKind::error &&
      family_of(written) != family_of(now.column.kind) && text_of(cell, written, date1904, text)) {
    read.kind = CellKind::text;
    read.text = text;
  }
  return read;
}

bool would_lose(std::string_view text, const pg::Type& type) {
  switch (type.base) {
    case DATEOID:
      return has_time_of_day(text);
    case TIMEOID:
    case TIMETZOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
    case INTERVALOID:
      return digits_behind_point(text.substr(std::min(text.find(':'), text.size()))) >
             bracketed(type).value_or(std::string_view::npos);
    case FLOAT4OID:
      return would_round<float>(text);
    case FLOAT8OID:
      return would_round<double>(text);
    case NUMERICOID:
      return type.column.scale >= 0 && text.find_first_of("eE") == std::string_view::npos &&
             digits_behind_point(text) > static_cast<std::size_t>(type.column.scale);
    case VARCHAROID:
      return would_cut_blanks(text, bracketed(type));
    case NAMEOID:
      return text.size() >= NAMEDATALEN;
    default:
      return false;
  }
}

}  // namespace rehydra::importer
