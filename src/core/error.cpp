#include "core/error.h"

#include "core/column_name.h"

namespace rehydra {

std::string cell_name(std::uint32_t row, std::uint32_t column) {
  if (row == 0 || column == 0) {
    return {};
  }
  return column_name(column) + std::to_string(row);
}

}  // namespace rehydra
