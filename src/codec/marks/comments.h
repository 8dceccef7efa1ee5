// Job: a sheet's comments part and the drawing of its comments, with those of the marks.
// Callers: codec/marks/marked_workbook.cpp.
// Promise: comments of people stay, a mark's text is put behind theirs; those of marks made before are replaced.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "codec/marks/cell_marks.h"
#include "core/limits.h"

namespace rehydra::codec {

struct MarkedComments {
  std::string part;
  std::set<CellPlace> drawn;    // marks that need a drawing of their own
  std::set<CellPlace> removed;  // comments that are no longer there, or drawn anew
};
// part: empty where the sheet has no comments yet. strict: the dialect of a new one.
MarkedComments mark_comments(std::string_view part, const CellMarks& marks, bool strict, const Limits& limits);

// drawing: the VML part, empty where there is none yet. It is edited as text, since not every program writes XML there.
std::string draw_comments(std::string_view drawing, const MarkedComments& comments);

}  // namespace rehydra::codec
