#include "importer/stage_snapshot.h"

#include <algorithm>

#include "importer/drift.h"
#include "importer/row_batch.h"
#include "importer/stage_workbook.h"

namespace rehydra::importer {

namespace {

// By kept column: its position among slots, -1 for none.
std::vector<int> make_fields(Operation& operation, Work& work, const ledger::SnapshotDataset& kept,
                             const std::string& taken_at, std::vector<Slot>& slots) {
  std::vector<int> position;
  for (const ledger::SnapshotColumn& column : kept.columns) {
    const int index = work.dataset->column_named(column.name, taken_at);
    if (index < 0 || index == work.dataset->tenant_column ||
        work.dataset->columns[static_cast<std::size_t>(index)].generated) {
      if (index < 0) {
        operation.errors->warn("table " + work.dataset->qualified() + " has no column \"" + column.name +
                               "\" any more: left out");
      }
      position.push_back(-1);
      continue;
    }
    const auto written = note_changed_type(*operation.errors, work.dataset->title(), column.name, column.type,
                                           work.dataset->columns[static_cast<std::size_t>(index)].type);
    const bool is_key = std::find(work.dataset->key.begin(), work.dataset->key.end(), index) != work.dataset->key.end();
    position.push_back(static_cast<int>(slots.size()));
    slots.push_back({work.fields.size(), 0, column.name, written});
    work.fields.push_back({index, 0, 0, column.name, is_key, false});
  }
  work.staged_fields = work.fields.size();
  return position;
}

}  // namespace

void stage_snapshot(Operation& operation, Work& work, ledger::SnapshotReader& reader, std::size_t index,
                    MemoryContext memory) {
  std::vector<Slot> slots;
  const std::vector<int> position =
      make_fields(operation, work, reader.head().datasets[index], reader.head().taken_at, slots);
  work.titles = {work.dataset->title()};
  work.staged = std::make_unique<pg::Store>(work.next_name("staged"), staged_columns(work, 0));
  RowBatch batch(operation, work, slots, work.titles, *work.staged, memory);
  pg::SettingsScope settings;
  pg::set_canonical_output(settings);
  reader.open(index);
  std::int64_t line = 0;
  for (std::size_t rows = reader.fetch(); rows != 0; rows = reader.fetch()) {
    for (std::size_t row = 0; row < rows; ++row) {
      batch.begin(0, ++line);
      for (std::size_t column = 0; column < position.size(); ++column) {
        if (position[column] >= 0 && !reader.is_null(row, column)) {
          const auto slot = static_cast<std::size_t>(position[column]);
          const pg::Type& type = work.column(slots[slot].field).type;
          // A domain may have been made anew under its name.
          const bool may_lose = slots[slot].written || type.domain;
          batch.put(slot, canonical_value(reader.text(row, column), may_lose, type, batch.arena()), nullptr);
        }
      }
      batch.end();
    }
  }
  batch.flush();
  settings.end();
  work.counts.in_file = static_cast<std::uint64_t>(batch.rows());
}

}  // namespace rehydra::importer
