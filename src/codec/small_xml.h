// Job: the elements of a small part (content types, relations, workbook) through libxml2.
// Callers: codec/package.h.
// Promise: no DTD, no entities, no network, no tree in memory, nothing printed, no setting of the process touched.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/inflate.h"

namespace rehydra::codec {

struct SmallElement {
  struct Attribute {
    std::string uri;  // empty without prefix
    std::string name;
    std::string value;
  };
  std::string uri;
  std::string name;
  std::string parent;  // local name, empty for the root
  std::vector<Attribute> attributes;

  // Empty where it is missing.
  std::string_view attribute(std::string_view name) const noexcept;
};

// Calls back at each element's start. part is for messages.
void read_small_part(ByteSource& bytes, std::string_view part, const Limits& limits,
                     const std::function<void(const SmallElement&)>& on_element);

}  // namespace rehydra::codec
