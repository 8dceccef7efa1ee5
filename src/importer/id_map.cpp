// Job: see the header.
#include "importer/id_map.h"

#include <algorithm>
#include <unordered_map>

#include "importer/presence.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

const Work* parent_of(const registry::Reference& reference, const std::vector<const Work*>& parents) {
  const auto found = std::find_if(parents.begin(), parents.end(),
                                  [&](const Work* parent) { return parent->index == reference.parent; });
  return found == parents.end() || (*found)->id_map == nullptr ? nullptr : *found;
}

void follow(const Work& work, const registry::Reference& reference, const Work& parent, const std::string& alias,
            const std::string& prefix, IdLinks& links) {
  std::string condition;
  for (std::size_t i = 0; i < reference.columns.size(); ++i) {
    const int field = work.field_of(reference.columns[i]);
    const int key = parent.field_of(reference.parent_columns[i]);
    if (field < 0 || key < 0 || !parent.fields[static_cast<std::size_t>(key)].is_key) {
      continue;
    }
    const std::string value = prefix + std::to_string(field);
    condition += (condition.empty() ? "" : " AND ") +
                 pg::equal_sql(parent.column(static_cast<std::size_t>(key)).type, alias + ".old" + std::to_string(key),
                               work.column(static_cast<std::size_t>(field)).type, value);
    links.values[static_cast<std::size_t>(field)] =
        "COALESCE(" + alias + ".new" + std::to_string(key) + ", " + value + ")";
  }
  if (!condition.empty()) {
    links.joins += " LEFT JOIN " + parent.id_map->name() + " " + alias + " ON " + condition;
  }
}

}  // namespace

std::unique_ptr<pg::Store> make_id_map(Work& work) {
  std::vector<pg::StoreColumn> columns = {{"r", INT8OID, -1, InvalidOid}};
  for (const char* prefix : {"old", "new"}) {
    for (std::size_t key : work.key_fields()) {
      columns.push_back(work.store_column(key, prefix + at(key)));
    }
  }
  return std::make_unique<pg::Store>(work.next_name("ids"), columns);
}

void record_id_changes(Work& work) {
  std::unordered_map<std::string, std::size_t> earlier;
  for (std::size_t i = 0; i < work.ids_changed.size(); ++i) {
    earlier.emplace(work.ids_changed[i].second, i);
  }
  for (const pg::TextRow& row :
       pg::query("SELECT " + work.key_text("m.old") + ", " + work.key_text("m.new") + " FROM " + work.id_map->name() +
                 " m WHERE " + comes(work, "m") + " AND EXISTS (SELECT FROM " + work.staged->name() +
                 " s WHERE s.r = m.r) ORDER BY m.r")) {
    const std::string before = row[0].value_or(""), after = row[1].value_or("");
    if (const auto found = earlier.find(before); found != earlier.end()) {
      work.ids_changed[found->second].second = after;  // one more step of the same row
    } else if (!before.empty() && before != after) {   // empty: it came without an id
      work.ids_changed.emplace_back(before, after);
    }
  }
}

IdLinks follow_new_keys(const Work& work, const std::vector<const Work*>& parents, const std::string& prefix) {
  IdLinks links;
  for (std::size_t i = 0; i < work.dataset->references.size(); ++i) {
    const registry::Reference& reference = work.dataset->references[i];
    if (const Work* parent = parent_of(reference, parents)) {
      follow(work, reference, *parent, "m" + at(i), prefix, links);
    }
  }
  return links;
}

}  // namespace rehydra::importer
