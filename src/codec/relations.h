// Job: the relations of one part: what it calls by an id, and where that is.
// Callers: codec/package.h.
// Promise: targets are resolved to names inside the container; external ones are refused.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "codec/package.h"

namespace rehydra::codec {

struct Relation {
  std::string id;
  std::string kind;    // the last piece of its type: "worksheet"
  std::string target;  // a part's name without leading slash
};

// The part that holds the relations of a part, "xl/_rels/workbook.xml.rels".
std::string relations_part(std::string_view of);
// The part that a target of a part's relations means; Failure(hostile_file) where it climbs out of the container.
std::string target_part(std::string_view of, std::string_view target);

class Relations {
 public:
  // of: the part that they belong to, empty for the whole container.
  Relations(const ZipDirectory& directory, const Limits& limits, const OpenHeldPart& open, std::string_view of);

  const Relation* by_id(std::string_view id) const;
  const Relation* by_kind(std::string_view kind) const;  // the first

 private:
  std::vector<Relation> relations_;
  std::unordered_map<std::string, std::size_t> by_id_;
};

}  // namespace rehydra::codec
