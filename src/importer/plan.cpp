#include "importer/plan.h"

#include "importer/conflicts.h"
#include "importer/join_sql.h"
#include "importer/key_order.h"
#include "importer/row_batch.h"
#include "importer/secrets.h"
#include "importer/shown_value.h"
#include "importer/sql_rows.h"
#include "importer/stage_workbook.h"
#include "pg/cursor.h"

namespace rehydra::importer {

namespace {

Error always_given_out(const registry::Column& column) {
  Error error{
      ErrorKind::bad_value,
      "column \"" + column.name + "\" is always given out by the database: no existing row can get another value",
      {},
      "Put the exported value back, or delete the row and enter it as a new one.",
      {}};
  error.sqlstate = "428C9";
  return error;
}

// Compares one joined batch and collects its plan rows.
class Comparer {
 public:
  Comparer(Operation& operation, Work& work, const pg::Batch& joined, Secrets& secrets, Pass pass)
      : operation_(operation),
        pass_(pass),
        conflicts_(operation, work),
        work_(work),
        joined_(joined),
        secrets_(secrets),
        satellites_(work.satellite_titles.size()),
        staged_(lead_columns + satellites_),
        here_(staged_ + work.staged_fields),
        stored_(here_ + 1),
        width_(plan_lead + 2 * work.fields.size()) {}

  void compare(std::size_t rows) {
    find_differences(rows);
    values_.clear();
    nulls_.clear();
    arena_.clear();
    secrets_.start_batch();
    for (std::size_t row = 0; row < rows; ++row) {
      decide(row);
    }
    work_.plan->store().append(values_.data(), reinterpret_cast<const bool*>(nulls_.data()), values_.size() / width_);
  }

  std::uint64_t kept() const noexcept { return kept_; }
  // Rows were changed that may have been changed in the database too.
  bool took_unknown() const noexcept { return conflicts_.unknown() && work_.counts.updated != 0; }

 private:
  bool in_file(std::size_t row) const { return !joined_.is_null(row, lead_r); }
  bool in_table(std::size_t row) const { return !joined_.is_null(row, here_); }
  std::int64_t number(std::size_t row) const { return DatumGetInt64(joined_.value(row, lead_r)); }

  // A satellite without a row for this key gives none of its columns.
  bool given(std::size_t row, std::size_t field) const {
    const std::size_t sheet = work_.fields[field].sheet;
    return field < work_.staged_fields && (sheet == 0 || !joined_.is_null(row, lead_columns + sheet - 1));
  }

  bool staged_null(std::size_t row, std::size_t field) const {
    if (joined_.is_null(row, staged_ + field)) {
      return true;
    }
    return work_.is_nulled(field, number(row));
  }

  void find_differences(std::size_t rows) {
    const std::size_t fields = work_.fields.size();
    differs_.assign(rows * fields, 0);
    std::vector<char> comparable(rows * fields, 0);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t field = 0; in_file(row) && in_table(row) && field < fields; ++field) {
        if (work_.dataset->keyless() || work_.fields[field].is_key || !given(row, field)) {
          continue;
        }
        const bool new_null = staged_null(row, field);
        const bool old_null = joined_.is_null(row, stored_ + field);
        differs_[row * fields + field] = new_null != old_null ? 1 : 0;
        comparable[row * fields + field] = !new_null && !old_null ? 1 : 0;
      }
    }
    pg::call([&] {
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t field = 0; field < fields; ++field) {
          if (comparable[row * fields + field] != 0) {
            differs_[row * fields + field] =
                pg::same_value(work_.column(field).type, joined_.value(row, staged_ + field),
                               joined_.value(row, stored_ + field))
                    ? 0
                    : 1;
          }
        }
      }
    });
  }

  void decide(std::size_t row) {
    work_.counts.before += in_table(row) ? 1 : 0;
    if (!in_file(row)) {
      absent(row);
    } else if (DatumGetBool(joined_.value(row, lead_bad)) || work_.is_bad(number(row))) {
      leave(row, work_.counts.rejected, operation_.policy.skip_errors);
    } else if (work_.mark_of(number(row)) == Mark::skip) {
      leave(row, work_.counts.skipped, true);
    } else if (work_.mark_of(number(row)) == Mark::remove) {
      remove(row);
    } else if (!in_table(row)) {
      insert(row);
    } else if (work_.mark_of(number(row)) == Mark::insert) {
      reject(row, {ErrorKind::duplicate_key,
                   "the row is marked \"insert\", and a row of its key is there already",
                   {},
                   "Mark it \"update\", or give it another key.",
                   {}});
    } else if (work_.mode == Mode::insert && work_.mark_of(number(row)) != Mark::update) {
      ++work_.counts.skipped;
    } else {
      update(row);
    }
  }

  // While partners are still looked for, a row that the table does not have under its key is one more to be found.
  void remove(std::size_t row) {
    if (work_.dataset->role == registry::Role::own) {
      reject(row, {ErrorKind::denied,
                   "the row is marked \"delete\", and the customer's own row is never deleted",
                   {},
                   "Clear the mark.",
                   {}});
    } else if (in_table(row)) {
      ++work_.counts.deleted;
      ++work_.counts.marked_deleted;
      begin(row, 'D', {});
      end(row, false);
    } else if (pass_ == Pass::last) {
      ++work_.counts.marked_deleted;
    } else {
      seek(row);
    }
  }

  // Also a row that is left out is the stored one that its match keys say: that one is not absent.
  void leave(std::size_t row, std::uint64_t& count, bool others_come) {
    if (in_table(row) || pass_ == Pass::last || !others_come) {
      ++count;
    } else {
      seek(row);
    }
  }

  void seek(std::size_t row) {
    ++work_.counts.inserted;
    begin(row, 'I', std::string(work_.fields.size(), '0'));
    end(row, true);
  }

  void absent(std::size_t row) {
    if (work_.dataset->role == registry::Role::own) {
      return;  // the tenant's own row is never deleted
    }
    const bool deletes = work_.mode == Mode::replace && !work_.keeps_absent;
    work_.counts.deleted += deletes ? 1 : 0;
    if (deletes || !work_.matching.match_keys.empty()) {
      begin(row, deletes ? 'D' : action_left, {});
      end(row, false);
    }
  }

  void insert(std::size_t row) {
    if (pass_ == Pass::last && work_.mark_of(number(row)) == Mark::update) {
      Error error{ErrorKind::bad_value,
                  "the row is marked \"update\", and no row of its key is there",
                  {},
                  "Mark it \"insert\", or correct its key.",
                  {}};
      error.sqlstate = "P0002";
      reject(row, std::move(error));
      return;
    }
    std::string mask(work_.fields.size(), '0');
    bool acceptable = true;
    for (std::size_t field = 0; field < work_.staged_fields; ++field) {
      const registry::Column& column = work_.column(field);
      const bool blank = !given(row, field) || staged_null(row, field);
      mask[field] = given(row, field) && !(blank && column.not_null) ? '1' : '0';
      if (blank && column.not_null && !column.has_default) {
        acceptable = refuse_null(row, field);
      }
    }
    if (!acceptable) {
      ++work_.counts.rejected;
      return;
    }
    ++work_.counts.inserted;
    secrets_.look_up(row, mask);
    begin(row, 'I', mask);
    end(row, true);
  }

  void update(std::size_t row) {
    std::string mask(work_.fields.size(), '0');
    bool acceptable = true;
    bool changed = false;
    for (std::size_t field = 0; field < work_.fields.size(); ++field) {
      if (differs_[row * work_.fields.size() + field] == 0) {
        continue;
      }
      mask[field] = '1';
      changed = true;
      if (work_.column(field).not_null && staged_null(row, field)) {
        acceptable = refuse_null(row, field);
      } else if (work_.column(field).identity_always) {
        acceptable = refuse(row, field, always_given_out(work_.column(field)));
      }
    }
    if (!acceptable) {
      ++work_.counts.rejected;
    } else if (!changed) {
      ++work_.counts.unchanged;
    } else if (conflicts_.keeps_stored(joined_, row, stored_)) {
      if (operation_.policy.conflicts == OnConflict::reject) {
        reject(row, changed_since_export(mask.find('1')));
      } else {
        ++work_.counts.skipped;
        ++kept_;
      }
    } else {
      ++work_.counts.updated;
      begin(row, 'U', mask);
      end(row, true);
    }
  }

  bool refuse_null(std::size_t row, std::size_t field) {
    return refuse(row, field,
                  {ErrorKind::null_value,
                   "the cell is blank, and column \"" + work_.column(field).name + "\" needs a value",
                   {},
                   "Enter a value.",
                   {}});
  }

  void reject(std::size_t row, Error why) {
    const std::vector<std::size_t> keys = work_.key_fields();
    refuse(row, keys.empty() ? 0 : keys.front(), std::move(why));
    ++work_.counts.rejected;
  }

  Error changed_since_export(std::size_t field) const {
    Error error{ErrorKind::bad_value,
                "the row was changed in the database after the export, and column \"" + work_.fields[field].header +
                    "\" differs",
                {},
                "Look at the row, export again, or say which counts: options => '{\"policy\": {\"conflicts\": "
                "\"file\"}}'.",
                {}};
    error.sqlstate = "40001";
    return error;
  }

  bool refuse(std::size_t row, std::size_t field, Error why) {
    const std::size_t sheet = work_.fields[field].sheet;
    const std::int64_t satellite_line = sheet == 0 || joined_.is_null(row, lead_columns + sheet - 1)
                                            ? 0
                                            : DatumGetInt64(joined_.value(row, lead_columns + sheet - 1));
    RowError error;
    error.error = std::move(why);
    error.error.where = work_.where(field, DatumGetInt32(joined_.value(row, lead_sheet)),
                                    DatumGetInt64(joined_.value(row, lead_line)), satellite_line);
    error.dataset = work_.dataset->name;
    error.row_key = key_of(row);
    error.column = work_.column(field).name;
    error.value = shown_value(staged_text(row, field));
    error.r = number(row);
    work_.reject(number(row));
    operation_.errors->add_row(std::move(error));
    return false;
  }

  std::string staged_text(std::size_t row, std::size_t field) const {
    if (field >= work_.staged_fields || joined_.is_null(row, staged_ + field)) {
      return {};
    }
    char* const text =
        pg::call([&] { return pg::output_text(work_.column(field).type, joined_.value(row, staged_ + field)); });
    std::string copy = text;
    pfree(text);
    return copy;
  }

  std::string key_of(std::size_t row) const {
    std::string key;
    for (const std::size_t field : work_.key_fields()) {
      const std::string part = staged_text(row, field);
      key += (key.empty() || part.empty() ? "" : ", ") + part;
    }
    return key;
  }

  void push(Datum value, bool is_null) {
    values_.push_back(value);
    nulls_.push_back(is_null ? 1 : 0);
  }

  // Rows of the file keep their number; stored rows that it lacks get one of their own, below zero.
  void begin(std::size_t row, char action, const std::string& mask) {
    if (in_file(row)) {
      push(joined_.value(row, lead_r), false);
    } else {
      push(Int64GetDatum(--absent_number_), false);
    }
    for (std::size_t lead : {lead_sheet, lead_line}) {
      push(joined_.value(row, lead), joined_.is_null(row, lead));
    }
    push(CharGetDatum(action), false);
    push(arena_.varlena(mask), false);
  }

  // The row to come, then the stored one. What the file does not give stays as it is.
  void end(std::size_t row, bool has_new) {
    for (std::size_t field = 0; field < work_.fields.size(); ++field) {
      const std::size_t old = stored_ + field;
      if (!has_new) {
        push(0, true);
      } else if (work_.fields[field].is_key && in_table(row)) {
        push(joined_.value(row, old), joined_.is_null(row, old));  // a key of another spelling stays as it is stored
      } else if (given(row, field)) {
        push(joined_.value(row, staged_ + field), staged_null(row, field));
      } else if (in_table(row)) {
        push(joined_.value(row, old), joined_.is_null(row, old));
      } else {
        push(secrets_.value(field), secrets_.is_null(field));
      }
    }
    for (std::size_t field = 0; field < work_.fields.size(); ++field) {
      push(joined_.value(row, stored_ + field), joined_.is_null(row, stored_ + field));
    }
  }

  Operation& operation_;
  Pass pass_;
  Conflicts conflicts_;
  std::uint64_t kept_ = 0;  // rows that were changed in the database and stay so
  Work& work_;
  const pg::Batch& joined_;
  Secrets& secrets_;
  std::size_t satellites_, staged_, here_, stored_, width_;
  std::int64_t absent_number_ = 0;
  std::vector<char> differs_;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
  pg::Arena arena_;
};

void reset_counts(Work& work) {
  Counts fresh;
  fresh.in_file = work.counts.in_file;
  fresh.skipped = work.left_out;
  work.counts = fresh;
}

// What the policy of conflicts came to.
struct Kept {
  std::uint64_t rows = 0;
  bool took_unknown = false;
};

// Rows: a pg::Batch that is fetched.
template <class Rows>
Kept compare_rows(Operation& operation, Work& work, Secrets& secrets, Pass pass, Rows& joined) {
  work.plan = make_plan(work);
  secrets.watch(joined, lead_columns + work.satellite_titles.size());
  Comparer comparer(operation, work, joined, secrets, pass);
  for (std::size_t rows = joined.fetch(); rows != 0; rows = joined.fetch()) {
    comparer.compare(rows);
  }
  joined.close();
  return {comparer.kept(), comparer.took_unknown()};
}

// The row to come, then the stored one.
void add_value_columns(const Work& work, std::vector<pg::StoreColumn>& columns) {
  for (const char* prefix : {"n", "o"}) {
    for (std::size_t i = 0; i < work.fields.size(); ++i) {
      columns.push_back(work.store_column(i, prefix + at(i)));
    }
  }
}

pg::MergedRows::Join merge(const Work& work) {
  return needs_absent_rows(work) ? pg::MergedRows::Join::full : pg::MergedRows::Join::left;
}

// Where a statement cannot list the staged and the stored values: it tells which row is which, and they meet here.
Kept merge_by_number(Operation& operation, Work& work, Secrets& secrets, Pass pass, std::size_t width) {
  if (!work.staged->rises("r") || work.staged->columns() != width) {
    restage(operation, work, {}, "ORDER BY s.r");
  }
  const OwnRows own(operation, work, pg::Access::read_only);
  pg::MergedRows joined(*work.staged, "r", merge(work), stored_in_row_order(own, work), work.fields.size(), own.args());
  return compare_rows(operation, work, secrets, pass, joined);
}

// All rows of the file are new ones, if the table has none, and nothing about any of them is to be decided.
bool may_come_as_staged(const Operation& operation, const Work& work) {
  bool given = work.staged_fields == work.fields.size();
  for (std::size_t field = 0; field < work.staged_fields; ++field) {
    given = given && !(work.column(field).not_null && work.staged->has_null("c" + at(field)));
  }
  return given && work.staged->rows() != 0 && !work.staged->is_split() && !work.dataset->keyless() &&
         plan_lead + 2 * work.fields.size() <= MaxTupleAttributeNumber && work.satellite_titles.empty() &&
         work.marks.empty() && work.nulled.empty() && work.rows_left_out() == 0 && !operation.errors->any();
}

void plan_as_staged(Work& work) {
  std::vector<pg::StoreColumn> columns = lead_store_columns();
  add_value_columns(work, columns);
  auto rows = std::make_unique<pg::Store>(work.next_name("plan"), *work.staged, columns);
  work.plan = std::make_unique<PlanRows>(std::move(rows), work.fields.size(), std::string(work.fields.size(), '1'));
  work.counts.inserted = work.staged->rows();
}

Kept join_and_compare(Operation& operation, Work& work, Secrets& secrets, Pass pass) {
  const std::size_t width = lead_columns + work.satellite_titles.size() + work.staged_fields;
  const auto key = merge_key(work, *work.staged, "c");
  if (key && !work.staged->has_null("c" + at(*key)) && work.staged->columns() == width) {
    const OwnRows own(operation, work, pg::Access::read_only);
    pg::MergedRows joined(*work.staged, "c" + at(*key), merge(work), stored_in_key_order(own, work, *key), *key,
                          own.args());
    if (may_come_as_staged(operation, work) && joined.lacks_query_rows()) {
      joined.close();
      plan_as_staged(work);
      return {};
    }
    return compare_rows(operation, work, secrets, pass, joined);
  }
  if (width + 1 + work.fields.size() > MaxTupleAttributeNumber) {
    return merge_by_number(operation, work, secrets, pass, width);
  }
  const OwnRows own(operation, work, pg::Access::read_only);
  pg::Cursor joined(join_sql(own, work), own.args());
  return compare_rows(operation, work, secrets, pass, joined);
}

}  // namespace

std::unique_ptr<PlanRows> make_plan(Work& work) {
  std::vector<pg::StoreColumn> columns = {{"r", INT8OID, -1, InvalidOid},
                                          {"sheet", INT4OID, -1, InvalidOid},
                                          {"line", INT8OID, -1, InvalidOid},
                                          {"action", CHAROID, -1, InvalidOid},
                                          {"mask", TEXTOID, -1, DEFAULT_COLLATION_OID}};
  add_value_columns(work, columns);
  return std::make_unique<PlanRows>(
      std::make_unique<pg::Store>(work.next_name("plan"), columns, plan_lead + work.fields.size()));
}

void plan_dataset(Operation& operation, Work& work, Pass pass, MemoryContext memory) {
  reset_counts(work);
  Secrets secrets(operation, work, memory);
  const Kept kept = join_and_compare(operation, work, secrets, pass);
  work.counts.compared = work.counts.before;
  if (!needs_absent_rows(work) && !work.is_partial()) {
    work.counts.before = count_stored_rows(operation, work, pg::Access::read_only);
  }
  if (pass == Pass::last && kept.rows != 0) {
    operation.errors->warn(std::to_string(kept.rows) + " rows of " + work.called() +
                           " were changed in the database after the export: they keep what the database holds");
  }
  if (pass == Pass::last && kept.took_unknown) {
    operation.errors->warn(work.called() + " does not say when its rows were changed: the file's values are taken");
  }
  work.plan->publish();
}

}  // namespace rehydra::importer
