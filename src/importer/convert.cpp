#include "importer/convert.h"

#include <limits>
#include <optional>

#include "codec/cell_reader.h"
#include "codec/literal.h"
#include "codec/serial.h"
#include "codec/utf.h"
#include "core/shown_text.h"
#include "importer/drift.h"
#include "importer/narrowed.h"

namespace rehydra::importer {

namespace {

using State = Converted::State;

Converted ready(Datum value) {
  Converted converted;
  converted.state = State::ready;
  converted.value = value;
  return converted;
}

Converted through_input(std::string_view text, pg::Arena& arena) {
  Converted converted;
  converted.state = State::text;
  converted.text = arena.cstring(text);
  return converted;
}

Converted refused(ErrorKind kind, std::string message, std::string hint = {}) {
  Converted converted;
  converted.state = State::bad;
  converted.kind = kind;
  converted.message = std::move(message);
  converted.hint = std::move(hint);
  return converted;
}

Converted not_a_value(const Cell& cell, const pg::Type& type) {
  if (cell.kind == CellKind::error) {
    return refused(ErrorKind::bad_value, "the cell holds the error " + std::string(cell.text),
                   "Enter a value, or clear the cell.");
  }
  return refused(ErrorKind::bad_value, "\"" + shortened(cell.text) + "\" is not a value of type " + type.name,
                 remedy(type));
}

Converted loses(std::string_view text, const pg::Type& type) {
  return refused(ErrorKind::bad_value, "type " + type.name + " would not keep all of \"" + shortened(text) + "\"",
                 remedy(type));
}

bool fits_natively(std::string_view text, const pg::Type& type) {
  if (type.domain || type.base == BPCHAROID) {
    return false;
  }
  return type.typmod < VARHDRSZ || codec::characters(text) <= static_cast<std::size_t>(type.typmod - VARHDRSZ);
}

Converted string_value(std::string_view text, const pg::Type& type, pg::Arena& arena) {
  if (text.find('\0') != std::string_view::npos) {
    return refused(ErrorKind::bad_value, "the text holds a NUL character, which the database cannot store",
                   "Remove it.");
  }
  if (type.column.kind == ColumnClass::text && fits_natively(text, type)) {
    return ready(arena.varlena(text));
  }
  return through_input(text, arena);
}

Converted integer_value(const Cell& cell, const pg::Type& type, pg::Arena& arena) {
  const std::optional<std::int64_t> value = codec::read_integer(cell);
  if (!value) {
    return not_a_value(cell, type);
  }
  if (type.domain) {
    return through_input(std::to_string(*value), arena);
  }
  const bool small = type.base == INT2OID;
  const bool medium = type.base == INT4OID;
  const std::int64_t most = small    ? std::numeric_limits<std::int16_t>::max()
                            : medium ? std::numeric_limits<std::int32_t>::max()
                                     : std::numeric_limits<std::int64_t>::max();
  if (*value > most || *value < -most - 1) {
    return refused(ErrorKind::bad_value, std::to_string(*value) + " is out of range for type " + type.name,
                   remedy(type));
  }
  return ready(small    ? Int16GetDatum(static_cast<std::int16_t>(*value))
               : medium ? Int32GetDatum(static_cast<std::int32_t>(*value))
                        : Int64GetDatum(*value));
}

bool only_zeros_more(std::string_view written, std::string_view shortest) {
  return written.size() > shortest.size() && written.starts_with(shortest) &&
         written.find_first_not_of(".0", shortest.size()) == std::string_view::npos;
}

// What bytea's input function takes, whatever bytea_output is.
std::string hex_input(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 0xFU];
  }
  return text;
}

Converted boolean_value(const Cell& cell, const pg::Type& type, pg::Arena& arena) {
  const std::optional<bool> value = codec::read_boolean(cell);
  if (!value) {
    return not_a_value(cell, type);
  }
  return type.domain ? through_input(*value ? "t" : "f", arena) : ready(BoolGetDatum(*value));
}

}  // namespace

std::string remedy(const pg::Type& type) {
  switch (type.column.kind) {
    case ColumnClass::integer:
      return "Enter a whole number that type " + type.name + " holds, or clear the cell.";
    case ColumnClass::boolean:
      return "Enter TRUE or FALSE, or clear the cell.";
    case ColumnClass::date:
      return "Write it as YYYY-MM-DD.";
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return "Write it as YYYY-MM-DD HH:MM:SS.";
    default:
      return "Enter a value of type " + type.name + ", written as the export writes it, or clear the cell.";
  }
}

Converted Converter::cell(const Cell& cell, const pg::Type& type, pg::Arena& arena) {
  if (cell.formula) {
    return refused(ErrorKind::formula, "the cell holds a formula",
                   "Put its value in its place (copy, then paste as values).");
  }
  if (cell.kind == CellKind::text && codec::has_lost_character(cell.text)) {
    return refused(
        ErrorKind::bad_value,
        "the text holds U+FFFD, which the program that saved the file put where it lost a character",
        "Enter the text again, or clear the cell. The character itself is written \"\\ufffd\", with the quotes.");
  }
  try {
    return value(cell, type, arena);
  } catch (Failure& failure) {
    // A long text whose pieces are damaged: the cell that refers to them is what a person can mend.
    if (failure.error().kind != ErrorKind::bad_file) {
      throw;
    }
    return refused(ErrorKind::bad_value, std::move(failure.error().message), std::move(failure.error().hint));
  }
}

Converted Converter::value(const Cell& cell, const pg::Type& type, pg::Arena& arena) {
  switch (type.column.kind) {
    case ColumnClass::integer:
      return integer_value(cell, type, arena);
    case ColumnClass::boolean:
      return boolean_value(cell, type, arena);
    case ColumnClass::numeric:
    case ColumnClass::floating: {
      Cell whole = cell;
      const std::optional<std::string> long_text =
          cell.kind == CellKind::text ? long_texts_.text_of(cell.text) : std::nullopt;
      whole.text = long_text ? std::string_view(*long_text) : cell.text;
      const auto text = codec::read_decimal(whole, scratch_);
      return text ? through_input(*text, arena) : not_a_value(cell, type);
    }
    case ColumnClass::date:
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz:
      return time_value(cell, type, arena);
    case ColumnClass::bytea: {
      Cell whole = cell;
      const std::optional<std::string> text =
          cell.kind == CellKind::text ? long_texts_.text_of(cell.text) : std::nullopt;
      whole.text = text ? std::string_view(*text) : cell.text;
      const auto bytes = codec::read_base64(whole, scratch_);
      if (!bytes) {
        return refused(ErrorKind::bad_value, "the cell does not hold base64",
                       "Put the exported value back, or clear the cell.");
      }
      return type.domain ? through_input(hex_input(*bytes), arena) : ready(arena.varlena(*bytes));
    }
    case ColumnClass::text:
    case ColumnClass::other:
      return text_value(cell, type, arena);
  }
  return not_a_value(cell, type);
}

// What is asked whether the type of today would lose some of it.
std::optional<std::string_view> Converter::drifted_text(const Cell& cell, const pg::Type& type) {
  switch (type.column.kind) {
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return codec::read_decimal(cell, scratch_);
    case ColumnClass::timestamp:
    case ColumnClass::timestamptz: {
      std::int64_t micros = 0;
      if (codec::read_timestamp(cell, date1904_, micros) == codec::Native::ok) {
        scratch_.clear();
        codec::append_iso_timestamp(scratch_, micros, false);
        return scratch_;
      }
      return codec::read_text(cell, scratch_);
    }
    default:
      if (cell.kind != CellKind::text && cell.kind != CellKind::string) {
        return std::nullopt;
      }
      if (const std::optional<std::string> whole = long_texts_.text_of(cell.text)) {
        scratch_ = *whole;
        return scratch_;
      }
      return codec::read_text(cell, scratch_);
  }
}

Converted Converter::drifted_cell(const Cell& cell, ColumnClass written, const pg::Type& type, pg::Arena& arena) {
  Cell read = as_it_was_written(cell, written, type, date1904_, written_);
  std::optional<std::string_view> text = drifted_text(read, type);
  // "12.50" of a numeric(5,2): its zeros were the type's then, and are the value's now.
  if (type.column.kind == ColumnClass::numeric && written == ColumnClass::numeric && text &&
      only_zeros_more(read.text, *text)) {
    read.kind = CellKind::text;
    text = read.text;
  }
  return text && would_lose(*text, type) ? loses(*text, type) : this->cell(read, type, arena);
}

Converted Converter::text_value(const Cell& cell, const pg::Type& type, pg::Arena& arena) {
  if (cell.kind == CellKind::text) {
    if (const std::optional<std::string> whole = long_texts_.text_of(cell.text)) {
      return string_value(*whole, type, arena);
    }
  }
  const auto text = codec::read_text(cell, scratch_);
  return text ? string_value(*text, type, arena) : not_a_value(cell, type);
}

Converted Converter::time_value(const Cell& cell, const pg::Type& type, pg::Arena& arena) {
  const bool is_date = type.column.kind == ColumnClass::date;
  std::int32_t days = 0;
  std::int64_t micros = 0;
  const codec::Native read =
      is_date ? codec::read_date(cell, date1904_, days) : codec::read_timestamp(cell, date1904_, micros);
  if (read == codec::Native::bad) {
    return refused(ErrorKind::bad_value,
                   "\"" + shortened(cell.text) + "\" is not an existing " + (is_date ? "date" : "time"), remedy(type));
  }
  if (read == codec::Native::other) {
    return text_value(cell, type, arena);
  }
  if (!type.domain && type.typmod < 0) {
    return ready(is_date ? DateADTGetDatum(days) : TimestampGetDatum(micros));
  }
  scratch_.clear();
  if (is_date) {
    codec::append_iso_date(scratch_, days);
  } else {
    codec::append_iso_timestamp(scratch_, micros, type.column.kind == ColumnClass::timestamptz);
  }
  return through_input(scratch_, arena);
}

Converted canonical_value(std::string_view text, bool may_lose, const pg::Type& type, pg::Arena& arena) {
  if (may_lose && would_lose(text, type)) {
    return loses(text, type);
  }
  return type.column.kind == ColumnClass::text ? string_value(text, type, arena) : through_input(text, arena);
}

}  // namespace rehydra::importer
