// Job: one data set on its way in: what the source gives of it, its staged rows, its plan and its counts.
// Shapes: staged(r, sheet, line, bad, line1.., c0..) holds a row a source row: r numbers them, sheet is an index into
// titles, line the row on that sheet, lineN the row on satellite N (NULL: the satellite has none), cI the value of
// fields[I]. plan(r, sheet, line, action, mask, n0.., o0..) holds a row a change: action I, U or D, mask the fields
// that are written (a byte each, '1' or '0'), nI the value to come, oI the stored image. Unchanged rows are counted,
// not listed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "importer/constraints.h"
#include "importer/errors.h"
#include "importer/plan_rows.h"
#include "importer/policy.h"
#include "pg/store.h"
#include "registry/legacy.h"
#include "registry/model.h"
#include "registry/tenancy.h"

namespace rehydra::importer {

class RowFilter;

// The number of a field in the names of staged and planned columns: "c" + at(3).
inline std::string at(std::size_t number) {
  return std::to_string(number);
}

// The acting tenant in statements: their first parameter.
inline const std::string tenant_sql = "$1";

// replace: the tenant ends up as the file says. merge: update and insert. insert: only what is missing.
enum class Mode : std::uint8_t { replace, merge, insert };

// What is to be done with one row of the file, whatever the mode: by hand (column "_op") or by a policy.
enum class Mark : char { none = 0, insert = 'I', update = 'U', remove = 'D', skip = 'S' };

// How rows of the file find theirs in the database.
struct Matching {
  bool by_key = true;                        // the primary key, before all others
  std::vector<std::vector<int>> match_keys;  // in turn; into Dataset::columns
  bool named = false;                        // by the call: the keys must tell rows apart
};

// A column that the source gives.
struct Field {
  int column = -1;                 // into Dataset::columns
  std::size_t sheet = 0;           // which of the data set's sheets gives it: 0 main, N satellite
  std::uint32_t sheet_column = 0;  // from 1; 0: the source has no cells
  std::string header;
  bool is_key = false;
  bool secret_from_snapshot = false;                   // not in the file: only rows that are put back get it
  registry::ReadAs read_as = registry::ReadAs::value;  // how a workbook without a manifest wrote it
};

// When PostgreSQL checks what a statement wrote: as the statement ends, or when all data sets are written.
enum class Checks : bool { at_once, held };

// When a reference is written: with its row; with it only where all new rows of its own table, which it leads to, come
// in one statement, and else last; when all rows of all data sets are there.
enum class Linked : std::uint8_t { with_row, with_own_rows, last };

// Of a part (Work::pick) they are the part's: before and after are rows that it has, or that the file has of it.
struct Counts {
  std::uint64_t before = 0, in_file = 0, inserted = 0, updated = 0, unchanged = 0, skipped = 0, rejected = 0;
  std::uint64_t marked_deleted = 0, deleted = 0, blocked = 0;
  std::uint64_t compared = 0;  // rows of the table that the import may delete: all, or the selected ones
  std::uint64_t after() const noexcept { return before + inserted - deleted; }
  std::optional<std::uint64_t> after_counted{};  // once applied; triggers may have added or taken rows
  bool changes() const noexcept { return inserted + updated + deleted != 0; }
};

struct Work {
  const registry::Dataset* dataset = nullptr;
  int index = -1;  // into Model::datasets
  std::vector<Field> fields;
  Container container = Container::sheet;     // what the source calls a sheet
  std::vector<std::string> titles;            // the main sheet and its continuations
  std::vector<std::string> satellite_titles;  // [N - 1]
  std::unique_ptr<pg::Store> staged;
  std::size_t staged_fields = 0;  // fields behind these are in the plan alone (secrets)
  std::unique_ptr<PlanRows> plan;
  std::unique_ptr<pg::Store> id_map;  // r, old0.., new0..: key fields that rows of the file got instead of their own
  std::vector<std::pair<std::string, std::string>> ids_changed;
  Mode mode = Mode::replace;
  Matching matching;
  std::vector<bool> bad;                                // [r] rejected after staging
  std::vector<Mark> marks;                              // [r] shorter where the last ones have none
  std::unique_ptr<pg::Store> gone;                      // r, removed: rows of the file that do not come (presence.h)
  std::function<std::string(const std::string&)> pick;  // SQL: row `alias` of the table is selected; empty: all are
  std::unique_ptr<pg::Store> provisional;               // r: new rows whose key is only a number nobody else has yet
  std::unique_ptr<pg::Store> picked;                    // k<key field>: what a part is about (pick_rows.h)
  bool keeps_absent = false;                            // a row could not be read: what the file lacks is not known
  std::set<std::pair<std::size_t, std::int64_t>> missing_said;  // field, r: references that lead nowhere, reported
  std::map<std::size_t, std::vector<bool>> nulled;  // [field][r] references to rows that are gone, imported as NULL
  std::set<std::pair<std::size_t, std::int64_t>> attached;  // field, r: references that were given another row
  std::size_t references_settled = 0;                       // of both kinds
  std::vector<Linked> linked;                               // [field]
  bool own_rows_linked = false;            // new rows were inserted with their references to each other
  Checks write_checks = Checks::at_once;   // held: its rows cannot be without rows that come later
  Checks delete_checks = Checks::at_once;  // held: rows that are deleted later cannot be without its rows
  bool renumbered = false;                 // rows got other keys while they were inserted
  mutable std::optional<std::vector<UniqueRule>> unique;  // of the table, once they were asked for
  Counts counts;
  std::uint64_t left_out = 0;  // rows of the file that are not this customer's: skipped
  int generation = 0;          // stores get a new name each time they are made again

  const registry::Column& column(std::size_t field) const {
    return dataset->columns[static_cast<std::size_t>(fields[field].column)];
  }
  // A store's column for values of a field.
  pg::StoreColumn store_column(std::size_t field, std::string name) const {
    const pg::Type& type = column(field).type;
    return {std::move(name), type.oid, type.typmod, type.collation};
  }
  std::string called() const { return container_name(container, titles.front()); }
  // The field that gives a table column; -1 where the source does not.
  int field_of(int column) const;
  // SQL for a table column of staged or plan rows: prefix "s.c", "p.n", "p.o"; the tenant column is $1. Empty where the
  // source has neither.
  std::string value_sql(int column, const std::string& prefix) const;
  // "a.k = b.k AND ...": the key of table rows (alias t) against the rows with that prefix; "true" for a key that is
  // the tenant alone.
  std::string key_join(const std::string& prefix, const std::string& table_alias) const;
  // "left = right" of two values of a field.
  std::string same_field(std::size_t field, const std::string& left, const std::string& right) const;
  // The key fields of two relations, "left<field> = right<field> AND ..."; "true" for a key that is the tenant alone.
  std::string same_key(const std::string& left, const std::string& right) const;
  // ", t.column AS o<field>, ...": the fields as row t of the table holds them.
  std::string stored_list() const;
  // A new name for a store of this data set.
  std::string next_name(const char* what);
  std::vector<std::size_t> key_fields() const;
  // The key of rows with that prefix as text for people: SQL.
  std::string key_text(const std::string& prefix) const;
  bool is_bad(std::int64_t r) const noexcept {
    return static_cast<std::size_t>(r) < bad.size() && bad[static_cast<std::size_t>(r)];
  }
  Linked when_linked(std::size_t field) const noexcept {
    return field < linked.size() ? linked[field] : Linked::with_row;
  }
  bool is_late_reference(std::size_t field) const noexcept { return when_linked(field) != Linked::with_row; }
  bool is_nulled(std::size_t field, std::int64_t r) const {
    const auto rows = nulled.find(field);
    return rows != nulled.end() && static_cast<std::size_t>(r) < rows->second.size() &&
           rows->second[static_cast<std::size_t>(r)];
  }
  // A column of the source that may be empty meanwhile; field: -1 for none.
  bool may_be_empty(int field) const {
    return field >= 0 && static_cast<std::size_t>(field) < staged_fields &&
           !column(static_cast<std::size_t>(field)).not_null && !fields[static_cast<std::size_t>(field)].is_key;
  }
  // constraints.h; looked up once.
  const std::vector<UniqueRule>& unique_rules() const;
  std::size_t rejected_rows() const;
  // Rejected, skipped or marked for deletion.
  std::size_t rows_left_out() const;
  // Marks a row rejected; false where it was already.
  bool reject(std::int64_t r);
  Mark mark_of(std::int64_t r) const noexcept {
    return static_cast<std::size_t>(r) < marks.size() ? marks[static_cast<std::size_t>(r)] : Mark::none;
  }
  void mark(std::int64_t r, Mark mark);
  bool is_partial() const noexcept { return static_cast<bool>(pick); }
  // Where a staged row's field stands.
  Location where(std::size_t field, std::int64_t sheet, std::int64_t line, std::int64_t satellite_line = 0) const;
};

// SQL: a plan row's mask says that the field is written.
inline std::string is_written(const std::string& mask, std::size_t field) {
  return "pg_catalog.substr(" + mask + ", " + at(field + 1) + ", 1) = '1'";
}

// SQL: the stored images of two lists of values differ ("=" has no answer for json, and calls 1.0 and 1.00 the same).
inline std::string images_differ(const std::string& left, const std::string& right) {
  return "pg_catalog.record_image_ne(ROW(" + left + "), ROW(" + right + "))";
}

// Everything an import knows; handed from step to step.
struct Operation {
  const registry::Model* model = nullptr;
  registry::Tenant tenant;
  Oid role = InvalidOid;
  Mode mode = Mode::replace;
  Policy policy;
  std::map<int, Matching> matching;  // by data set, where the call says how rows are recognised
  bool keep_missing_columns = false;
  double max_delete = 0.5;
  bool cap_deletes = true;
  // Rows that were picked, as JSON (registry/selection.h), and the condition that row `alias` of a data set's table is
  // one of them or is written by a row of the file; empty where the import is of all rows.
  std::string selection;
  std::function<std::string(int, const std::string&)> selected;
  std::vector<int> named;           // data sets that the selection names rows of
  RowFilter* row_filter = nullptr;  // where rows of the file can be passed over
  std::string file_rules;   // JSON: the rules that the file's rows are to be understood by; empty where it states none
  std::string exported_at;  // when the file was made (ISO 8601); empty where it does not say
  std::string caller_path;  // the search_path that the application's triggers expect
  std::vector<Work> works;  // parents first: the scope
  ErrorList* errors = nullptr;

  Work* work_of(int dataset_index);
  // Rows of any data set are inserted, updated or deleted.
  bool changes() const;
  // A count, over all data sets.
  std::uint64_t sum(std::uint64_t Counts::*count) const;
};

}  // namespace rehydra::importer
