// Job: keys that a call gives as texts, as a relation of their columns' types that rows are found by.
// Callers: selection.cpp, as the acting role.
// Promise: compared by the types' own equality, all at once; a text that is no value of its type is no row's key. Where
// a type has no equality (json), by its text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pg/types.h"

namespace rehydra::registry {

struct KeyColumn {
  const pg::Type* type;
  std::string value;  // SQL of a row's
};

class WantedKeys {
 public:
  // texts: a list a key, one text a column.
  WantedKeys(const std::vector<KeyColumn>& columns, const std::vector<std::vector<std::string>>& texts);

  bool empty() const noexcept { return places_.empty(); }
  // For FROM: relation w with a number n from 1, whose key is the place(n)-th of the texts. Its $2 is json().
  const std::string& from() const noexcept { return from_; }
  std::string json() const;
  // "a row has key w".
  const std::string& same() const noexcept { return same_; }
  std::size_t place(std::uint64_t n) const { return places_.at(n - 1); }

 private:
  void keep_readable(std::size_t first, std::size_t last);
  bool all_readable(std::size_t first, std::size_t last) const;

  const std::vector<std::vector<std::string>>& texts_;  // only while it is made
  std::vector<std::vector<std::string>> kept_;
  std::vector<std::size_t> places_;
  std::string values_;  // SQL of a key's values from e.v
  std::string from_, same_;
};

}  // namespace rehydra::registry
