// Job: pass over rows of a file that a partial import cannot be about, before any of their values is converted.
// Callers: staging, when the call picks rows. What it lets through is decided by pick_rows.cpp with the types' own
// equality; here a row only goes where its cells say for certain that no picked row is meant (integers and texts; other
// types are never certain).
// Promise: the stored keys are of the snapshot that the plan is made on.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/cell.h"
#include "importer/row_batch.h"
#include "registry/selection.h"

namespace rehydra::importer {

// What the picked rows of a data set, and those below picked ones, have in one column.
struct KnownValues {
  std::unordered_set<std::string> values;
  bool all = true;  // a value that is not in it is nobody's
};

class RowFilter {
 public:
  // What of a column's cells is certain without its type.
  enum class Told : std::uint8_t { never, integer, text };

  // Which cells of one sheet tell, by slot.
  class Sheet {
   public:
    // by_cell: positions among slots by sheet column.
    bool wants(const Row& row, const std::vector<int>& by_cell) const;
    // Notes what rows below this one will refer to.
    void note(const Row& row, const std::vector<int>& by_cell);

   private:
    friend class RowFilter;
    struct Column {
      Told told = Told::never;
      std::vector<const KnownValues*> any_of;  // one of them holding the value is enough
      KnownValues* own = nullptr;              // where the values of kept rows are noted
    };
    std::vector<Column> columns_;  // by slot
    bool keeps_all_ = false;
  };

  // As the acting role, when the selection has taken the stored rows.
  RowFilter(const registry::Model& model, const registry::Tenant& tenant, const registry::Selection& selection);

  Sheet sheet(const Work& work, const std::vector<Slot>& slots, bool satellite);

 private:
  void note_match_keys(const registry::Tenant& tenant, int dataset);

  const registry::Model& model_;
  const registry::Selection& selection_;
  std::map<std::pair<int, int>, KnownValues> known_;    // data set, column
  std::map<std::pair<int, int>, KnownValues> matched_;  // of selected stored rows
  std::vector<std::unique_ptr<KnownValues>> named_;     // what the call says of a column
};

}  // namespace rehydra::importer
