// Job: the cells of one sheet that are marked, in the order of the sheet, and what is said at each.
// Callers: codec/marks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace rehydra::codec {

// Row and column, from 1.
using CellPlace = std::pair<std::uint32_t, std::uint32_t>;
// By row, by column, both from 1: the comment.
using RowMarks = std::map<std::uint32_t, std::string>;
using CellMarks = std::map<std::uint32_t, RowMarks>;

}  // namespace rehydra::codec
