// Job: the parts that say what a workbook consists of, with what was added to it: content types, relations, the list of
// sheets. Callers: codec/marks/marked_workbook.cpp. Promise: each takes a whole part as text and returns it anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"

namespace rehydra::codec {

enum class Dialect : std::uint8_t { transitional, strict };
// The kind of a relation as its type spells it: "worksheet", "comments".
std::string relation_type(Dialect dialect, std::string_view kind);
std::string_view relations_namespace(Dialect dialect);

struct NewPart {
  std::string name;  // without leading slash
  std::string type;
};
// removed: a part's name, empty for none.
std::string add_content_types(std::string_view part, const std::vector<NewPart>& parts, std::string_view removed,
                              const Limits& limits);

struct PartRelation {
  std::string id, kind, target;
  bool external = false;
};
// Also those that lead outside, which are left as they are.
std::vector<PartRelation> read_relations(std::string_view part, const Limits& limits);
// An id that none of them has.
std::string free_id(const std::vector<PartRelation>& relations, std::string_view wish);
// part: may be empty where there is none yet. kept targets; new ones as they are given; removed: an id, empty for none.
std::string add_relations(std::string_view part, const std::vector<PartRelation>& added, std::string_view removed,
                          Dialect dialect, const Limits& limits);

struct SheetList {
  Dialect dialect = Dialect::transitional;
  std::vector<std::string> relation_ids;  // of the sheets, as the tabs stand
  std::uint32_t highest_id = 0;
};
SheetList read_sheet_list(std::string_view part, const Limits& limits);

struct NewSheet {
  std::string title, relation_id;
  std::optional<std::size_t> replaces;  // a sheet's index
};
// The sheet comes first and is the one that is shown.
std::string add_first_sheet(std::string_view part, const SheetList& list, const NewSheet& sheet, const Limits& limits);

}  // namespace rehydra::codec
