#include "importer/drift.h"

#include "codec/cell_reader.h"
#include "codec/serial.h"

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

}  // namespace rehydra::importer
