#include "core/error.h"

#include "core/column_name.h"

namespace rehydra {

std::string cell_name(std::uint32_t row, std::uint32_t column) {
  if (row == 0 || column == 0) {
    return {};
  }
  return column_name(column) + std::to_string(row);
}

std::string container_name(Container container, const std::string& title) {
  constexpr const char* words[] = {"sheet", "file", "data set"};
  return std::string(words[static_cast<std::size_t>(container)]) + " \"" + title + "\"";
}

std::string place_name(const Location& where) {
  if (where.container == Container::sheet && where.row != 0 && where.column != 0) {
    return "cell " + cell_name(where.row, where.column);
  }
  return where.row != 0 ? "row " + std::to_string(where.row) : "";
}

}  // namespace rehydra
