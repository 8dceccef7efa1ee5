#include "importer/resolve.h"

#include <algorithm>

#include "importer/id_map.h"
#include "importer/presence.h"
#include "importer/references.h"
#include "importer/rows_below.h"
#include "importer/shown_value.h"
#include "importer/sql_rows.h"
#include "pg/store_probe.h"

namespace rehydra::importer {

namespace {

using registry::Dataset;
using registry::Reference;
using registry::Role;

std::string staged(std::size_t field) {
  return "s.c" + std::to_string(field);
}

void add_error(Operation& operation, Work& work, std::size_t field, const pg::TextRow& row, ErrorKind kind,
               std::string message, std::string hint) {
  // row: r, sheet, line, satellite line, key, value
  work.reject(std::stoll(*row[0]));
  RowError error;
  error.error = {kind,
                 std::move(message),
                 {},
                 std::move(hint),
                 work.where(field, std::stoll(*row[1]), std::stoll(*row[2]), row[3] ? std::stoll(*row[3]) : 0)};
  error.dataset = work.dataset->name;
  error.row_key = row[4].value_or("");
  error.column = work.column(field).name;
  error.value = shown_value(row[5].value_or(""));
  error.r = std::stoll(*row[0]);
  operation.errors->add_row(std::move(error));
}

// r, sheet, line, satellite line, key and value of staged rows: the lead of add_error's rows.
std::string place(const Work& work, std::size_t field) {
  const std::size_t sheet = work.fields[field].sheet;
  return "s.r, s.sheet, s.line, " + (sheet == 0 ? std::string("NULL") : "s.line" + std::to_string(sheet)) + ", " +
         work.key_text("s.c") + ", " + shown_text_of("s.c" + at(field));
}

void check_duplicates(Operation& operation, Work& work, const std::vector<std::size_t>& keys) {
  std::string list, not_null, same;
  std::vector<std::string> columns;
  for (std::size_t field : keys) {
    columns.push_back("c" + at(field));
    list += (list.empty() ? "" : ", ") + staged(field);
    not_null += " AND " + staged(field) + " IS NOT NULL";
    same += " AND " + work.same_field(field, staged(field), "d.c" + std::to_string(field));
  }
  const std::string from = work.staged->name() + " s";
  const std::string twice = "SELECT " + list + ", min(s.r) AS first, max(s.r) AS last FROM " + from + " WHERE true" +
                            not_null + " GROUP BY " + list + " HAVING count(*) > 1";
  if (pg::surely_distinct(*work.staged, columns) || pg::query_count("SELECT count(*) FROM (" + twice + ") d") == 0) {
    return;
  }
  // Where rows may be left out, none of them is taken for the right one.
  const std::string which = operation.policy.skip_errors ? "" : " AND s.r <> d.first";
  const auto rows = pg::query("SELECT " + place(work, keys[0]) + ", f.sheet, f.line FROM (" + twice + ") d JOIN " +
                              from + " ON true" + same + which + " JOIN " + work.staged->name() +
                              " f ON f.r = CASE WHEN s.r = d.first THEN d.last ELSE d.first END ORDER BY s.r");
  for (const pg::TextRow& row : rows) {
    const Location first = work.where(keys[0], std::stoll(*row[6]), std::stoll(*row[7]));
    add_error(operation, work, keys[0], row, ErrorKind::duplicate_key,
              "key " + row[4].value_or("") + " stands twice, also in " + container_name(first.container, first.sheet) +
                  ", " + place_name(first),
              "Keep one of the rows, or clear the key of a new row so that it gets its own.");
  }
}

void check_blank_keys(Operation& operation, Work& work, const std::vector<std::size_t>& keys) {
  for (std::size_t field : keys) {
    if (work.column(field).has_default || !work.staged->has_null("c" + at(field))) {
      continue;
    }
    for (const pg::TextRow& row :
         pg::query("SELECT " + place(work, field) + " FROM " + work.staged->name() + " s WHERE " + staged(field) +
                   " IS NULL AND " + comes(work, "s") + " ORDER BY s.r")) {
      add_error(operation, work, field, row, ErrorKind::null_value,
                "the key is blank, and column \"" + work.column(field).name + "\" has no default", "Enter the key.");
    }
  }
}

// By another unique column than the key, to rows that may keep another value there than the file gives them.
bool leads_to_kept(const Operation& operation, const Reference& reference, const Work* parent) {
  if (parent == nullptr || parent->plan == nullptr || !may_keep_stored(operation, *parent)) {
    return false;
  }
  const std::vector<int>& key = parent->dataset->key;
  return std::any_of(reference.parent_columns.begin(), reference.parent_columns.end(), [&](int column) {
    return column != parent->dataset->tenant_column && std::find(key.begin(), key.end(), column) == key.end();
  });
}

// No row of the parent will be there: none of the file's that comes, and none of the stored ones that stays. Shared
// rows are always there.
std::string parent_is_missing(const Operation& operation, const Work& work, const Reference& reference,
                              const Work* parent_work) {
  const Dataset& parent = operation.model->datasets[static_cast<std::size_t>(reference.parent)];
  const bool kept = leads_to_kept(operation, reference, parent_work);
  std::string in_file = "true", in_table = "true";
  bool file_has_columns = parent_work != nullptr;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string child = work.value_sql(reference.columns[i], "s.c");
    const pg::Type& child_type = work.dataset->columns[static_cast<std::size_t>(reference.columns[i])].type;
    const registry::Column& column = parent.columns[static_cast<std::size_t>(reference.parent_columns[i])];
    const std::string given =
        parent_work == nullptr ? "" : parent_work->value_sql(reference.parent_columns[i], kept ? "p.n" : "p.c");
    file_has_columns = file_has_columns && !given.empty();
    in_file += " AND " + pg::equal_sql(column.type, given, child_type, child);
    in_table += " AND " + pg::equal_sql(column.type, "q." + pg::quote_identifier(column.name), child_type, child);
  }
  const std::string not_in_file =
      file_has_columns
          ? "NOT EXISTS (SELECT FROM " + (kept ? parent_work->plan->name() : parent_work->staged->name()) +
                " p WHERE " + in_file + " AND " + (kept ? "p.action IN ('I', 'U')" : comes(*parent_work, "p")) + ")"
          : "true";
  const bool none_stays_unseen = file_has_columns && replaces_all(*parent_work);
  if (none_stays_unseen && !parent.shared_rows) {
    return not_in_file;
  }
  std::string rows = none_stays_unseen ? registry::shared_predicate(parent, "q")
                                       : registry::visible_predicate(*operation.model, parent, "q");
  if (!none_stays_unseen && parent_work != nullptr) {
    const std::string stay = kept ? stays_as_it_is(operation, *parent_work, "q") : stays(*parent_work, "q");
    rows += stay == "true"       ? ""
            : parent.shared_rows ? " AND (" + registry::shared_predicate(parent, "q") + " OR " + stay + ")"
                                 : " AND " + stay;
  }
  return not_in_file + " AND NOT EXISTS (SELECT FROM " + parent.rows() + " q WHERE " + rows + " AND " + in_table + ")";
}

// The fields of a reference that the file gives; empty where it gives none or not all.
std::vector<std::size_t> reference_fields(const Work& work, const Reference& reference) {
  std::vector<std::size_t> fields;
  for (int column : reference.columns) {
    const int field = work.field_of(column);
    if (field < 0 && column != work.dataset->tenant_column) {
      return {};
    }
    if (field >= 0 && static_cast<std::size_t>(field) < work.staged_fields) {
      fields.push_back(static_cast<std::size_t>(field));
    }
  }
  return fields;
}

std::string all_given(const std::vector<std::size_t>& fields) {
  std::string condition = "true";
  for (std::size_t field : fields) {
    condition += " AND " + staged(field) + " IS NOT NULL";
  }
  return condition;
}

// Every reference leads to a row of the file, and all of those come: nothing is to be asked.
bool surely_leads(Operation& operation, const Work& work, const Reference& reference) {
  const Work* parent = operation.work_of(reference.parent);
  if (parent == nullptr || parent->gone != nullptr || leads_to_kept(operation, reference, parent)) {
    return false;
  }
  std::string child_column, parent_column;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const std::string child = work.value_sql(reference.columns[i], "c");
    const std::string above = parent->value_sql(reference.parent_columns[i], "c");
    if (child == tenant_sql && above == tenant_sql) {
      continue;
    }
    if (!child_column.empty() || child.empty() || above.empty() || child == tenant_sql || above == tenant_sql) {
      return false;
    }
    child_column = child;
    parent_column = above;
  }
  return !child_column.empty() && pg::surely_contained(*work.staged, child_column, *parent->staged, parent_column);
}

std::vector<std::int64_t> rows_marked(const Work& work, Mark mark) {
  std::vector<std::int64_t> rows;
  for (std::size_t r = 0; r < work.marks.size(); ++r) {
    if (work.marks[r] == mark) {
      rows.push_back(static_cast<std::int64_t>(r));
    }
  }
  return rows;
}

// SQL: the row is stored already, and an insert leaves it as it is, wherever it refers to.
std::string is_left_alone(const Operation& operation, const Work& work) {
  return work.mode != Mode::insert || work.dataset->keyless()
             ? "false"
             : "(EXISTS (SELECT FROM " + work.dataset->rows() + " t WHERE " +
                   registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
                   work.key_join("s.c", "t") + ")" + " AND NOT " + is_among("s.r", rows_marked(work, Mark::update)) +
                   ")";
}

struct Broken {
  const Reference& reference;
  std::vector<std::size_t> fields;
  OnMissing choice;
};

// What the row's references that lead nowhere come to: the rows (r) that it is about, those of `which`.
std::vector<std::int64_t> note_broken(Operation& operation, Work& work, const Broken& broken,
                                      const std::string& which) {
  const Dataset& parent = operation.model->datasets[static_cast<std::size_t>(broken.reference.parent)];
  const std::string called = parent.sheets.empty() ? parent.name : parent.title();
  const std::size_t field = broken.fields[0];
  std::vector<std::int64_t> rows;
  pg::for_each_row("SELECT " + place(work, field) + ", " + is_left_alone(operation, work) + " FROM " +
                       work.staged->name() + " s WHERE " + which + " ORDER BY s.r",
                   operation.tenant.args(), [&](const pg::TextRow& row) {
                     const std::int64_t r = std::stoll(*row[0]);
                     if (work.is_nulled(field, r) || *row[6] == "t") {
                       return;
                     }
                     rows.push_back(r);
                     if (broken.choice == OnMissing::reject && work.missing_said.emplace(field, r).second) {
                       add_error(operation, work, field, row, ErrorKind::missing_reference,
                                 "no row of \"" + called + "\" has the key " + row[5].value_or(""),
                                 "Add that row, or correct the reference.");
                     }
                   });
  return rows;
}

// Counted, and said once a data set.
void settle(Operation& operation, Work& work, const Broken& broken) {
  if (surely_leads(operation, work, broken.reference)) {
    return;
  }
  const Dataset& parent = operation.model->datasets[static_cast<std::size_t>(broken.reference.parent)];
  std::vector<std::int64_t> rows =
      note_broken(operation, work, broken,
                  all_given(broken.fields) + " AND " + comes(work, "s") + " AND " +
                      parent_is_missing(operation, work, broken.reference, operation.work_of(broken.reference.parent)));
  if (!rows.empty() && leaves_out(operation, broken.choice)) {
    const std::vector<std::int64_t> below = rows_below(operation, work, broken.reference, rows);
    if (!below.empty()) {
      const std::vector<std::int64_t> more = note_broken(operation, work, broken, is_among("s.r", below));
      rows.insert(rows.end(), more.begin(), more.end());
      std::sort(rows.begin(), rows.end());
    }
  }
  if (!rows.empty()) {
    carry_out(operation, work, {broken.fields[0], parent.name, broken.choice}, rows);
  }
}

void check_reference(Operation& operation, Work& work, const Reference& reference) {
  const std::vector<std::size_t> fields = reference_fields(work, reference);
  if (fields.empty()) {
    return;
  }
  if (attaches(operation, work, reference, fields)) {
    attach_orphans(operation, work, reference, fields[0],
                   all_given(fields) + " AND " + comes(work, "s") + " AND NOT " + is_left_alone(operation, work) +
                       " AND " + parent_is_missing(operation, work, reference, operation.work_of(reference.parent)));
  }
  settle(operation, work, {reference, fields, choice_for(operation, work, reference, fields)});
}

// Of the data sets from `first` on. True where there was anything to follow.
bool follow_ids_from(const Operation& operation, Work& work, const Work* first) {
  std::vector<const Work*> parents;
  for (const Work* parent = first; parent != operation.works.data() + operation.works.size(); ++parent) {
    parents.push_back(parent);
  }
  const IdLinks links = follow_new_keys(work, parents, "s.c");
  if (!links.values.empty()) {
    restage(operation, work, links.values, links.joins);
  }
  return !links.values.empty();
}

// A row that reaches no tenant would belong to nobody.
void check_tenant_path(Operation& operation, Work& work) {
  if (work.dataset->tenant_reference < 0) {
    return;
  }
  const Reference& path = work.dataset->references[static_cast<std::size_t>(work.dataset->tenant_reference)];
  for (int column : path.columns) {
    const int field = work.field_of(column);
    if (field < 0) {
      continue;
    }
    const auto path_field = static_cast<std::size_t>(field);
    if (!work.staged->has_null("c" + at(path_field))) {
      continue;
    }
    for (const pg::TextRow& row :
         pg::query("SELECT " + place(work, path_field) + " FROM " + work.staged->name() + " s WHERE " +
                       staged(path_field) + " IS NULL AND NOT s.bad AND " + comes(work, "s") + " AND NOT " +
                       is_left_alone(operation, work) + " ORDER BY s.r",
                   operation.tenant.args())) {
      if (work.missing_said.emplace(path_field, std::stoll(*row[0])).second) {
        add_error(operation, work, path_field, row, ErrorKind::null_value,
                  "the row would belong to no customer: the cell that leads there is blank",
                  "Enter the key of its parent.");
      }
    }
  }
}

}  // namespace

void check_keys(Operation& operation, Work& work) {
  const std::vector<std::size_t> keys = work.key_fields();
  if (work.dataset->role == Role::own && work.staged->rows() > 1 && keys.empty()) {
    throw Failure(ErrorKind::duplicate_key, work.called() + " has more than one row",
                  "It holds the customer's own row alone.", {work.titles.front(), 0, 0, {}});
  }
  if (keys.empty()) {
    return;
  }
  check_duplicates(operation, work, keys);
  check_blank_keys(operation, work, keys);
}

void follow_ids(const Operation& operation, Work& work) {
  follow_ids_from(operation, work, operation.works.data());
}

bool follow_later_ids(const Operation& operation, Work& work) {
  return follow_ids_from(operation, work, &work + 1);
}

void check_references(Operation& operation, Work& work) {
  check_tenant_path(operation, work);
  for (const Reference& reference : work.dataset->references) {
    check_reference(operation, work, reference);
  }
  note_gone_rows(operation, work);
}

}  // namespace rehydra::importer
