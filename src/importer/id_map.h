// Job: the keys that rows of the file got instead of their own, and the references that follow them.
// Callers: matching (the stored row's key) and inserting (a key that the database gave out).
// Shape: id_map(r, old0.., new0..), a column a key field.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "importer/work.h"

namespace rehydra::importer {

std::unique_ptr<pg::Store> make_id_map(Work& work);

// Adds what id_map holds to ids_changed, rows that kept their key left out.
void record_id_changes(Work& work);

// How the references of rows follow their parents' new keys: expressions for their fields, and the joins that these
// need.
struct IdLinks {
  std::map<std::size_t, std::string> values;
  std::string joins;
};

// prefix: of the referring values, "s.c" or "p.n". Only parents that have an id_map count.
IdLinks follow_new_keys(const Work& work, const std::vector<const Work*>& parents, const std::string& prefix);

}  // namespace rehydra::importer
