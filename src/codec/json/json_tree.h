// Job: a small JSON document as the JSON library's tree, for parts that are held in memory (the manifest).
// Callers: codec/manifest.cpp.
// Promise: freeing it allocates nothing. The library's own way of freeing lists the branches first, in a destructor,
// where failing memory ends the process. Bounds are checked while the tree grows.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace rehydra::codec {

// Whatever takes a branch's place, or removes it, has to empty it first.
void empty(nlohmann::json& branch) noexcept;

struct JsonTree {
  JsonTree() = default;
  JsonTree(JsonTree&&) = default;
  JsonTree& operator=(JsonTree&&) = delete;
  ~JsonTree() { empty(root); }

  nlohmann::json root;
};

enum class TreeFault : unsigned char { none, bad_json, too_large };

// depth: of brackets around a value; values: and names, and ends of brackets.
TreeFault parse_tree(std::string_view bytes, std::size_t depth, std::size_t values, JsonTree& tree);

}  // namespace rehydra::codec
