#include "importer/pick_rows.h"

#include "importer/match.h"
#include "importer/presence.h"
#include "importer/sql_rows.h"
#include "pg/spi.h"
#include "pg/store_rows.h"

namespace rehydra::importer {

namespace {

using registry::RowsOf;

RowsOf staged_rows(const Work& work) {
  return {work.staged->name() + " s WHERE true", [&work](int column) { return work.value_sql(column, "s.c"); }, "s.r"};
}

void take_the_rest(Operation& operation, registry::Selection& selection) {
  for (bool grew = selection.circular(); grew;) {
    grew = false;
    for (Work& work : operation.works) {
      grew = selection.take_below(operation.tenant, work.index, staged_rows(work)) || grew;
    }
  }
}

// Rows of the file that are selected stored rows by another name: their key is nobody's, and their match keys are.
void take_partners(Operation& operation, const Work& work, registry::Selection& selection) {
  if (!work.matching.by_key || work.key_fields().empty()) {
    return;
  }
  const std::string stored = "(SELECT FROM " + stored_rows(operation, work) + " WHERE ";
  const RowsOf row = {{}, [&work](int column) { return work.value_sql(column, "d.o"); }};
  const std::string selected = selection.has(work.index, row);
  for (const std::vector<int>& match_key : work.matching.match_keys) {
    const std::string same = same_values(work, match_key, "s.c");
    if (same.empty()) {
      continue;
    }
    RowsOf rows = staged_rows(work);
    rows.from += " AND EXISTS " + stored + selected + " AND " + same + ") AND NOT EXISTS " + stored +
                 work.same_key("s.c", "d.o") + ") AND NOT " + selection.has(work.index, rows);
    selection.take_all(operation.tenant, work.index, rows);
  }
}

void forget_errors(Operation& operation, const Work& work) {
  if (!operation.errors->any()) {
    return;
  }
  std::vector<bool> here;
  pg::for_each_row("SELECT r FROM " + work.staged->name() + " s", {}, [&](const pg::TextRow& row) {
    const auto r = static_cast<std::size_t>(std::stoll(*row[0]));
    here.resize(std::max(here.size(), r + 1), false);
    here[r] = true;
  });
  operation.errors->forget(work.dataset->name, here);
}

// A row whose key, or what it hangs on, could not be read may be one of the part: it stays, and what is wrong with it.
std::string may_be_picked(const Work& work, const registry::Selection& selection) {
  std::vector<std::size_t> telling = work.key_fields();
  for (const registry::Reference& reference : work.dataset->references) {
    for (int column : selection.covers(reference.parent) ? reference.columns : std::vector<int>()) {
      if (const int field = work.field_of(column); field >= 0) {
        telling.push_back(static_cast<std::size_t>(field));
      }
    }
  }
  return unread(telling);
}

void keep_picked(Operation& operation, Work& work, const registry::Selection& selection) {
  restage(operation, work, {},
          "WHERE " + selection.has(work.index, staged_rows(work)) + " OR " + may_be_picked(work, selection));
  work.counts.in_file = work.staged->rows();
  forget_errors(operation, work);
}

// Stored row `alias` is the one of a row of the file that is left: those have its key, or have got it by matching.
std::string is_in_file(const Work& work, const std::string& alias) {
  return work.dataset->keyless()
             ? std::string()
             : "EXISTS (SELECT FROM " + work.staged->name() + " here WHERE " + work.key_join("here.c", alias) + ")";
}

std::string is_selected(const Picks& picks, const Work& work, const std::string& alias) {
  std::string all;
  for (const auto* selection : {picks.by_call.get(), picks.by_file.get()}) {
    if (selection != nullptr) {
      all += (all.empty() ? "" : " AND ") +
             (selection->covers(work.index) ? selection->has(work.index, registry::stored_row(*work.dataset, alias))
                                            : std::string("false"));
    }
  }
  return all;
}

// The keys of what is selected and of what the file has, in one relation: an index can follow that, and no condition of
// two parts.
void note_picked_keys(const Operation& operation, Work& work, const Picks& picks) {
  std::vector<pg::StoreColumn> columns;
  std::string stored, staged;
  for (std::size_t field : work.key_fields()) {
    columns.push_back(work.store_column(field, "k" + at(field)));
    stored += (stored.empty() ? "t." : ", t.") + pg::quote_identifier(work.column(field).name);
    staged += (staged.empty() ? "s.c" : ", s.c") + at(field);
  }
  work.picked = std::make_unique<pg::Store>(work.next_name("picked"), columns);
  pg::append_rows(*work.picked,
                  "SELECT " + stored + " FROM " + work.dataset->rows() + " t WHERE " +
                      registry::tenant_predicate(*operation.model, *work.dataset, "t") + " AND " +
                      is_selected(picks, work, "t"),
                  operation.tenant.args());
  pg::append_rows(*work.picked, "SELECT " + staged + " FROM " + work.staged->name() + " s", {});
  work.picked->publish();
}

std::string condition(const Picks& picks, const Work& work, const std::string& alias) {
  return work.picked == nullptr
             ? is_selected(picks, work, alias)
             : "EXISTS (SELECT FROM " + work.picked->name() + " k WHERE " + work.key_join("k.k", alias) + ")";
}

// A snapshot keeps what a restore will replace: the rows of one selection, which both find by the same stored keys, and
// those that the file changes beside.
void describe_picks(Operation& operation, const Picks& picks) {
  const registry::Selection* selection = picks.by_call != nullptr ? picks.by_call.get() : picks.by_file.get();
  operation.selection = selection->found_json();
  operation.named = selection->named_datasets();
  const bool alone = picks.by_call == nullptr || picks.by_file == nullptr;
  operation.selected = [selection, alone, &operation](int dataset, const std::string& alias) {
    const Work& work = *operation.work_of(dataset);
    if (alone) {
      return work.pick(alias);
    }
    const std::string in_file = is_in_file(work, alias);
    return "(" +
           (selection->covers(dataset) ? selection->has(dataset, registry::stored_row(*work.dataset, alias))
                                       : std::string("false")) +
           (in_file.empty() ? "" : " OR " + in_file) + ")";
  };
}

}  // namespace

void note_picked_rows(Operation& operation, Work& work, const Picks& picks) {
  if (picks.any() && !work.key_fields().empty()) {
    note_picked_keys(operation, work, picks);
  }
}

void pick_matched_rows(Operation& operation, Work& work, const Picks& picks) {
  if (picks.by_call != nullptr && !work.matching.by_key) {
    keep_picked(operation, work, *picks.by_call);
  }
}

void pick_rows(Operation& operation, Picks& picks) {
  if (picks.by_call != nullptr) {
    for (Work& work : operation.works) {
      picks.by_call->take(operation.tenant, work.index, staged_rows(work));
      take_partners(operation, work, *picks.by_call);
    }
    take_the_rest(operation, *picks.by_call);
    picks.by_call->require_all_found();
    for (Work& work : operation.works) {
      if (work.matching.by_key) {
        keep_picked(operation, work, *picks.by_call);
      }
    }
  }
  if (picks.by_file != nullptr) {
    picks.by_file->take_stored(operation.tenant);
  }
  describe_picks(operation, picks);
  for (Work& work : operation.works) {
    note_picked_rows(operation, work, picks);
    work.pick = [&picks, &work](const std::string& alias) { return condition(picks, work, alias); };
  }
}

}  // namespace rehydra::importer
