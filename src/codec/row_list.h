// Job: what a format without sheets (json, csv) has to know of a data set: one list of rows with named columns.
// Callers: the exporter describes it, the writers of these formats write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/column_class.h"

namespace rehydra::codec {

struct RowListColumn {
  std::string header;
  ColumnType type;
};

struct RowList {
  std::string name;  // as the file calls it: "accounts", "accounts.csv"
  std::vector<RowListColumn> columns;
  std::optional<std::uint64_t> rows;  // that will come, exactly; none: however many there are
};

}  // namespace rehydra::codec
