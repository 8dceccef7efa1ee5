// Job: the styles of a workbook with those that marks and the list of errors need.
// Callers: codec/marks/marked_workbook.cpp.
// Promise: what was there keeps its number; a marked cell's style is its own but for the fill.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits.h"

namespace rehydra::codec {

class Styles {
 public:
  // The whole part as text, empty where the workbook has none.
  Styles(std::string part, const Limits& limits);

  // The number of a style like that one, with the fill of a mark; and of one like it, without such a fill.
  std::uint32_t marked(std::uint32_t style) { return derived(style, true); }
  std::uint32_t cleared(std::uint32_t style) { return derived(style, false); }
  // Those of the list.
  std::uint32_t header() const noexcept { return first_; }
  std::uint32_t text() const noexcept { return first_ + 1; }
  std::uint32_t link() const noexcept { return first_ + 2; }

  std::string part() const;

 private:
  void read();
  std::uint32_t derived(std::uint32_t style, bool is_marked);
  bool has_mark(std::uint32_t style) const;
  std::string added(std::string_view section, const std::string& prefix) const;

  std::string part_;
  const Limits& limits_;
  std::uint32_t fonts_ = 0, fills_ = 0, first_ = 0;
  bool lacks_fonts_ = false, lacks_fills_ = false, lacks_formats_ = false;  // then the defaults come first
  std::vector<std::string> formats_;                                        // the xf elements
  std::vector<bool> mark_fills_;                                            // by fill: it is that of marks made before
  struct Derived {
    std::uint32_t style;
    bool is_marked;
    auto operator<=>(const Derived&) const = default;
  };
  std::map<Derived, std::uint32_t> numbers_;  // among the derived ones
  std::vector<Derived> order_;
};

}  // namespace rehydra::codec
