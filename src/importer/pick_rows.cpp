#include "importer/pick_rows.h"

#include "importer/sql_rows.h"
#include "pg/spi.h"

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

void keep_picked(Operation& operation, Work& work, const registry::Selection& selection) {
  restage(operation, work, {}, "WHERE " + selection.has(work.index, staged_rows(work)));
  work.counts.in_file = work.staged->rows();
  forget_errors(operation, work);
}

std::string condition(const Picks& picks, const Work& work, const std::string& alias) {
  std::string both;
  for (const auto* selection : {picks.by_call.get(), picks.by_file.get()}) {
    if (selection != nullptr && selection->covers(work.index)) {
      both += (both.empty() ? "" : " AND ") + selection->has(work.index, registry::stored_row(*work.dataset, alias));
    }
  }
  return both;
}

// A snapshot keeps what a restore will replace: the rows of one selection, which both find by the same words.
void describe_picks(Operation& operation, const Picks& picks) {
  const registry::Selection* selection = picks.by_call != nullptr ? picks.by_call.get() : picks.by_file.get();
  operation.selection = selection->found_json();
  operation.selected = [selection, &operation](int dataset, const std::string& alias) {
    return selection->covers(dataset)
               ? selection->has(dataset, registry::stored_row(
                                             operation.model->datasets[static_cast<std::size_t>(dataset)], alias))
               : std::string("true");
  };
}

}  // namespace

void pick_rows(Operation& operation, Picks& picks) {
  if (picks.by_call != nullptr) {
    for (Work& work : operation.works) {
      picks.by_call->take(operation.tenant, work.index, staged_rows(work));
    }
    take_the_rest(operation, *picks.by_call);
    picks.by_call->require_all_found();
    for (Work& work : operation.works) {
      keep_picked(operation, work, *picks.by_call);
    }
  }
  if (picks.by_file != nullptr) {
    picks.by_file->take_stored(operation.tenant);
    for (Work& work : operation.works) {
      if (picks.by_file->covers(work.index)) {
        picks.by_file->take_all(operation.tenant, work.index, staged_rows(work));
      }
    }
  }
  describe_picks(operation, picks);
  for (Work& work : operation.works) {
    if (!condition(picks, work, "t").empty()) {
      work.pick = [&picks, &work](const std::string& alias) { return condition(picks, work, alias); };
    }
  }
}

}  // namespace rehydra::importer
