// Job: see the header.
#include "importer/plan_facts.h"

#include "importer/plan.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

const pg::ColumnFacts& facts_of(const Work& work, std::size_t field) {
  return work.plan->store().facts("n" + at(field));
}

// There are rows, and all of them are inserted. False where it is not known without a look.
bool inserts_alone(const Work& work) {
  const std::string* action = work.plan->only_action();
  return action != nullptr && *action == "I";
}

}  // namespace

std::vector<InsertBatch> insert_batches(const Work& work, const std::string& which) {
  const std::string* mask = work.plan->only_mask();
  std::vector<InsertBatch> batches;
  for (std::size_t i = 0; i < work.plan->segments(); ++i) {
    const std::string rows = work.plan->segment(i);
    if (which.empty() && inserts_alone(work) && mask != nullptr) {
      batches.push_back({rows, *mask});
      continue;
    }
    for (const pg::TextRow& row :
         pg::query("SELECT DISTINCT mask FROM " + rows + " p WHERE action = 'I'" + which + " ORDER BY mask")) {
      batches.push_back({rows, *row[0]});
    }
  }
  return batches;
}

std::optional<std::int64_t> highest_inserted(const Work& work, std::size_t field) {
  if (inserts_alone(work) && facts_of(work, field).is_of_integers()) {  // else of a domain over them
    return facts_of(work, field).highest();
  }
  const auto highest =
      pg::query_value("SELECT max(n" + at(field) + ") FROM " + work.plan->name() + " p WHERE action = 'I'");
  return highest ? std::optional<std::int64_t>(std::stoll(*highest)) : std::nullopt;
}

bool plans_absent(const Work& work) {
  return !inserts_alone(work) && pg::query_count("SELECT count(*) FROM (SELECT FROM " + work.plan->name() +
                                                 " p WHERE action IN ('D', 'L') LIMIT 1) absent") != 0;
}

bool comes_in_order(const Work& work, int column) {
  constexpr std::uint64_t few = 64;  // rows of one value stand on a page or two of an index
  const int field = work.field_of(column);
  if (field < 0 || work.plan->is_split()) {
    return false;
  }
  const pg::ColumnFacts& facts = facts_of(work, static_cast<std::size_t>(field));
  return facts.never_falls() && facts.runs() * few >= work.plan->rows();
}

bool inserts_null(const Work& work, std::size_t field) {
  return facts_of(work, field).has_null() &&
         pg::query_count("SELECT count(*) FROM (SELECT FROM " + work.plan->name() + " p WHERE action = 'I' AND n" +
                         at(field) + " IS NULL LIMIT 1) blank") != 0;
}

}  // namespace rehydra::importer
