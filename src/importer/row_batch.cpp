#include "importer/row_batch.h"

#include "importer/shown_value.h"
#include "pg/errors.h"
#include "pg/progress.h"
#include "pg/subtransaction.h"

namespace rehydra::importer {

RowBatch::RowBatch(const Operation& operation, const Work& work, std::vector<Slot> slots,
                   const std::vector<std::string>& titles, pg::Store& store, MemoryContext parent, bool is_satellite)
    : work_(work),
      is_satellite_(is_satellite),
      slots_(std::move(slots)),
      titles_(titles),
      store_(store),
      errors_(*operation.errors),
      role_(operation.role),
      memory_(parent, "rehydra batch"),
      width_(store.columns()),
      values_(capacity * width_),
      nulls_(capacity * width_) {}

void RowBatch::begin(std::int64_t sheet, std::int64_t line) {
  if (filled_ == capacity) {
    flush();
  }
  Datum* values = &values_[filled_ * width_];
  char* nulls = &nulls_[filled_ * width_];
  std::fill(nulls, nulls + width_, static_cast<char>(true));
  values[lead_r] = Int64GetDatum(++next_row_);
  values[lead_sheet] = Int32GetDatum(static_cast<std::int32_t>(sheet));
  values[lead_line] = Int64GetDatum(line);
  values[lead_bad] = BoolGetDatum(false);
  std::fill(nulls, nulls + lead_columns, static_cast<char>(false));
}

void RowBatch::put(std::size_t position, Converted converted, const Cell* cell) {
  const std::size_t at = filled_ * width_ + lead_columns + position;
  switch (converted.state) {
    case Converted::State::null:
      break;
    case Converted::State::ready:
      values_[at] = converted.value;
      nulls_[at] = static_cast<char>(false);
      break;
    case Converted::State::text:
      pending_.push_back({filled_, position, converted.text});
      break;
    case Converted::State::bad:
      refuse(position, {converted.kind, std::move(converted.message), {}, std::move(converted.hint), {}}, cell);
      break;
  }
}

void RowBatch::refuse(std::size_t position, Error error, const Cell* cell) {
  mark_bad(filled_);
  error.where = where(filled_, position);
  RowError row{std::move(error), work_.dataset->name, {}, column(position).name, {}, number(filled_)};
  if (cell != nullptr) {
    row.value = shown_value(cell->text);
  }
  errors_.add_row(std::move(row));
}

void RowBatch::refuse_at(std::uint32_t sheet_column, const std::string& header, Error error, const std::string& value) {
  mark_bad(filled_);
  error.where = where(filled_, 0);
  error.where.column = sheet_column;
  error.where.header = header;
  errors_.add_row({std::move(error), work_.dataset->name, {}, {}, shown_value(value), number(filled_)});
}

void RowBatch::keep_text(std::size_t position, std::string_view text) {
  const std::size_t at = filled_ * width_ + lead_columns + slots_.size() + position;
  values_[at] = arena_.varlena(text);
  nulls_[at] = static_cast<char>(false);
}

void RowBatch::end() {
  ++filled_;
}

void RowBatch::flush() {
  convert_pending();
  store_.append(values_.data(), reinterpret_cast<const bool*>(nulls_.data()), filled_);
  pg::progress::rows(filled_);
  filled_ = 0;
  arena_.clear();
  memory_.reset();
}

// Only inside a guard: the type's input function.
void RowBatch::convert(const Pending& pending) {
  const std::size_t at = pending.row * width_ + lead_columns + pending.position;
  values_[at] = pg::input_value(column(pending.position).type, pending.text);
  nulls_[at] = static_cast<char>(false);
}

// The usual case: every value is good, one guard and one subtransaction for all.
void RowBatch::convert_pending() {
  if (pending_.empty()) {
    return;
  }
  const pg::Ending ending = pg::in_subtransaction(
      [this] {
        const registry::ActingScope acting(role_);
        const pg::ContextScope scope(memory_.get());
        pg::call([this] {
          for (const Pending& pending : pending_) {
            convert(pending);
          }
        });
        return true;
      },
      [](const pg::ServerError& error) { return !pg::must_be_raised(error.sqlstate()); });
  if (ending == pg::Ending::refused) {
    for (const Pending& pending : pending_) {
      convert_one(pending);
    }
  }
  pending_.clear();
}

void RowBatch::convert_one(const Pending& pending) {
  RowError refused;
  const pg::Ending ending = pg::in_subtransaction(
      [&] {
        const registry::ActingScope acting(role_);
        const pg::ContextScope scope(memory_.get());
        pg::call([&] { convert(pending); });
        return true;
      },
      [&](const pg::ServerError& error) {
        refused.error.kind = ErrorKind::bad_value;
        refused.error.message = error.what();
        refused.error.detail = error.data()->detail != nullptr ? error.data()->detail : "";
        refused.error.hint = error.data()->hint != nullptr ? error.data()->hint : remedy(column(pending.position).type);
        refused.error.sqlstate = pg::sqlstate_text(error.sqlstate());
        return !pg::must_be_raised(error.sqlstate());
      });
  if (ending == pg::Ending::kept) {
    return;
  }
  nulls_[pending.row * width_ + lead_columns + pending.position] = static_cast<char>(true);
  mark_bad(pending.row);
  refused.error.where = where(pending.row, pending.position);
  refused.dataset = work_.dataset->name;
  refused.column = column(pending.position).name;
  refused.value = shown_value(pending.text);
  refused.r = number(pending.row);
  errors_.add_row(std::move(refused));
}

void RowBatch::mark_bad(std::size_t row) {
  Datum& bad = values_[row * width_ + lead_bad];
  bad_rows_ += DatumGetBool(bad) ? 0 : 1;
  bad = BoolGetDatum(true);
}

// A satellite's rows have other numbers than the rows that they belong to.
std::int64_t RowBatch::number(std::size_t row) const {
  return is_satellite_ ? some_row : DatumGetInt64(values_[row * width_ + lead_r]);
}

Location RowBatch::where(std::size_t row, std::size_t position) const {
  const auto sheet = static_cast<std::size_t>(DatumGetInt32(values_[row * width_ + lead_sheet]));
  const auto line = static_cast<std::uint32_t>(DatumGetInt64(values_[row * width_ + lead_line]));
  return {titles_.empty() ? std::string() : titles_[sheet], line, slots_[position].sheet_column,
          slots_[position].header};
}

}  // namespace rehydra::importer
