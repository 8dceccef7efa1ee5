#include "importer/row_batch.h"

#include "pg/errors.h"
#include "pg/subtransaction.h"

namespace rehydra::importer {

RowBatch::RowBatch(const Work& work, std::vector<Slot> slots, const std::vector<std::string>& titles, pg::Store& store,
                   ErrorList& errors, MemoryContext parent)
    : work_(work),
      slots_(std::move(slots)),
      titles_(titles),
      store_(store),
      errors_(errors),
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
  RowError row{std::move(error), work_.dataset->name, {}, column(position).name, {}};
  if (cell != nullptr) {
    row.value = std::string(cell->text.substr(0, 200));
  }
  errors_.add_row(std::move(row));
}

void RowBatch::end() {
  ++filled_;
}

void RowBatch::flush() {
  convert_pending();
  store_.append(values_.data(), reinterpret_cast<const bool*>(nulls_.data()), filled_);
  filled_ = 0;
  arena_.clear();
  memory_.reset();
}

// The usual case: every value is good, one guard and one subtransaction for all.
void RowBatch::convert_pending() {
  if (pending_.empty()) {
    return;
  }
  pg::Subtransaction subtransaction;
  bool failed = false;
  {
    const pg::ContextScope scope(memory_.get());
    try {
      pg::call([this] {
        for (const Pending& pending : pending_) {
          const std::size_t at = pending.row * width_ + lead_columns + pending.position;
          values_[at] = pg::input_value(column(pending.position).type, pending.text);
          nulls_[at] = static_cast<char>(false);
        }
      });
    } catch (const pg::ServerError& error) {
      if (pg::must_be_raised(error.sqlstate())) {
        throw;
      }
      failed = true;
    }
  }
  if (!failed) {
    subtransaction.commit();
  } else {
    subtransaction.rollback();
    for (const Pending& pending : pending_) {
      convert_one(pending);
    }
  }
  pending_.clear();
}

void RowBatch::convert_one(const Pending& pending) {
  const std::size_t at = pending.row * width_ + lead_columns + pending.position;
  const pg::Type& type = column(pending.position).type;
  pg::Subtransaction subtransaction;
  RowError refused;
  bool failed = false;
  {
    const pg::ContextScope scope(memory_.get());
    try {
      values_[at] = pg::call([&] { return pg::input_value(type, pending.text); });
      nulls_[at] = static_cast<char>(false);
    } catch (const pg::ServerError& error) {
      if (pg::must_be_raised(error.sqlstate())) {
        throw;
      }
      failed = true;
      refused.error.kind = ErrorKind::bad_value;
      refused.error.message = error.what();
      refused.error.detail = error.data()->detail != nullptr ? error.data()->detail : "";
      refused.error.hint = error.data()->hint != nullptr ? error.data()->hint : remedy(type);
      refused.error.sqlstate = pg::sqlstate_text(error.sqlstate());
    }
  }
  if (!failed) {
    subtransaction.commit();
    return;
  }
  subtransaction.rollback();
  nulls_[at] = static_cast<char>(true);
  mark_bad(pending.row);
  refused.error.where = where(pending.row, pending.position);
  refused.dataset = work_.dataset->name;
  refused.column = column(pending.position).name;
  refused.value = std::string(pending.text).substr(0, 200);
  errors_.add_row(std::move(refused));
}

void RowBatch::mark_bad(std::size_t row) {
  Datum& bad = values_[row * width_ + lead_bad];
  bad_rows_ += DatumGetBool(bad) ? 0 : 1;
  bad = BoolGetDatum(true);
}

Location RowBatch::where(std::size_t row, std::size_t position) const {
  const auto sheet = static_cast<std::size_t>(DatumGetInt32(values_[row * width_ + lead_sheet]));
  const auto line = static_cast<std::uint32_t>(DatumGetInt64(values_[row * width_ + lead_line]));
  return {titles_.empty() ? std::string() : titles_[sheet], line, slots_[position].sheet_column,
          slots_[position].header};
}

}  // namespace rehydra::importer
