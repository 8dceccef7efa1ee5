#include "importer/rows_below.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "importer/presence.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

using Children = std::unordered_map<std::int64_t, std::vector<std::int64_t>>;

bool leads_to_own_key(const Work& work, const registry::Reference& reference) {
  std::vector<int> above = reference.parent_columns;
  std::vector<int> key = work.dataset->key;
  std::sort(above.begin(), above.end());
  std::sort(key.begin(), key.end());
  return reference.parent == work.index && !key.empty() && above == key;
}

// Rows of the file beside the rows of the file that they hang on, where these are not stored too.
Children children_of(const Operation& operation, const Work& work, const registry::Reference& reference) {
  std::string above = "true", stored = "true";
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const pg::Type& child = work.dataset->columns[static_cast<std::size_t>(reference.columns[i])].type;
    const registry::Column& key = work.dataset->columns[static_cast<std::size_t>(reference.parent_columns[i])];
    const std::string value = work.value_sql(reference.columns[i], "s.c");
    const std::string parent = work.value_sql(reference.parent_columns[i], "p.c");
    if (value.empty() || parent.empty()) {
      return {};
    }
    above += " AND " + pg::equal_sql(key.type, parent, child, value);
    stored += " AND " + pg::equal_sql(key.type, "q." + pg::quote_identifier(key.name), child, value);
  }
  Children children;
  pg::for_each_row("SELECT p.r, s.r FROM " + work.staged->name() + " s JOIN " + work.staged->name() + " p ON " + above +
                       " WHERE s.r <> p.r AND " + comes(work, "s") + " AND NOT EXISTS (SELECT FROM " +
                       work.dataset->rows() + " q WHERE " +
                       registry::visible_predicate(*operation.model, *work.dataset, "q") + " AND " + stored + ")",
                   operation.tenant.args(),
                   [&](const pg::TextRow& row) { children[std::stoll(*row[0])].push_back(std::stoll(*row[1])); });
  return children;
}

}  // namespace

bool leaves_out(const Operation& operation, OnMissing choice) {
  return choice == OnMissing::skip || choice == OnMissing::remove ||
         (choice == OnMissing::reject && operation.policy.skip_errors);
}

std::vector<std::int64_t> rows_below(const Operation& operation, const Work& work, const registry::Reference& reference,
                                     const std::vector<std::int64_t>& rows) {
  if (!leads_to_own_key(work, reference)) {
    return {};
  }
  const Children children = children_of(operation, work, reference);
  std::unordered_set<std::int64_t> seen(rows.begin(), rows.end());
  std::vector<std::int64_t> below, open = rows;
  while (!open.empty()) {
    const auto found = children.find(open.back());
    open.pop_back();
    for (const std::int64_t child : found == children.end() ? std::vector<std::int64_t>() : found->second) {
      if (seen.insert(child).second) {
        below.push_back(child);
        open.push_back(child);
      }
    }
  }
  std::sort(below.begin(), below.end());
  return below;
}

}  // namespace rehydra::importer
