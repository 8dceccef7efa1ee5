#include "importer/settle_legacy.h"

#include <algorithm>

#include "codec/python_literal.h"
#include "importer/legacy_partners.h"
#include "importer/row_batch.h"
#include "importer/shown_value.h"
#include "importer/stage_workbook.h"
#include "pg/cursor.h"
#include "pg/memory.h"
#include "pg/settings.h"

namespace rehydra::importer {

namespace {

using registry::ReadAs;

bool is_reference(const registry::Dataset& dataset, int column) {
  return std::any_of(dataset.references.begin(), dataset.references.end(), [&](const registry::Reference& reference) {
    return std::find(reference.columns.begin(), reference.columns.end(), column) != reference.columns.end();
  });
}

// Where NULL cannot stand, an empty cell can only have been zero or an empty text. A domain may forbid these.
const char* only_empty(const Work& work, std::size_t field) {
  const registry::Column& column = work.column(field);
  if (!column.not_null || column.type.domain || work.fields[field].is_key ||
      work.fields[field].read_as == ReadAs::json || is_reference(*work.dataset, work.fields[field].column)) {
    return nullptr;
  }
  switch (column.type.column.kind) {
    case ColumnClass::integer:
    case ColumnClass::numeric:
    case ColumnClass::floating:
      return "0";
    case ColumnClass::text:
      return "";
    default:
      return nullptr;
  }
}

class Settler {
 public:
  Settler(Operation& operation, Work& work, const LegacyRows& rows, pg::Store& store, MemoryContext memory,
          Assumptions& assumptions)
      : operation_(operation),
        work_(work),
        rows_(rows),
        store_(store),
        assumptions_(assumptions),
        at_(work, rows),
        limits_(pg::file_limits()),
        lasting_(memory, "rehydra legacy"),
        row_memory_(memory, "rehydra legacy row"),
        cursor_(partners_sql(operation, work, rows), operation.tenant.args()) {
    prepare_zeros();
  }

  void run() {
    for (std::size_t rows = cursor_.fetch(); rows != 0; rows = cursor_.fetch()) {
      values_.clear();
      nulls_.clear();
      for (row_ = 0; row_ < rows; ++row_) {
        settle_row();
      }
      store_.append(values_.data(), reinterpret_cast<const bool*>(nulls_.data()), values_.size() / store_.columns());
    }
    cursor_.close();
  }

 private:
  struct Texts {
    const char* staged = "";
    const char* stored = "";
    bool same_image = false;
  };

  // A value in a field without cells, or one that stands for an empty cell.
  void prepare_zeros() {
    for (std::size_t field : rows_.fields) {
      const char* text = only_empty(work_, field);
      Datum value = 0;
      if (text != nullptr) {
        const pg::ContextScope scope(lasting_.get());
        value = pg::call([&] { return pg::input_value(work_.column(field).type, pstrdup(text)); });
      }
      zeros_.push_back(value);
      has_zero_.push_back(text != nullptr ? 1 : 0);
    }
  }

  bool is_null(std::size_t column) const { return cursor_.is_null(row_, column); }
  Datum value(std::size_t column) const { return cursor_.value(row_, column); }
  bool has_partner() const { return !is_null(at_.here) && DatumGetInt64(value(at_.count)) == 1; }
  const pg::Type& type(std::size_t position) const { return work_.column(rows_.fields[position]).type; }
  ReadAs read_as(std::size_t position) const { return work_.fields[rows_.fields[position]].read_as; }

  void settle_row() {
    const std::int64_t number = DatumGetInt64(value(lead_r));
    if (number == last_row_) {
      return;  // one of several stored rows that it could be
    }
    last_row_ = number;
    if (rows_.leaves_out_shared && !is_null(at_.shared) && is_everybodys()) {
      ++work_.left_out;
      return;
    }
    bad_ = DatumGetBool(value(lead_bad));
    start_ = values_.size();
    for (std::size_t column = 0; column < at_.values; ++column) {
      push(value(column), is_null(column));
    }
    if (!is_null(at_.here) && !has_partner()) {
      refuse(partner_positions(work_, rows_).front(), ErrorKind::duplicate_key, "several stored rows could be this one",
             "Tell them apart in the database first.");
    }
    take_texts(at_.stored);
    for (std::size_t position = 0; position < rows_.fields.size(); ++position) {
      settle_value(position);
    }
    for (std::size_t i = 0; i < rows_.added.size(); ++i) {
      add_value(i);
    }
    values_[start_ + lead_bad] = BoolGetDatum(bad_);
    row_memory_.reset();
  }

  // The texts of this row's values beside those from `stored` on.
  void take_texts(std::size_t stored) {
    texts_.assign(rows_.fields.size(), Texts());
    const pg::ContextScope scope(row_memory_.get());
    pg::call([&] {
      for (std::size_t i = 0; i < texts_.size(); ++i) {
        take_text(i, stored + i);
      }
    });
  }

  // Only inside a guard.
  void take_text(std::size_t i, std::size_t stored) {
    const bool staged_null = is_null(at_.values + i);
    const bool stored_null = is_null(stored);
    texts_[i].same_image =
        !staged_null && !stored_null && pg::same_image(type(i), value(at_.values + i), value(stored));
    if (texts_[i].same_image || !is_compared_by_text(type(i))) {
      return;
    }
    if (!stored_null) {
      texts_[i].stored = pg::output_text(type(i), value(stored));
    }
    if (!staged_null) {
      texts_[i].staged = pg::output_text(type(i), value(at_.values + i));
    }
  }

  Side staged(std::size_t i) const { return {is_null(at_.values + i), value(at_.values + i), texts_[i].staged}; }
  Side stored(std::size_t i, std::size_t column) const { return {is_null(column), value(column), texts_[i].stored}; }

  Sameness sameness(std::size_t i, std::size_t column) const {
    if (texts_[i].same_image) {
      return Sameness::image;
    }
    const Sameness as_text =
        has_own_text(i) ? compare_own_text(own_text(i), read_as(i), stored(i, column), limits_) : Sameness::different;
    if (as_text != Sameness::different || is_unknown(i)) {
      return as_text;
    }
    return compare_legacy(type(i), read_as(i), staged(i), stored(i, column), limits_);
  }

  bool has_own_text(std::size_t i) const { return rows_.raw && !is_null(at_.own_texts + i); }
  // Nothing but its own text is known of the cell.
  bool is_unknown(std::size_t i) const { return has_own_text(i) && is_null(at_.values + i); }

  std::string_view own_text(std::size_t i) const {
    const auto* text = reinterpret_cast<const varlena*>(DatumGetPointer(value(at_.own_texts + i)));
    return {VARDATA_ANY(text), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(text))};
  }

  // The same key and name, whatever else was edited; or another key, and all the rest the same.
  bool is_everybodys() {
    const bool same_key = DatumGetBool(value(at_.shared_same_key));
    if (!same_key && has_partner()) {
      return false;
    }
    take_texts(at_.shared_stored);
    bool same = true;
    for (std::size_t i = 0; i < rows_.fields.size(); ++i) {
      const bool is_key = work_.fields[rows_.fields[i]].is_key;
      same = same && (is_key || sameness(i, at_.shared_stored + i) != Sameness::different);
    }
    row_memory_.reset();
    assumptions_.shared += same_key || same ? 1 : 0;
    assumptions_.shared_changed += same_key && !same ? 1 : 0;
    return same_key || same;
  }

  void settle_value(std::size_t i) {
    const std::size_t column = at_.stored + i;
    const Sameness same = has_partner() ? sameness(i, column) : Sameness::different;
    if (same != Sameness::different) {
      assumptions_.by_sameness[static_cast<std::size_t>(same)] += 1;
      push(value(column), is_null(column));
    } else if (is_unknown(i)) {
      refuse_own_text(i);
      push(0, true);
    } else if (rows_.raw && is_null(at_.values + i) && !bad_) {
      push_empty(i);
    } else {
      check_cut(i, column);
      push(value(at_.values + i), is_null(at_.values + i));
    }
  }

  void push_empty(std::size_t i) {
    const bool zero = has_zero_[i] != 0;
    (zero ? assumptions_.zeros : assumptions_.blanks) += 1;
    push(zeros_[i], !zero);
  }

  void check_cut(std::size_t i, std::size_t column) {
    if (type(i).column.kind != ColumnClass::text || is_null(at_.values + i)) {
      return;
    }
    if (has_partner() && !is_null(column) && is_longer_than_a_cell(texts_[i].stored)) {
      refuse(i, ErrorKind::value_too_long,
             "the stored text is longer than a cell, so the cell holds only its beginning: an edit would lose the rest",
             "Put the exported text back, or edit it in a workbook of today's version.");
    } else if (is_full_cell(texts_[i].staged)) {
      ++assumptions_.cut_new;
    }
  }

  void add_value(std::size_t i) {
    const std::size_t stored = at_.stored + rows_.fields.size() + i;
    if (has_partner()) {
      push(value(stored), is_null(stored));
    } else if (static_cast<int>(rows_.added[i]) == attached_field(work_, rows_)) {
      attach();
    } else {
      push(0, true);
    }
  }

  void attach() {
    if (!is_null(at_.parents)) {
      ++assumptions_.attached;
      push(value(at_.parents), false);
      return;
    }
    const registry::Attachment& attachment = rows_.sheet->attachments.front();
    const auto& reference = work_.dataset->references[static_cast<std::size_t>(attachment.reference)];
    const registry::Dataset& parent = operation_.model->datasets[static_cast<std::size_t>(reference.parent)];
    const int field = work_.field_of(attachment.same.front());
    refuse(field < 0 ? 0 : static_cast<std::size_t>(field), ErrorKind::missing_reference,
           "a new row belongs to a row of \"" + (parent.sheets.empty() ? parent.name : parent.title()) +
               "\", which the file does not name, and there is none that agrees with it in this column",
           "Bring that row into the database first, or remove this one.");
    push(0, true);
  }

  void refuse_own_text(std::size_t i) {
    const std::string text(own_text(i));
    if (read_as(i) != ReadAs::json) {
      const bool formula = text.starts_with('=');
      refuse(i, formula ? ErrorKind::formula : ErrorKind::bad_value,
             formula ? "the cell holds a formula" : "the cell holds the error " + text,
             "Put its value in its place (copy, then paste as values).");
      return;
    }
    try {
      (void)codec::json_of_literal(text, limits_);
    } catch (const Failure& failure) {
      refuse(i, failure.error().kind, failure.error().message, failure.error().hint);
    }
  }

  void refuse(std::size_t i, ErrorKind kind, const std::string& message, const std::string& hint) {
    bad_ = true;
    const std::size_t field = rows_.fields[i];
    RowError error;
    error.error = {kind, message, {}, hint, {}};
    error.error.where = {rows_.titles[static_cast<std::size_t>(DatumGetInt32(value(lead_sheet)))],
                         static_cast<std::uint32_t>(DatumGetInt64(value(lead_line))), rows_.sheet_columns[i],
                         work_.fields[field].header, work_.container};
    error.dataset = work_.dataset->name;
    error.column = work_.column(field).name;
    if (has_own_text(i)) {
      error.value = shown_value(own_text(i));
    }
    error.r = DatumGetInt64(value(lead_r));
    operation_.errors->add_row(std::move(error));
  }

  void push(Datum value, bool is_null) {
    values_.push_back(value);
    nulls_.push_back(is_null ? 1 : 0);
  }

  Operation& operation_;
  Work& work_;
  const LegacyRows& rows_;
  pg::Store& store_;
  Assumptions& assumptions_;
  PartnerColumns at_;
  Limits limits_;
  pg::Context lasting_, row_memory_;
  pg::Cursor cursor_;
  std::size_t row_ = 0, start_ = 0;
  std::int64_t last_row_ = 0;
  bool bad_ = false;
  std::vector<Texts> texts_;
  std::vector<Datum> zeros_, values_;
  std::vector<char> has_zero_, nulls_;
};

std::vector<pg::StoreColumn> settled_columns(const Work& work, const LegacyRows& rows) {
  std::vector<pg::StoreColumn> columns = lead_store_columns();
  for (std::size_t i = 1; i <= rows.lines; ++i) {
    columns.push_back({"line" + at(i), INT8OID, -1, InvalidOid});
  }
  std::size_t number = 0;
  for (const auto* fields : {&rows.fields, &rows.added}) {
    for (std::size_t field : *fields) {
      columns.push_back(work.store_column(field, "c" + at(number++)));
    }
  }
  return columns;
}

}  // namespace

std::unique_ptr<pg::Store> settle_legacy(Operation& operation, Work& work, const LegacyRows& rows,
                                         const std::string& store_name, MemoryContext memory,
                                         Assumptions& assumptions) {
  auto store = std::make_unique<pg::Store>(store_name, settled_columns(work, rows));
  Settler(operation, work, rows, *store, memory, assumptions).run();
  store->publish();
  return store;
}

}  // namespace rehydra::importer
