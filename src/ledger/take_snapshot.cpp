// Job: read a tenant's rows into a snapshot.
// Callers: rehydra_snapshot, and the importer before it applies.
// Promise: see ledger/snapshot.h.
#include "ledger/snapshot_writer.h"
#include "pg/fault.h"
#include "pg/memory.h"
#include "pg/progress.h"
#include "registry/reading.h"

namespace rehydra::ledger {

namespace {

std::vector<const registry::Column*> kept_columns(const registry::Dataset& dataset) {
  std::vector<const registry::Column*> kept;
  for (std::size_t i = 0; i < dataset.columns.size(); ++i) {
    if (!dataset.columns[i].generated && static_cast<int>(i) != dataset.tenant_column) {
      kept.push_back(&dataset.columns[i]);
    }
  }
  return kept;
}

std::string statement(const registry::Reading& reading, const registry::Model& model, int index,
                      const SnapshotScope& kept, const std::vector<const registry::Column*>& columns) {
  const registry::Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
  std::string list, keys;
  for (const registry::Column* column : columns) {
    list += (list.empty() ? "t." : ", t.") + pg::quote_identifier(column->name);
  }
  for (const int key : dataset.key) {
    keys += (keys.empty() ? " ORDER BY t." : ", t.") +
            pg::quote_identifier(dataset.columns[static_cast<std::size_t>(key)].name);
  }
  return "SELECT " + list + " FROM " + dataset.rows() + " t WHERE " + reading.owned(model, dataset, "t") +
         (kept.picked ? " AND " + kept.picked(index, "t") : "") + keys;
}

void keep_rows(registry::TenantRows& rows, std::size_t columns, SnapshotWriter& writer) {
  for (std::size_t row = rows.first(); row < rows.last(); ++row) {
    for (std::size_t i = 0; i < columns; ++i) {
      if (rows.is_null(row, i)) {
        writer.null();
      } else {
        writer.value(rows.text(row, i));
      }
    }
    if (columns == 0) {
      writer.null();  // a row of the tenant column alone still is one
    }
    writer.end_row();
  }
}

void keep_dataset(const registry::Reading& reading, const registry::Model& model, int index, const SnapshotScope& kept,
                  SnapshotWriter& writer) {
  const registry::Dataset& dataset = model.datasets[static_cast<std::size_t>(index)];
  pg::progress::dataset(dataset.name);
  const std::vector<const registry::Column*> columns = kept_columns(dataset);
  std::vector<SnapshotColumn> described;
  std::vector<const pg::Type*> types;
  for (const registry::Column* column : columns) {
    described.push_back({column->name, column->type.name});
    types.push_back(&column->type);
  }
  registry::TenantRows rows(reading, statement(reading, model, index, kept, columns));
  rows.print_as(std::move(types));
  writer.begin_dataset(dataset.name, described);
  while (rows.next()) {
    keep_rows(rows, columns.size(), writer);
    pg::progress::rows(rows.last() - rows.first());
  }
  writer.end_dataset();
  rows.close();
}

}  // namespace

TakenSnapshot take_snapshot(const registry::Model& model, const SnapshotScope& kept, const registry::Tenant& tenant,
                            Oid role, const std::optional<std::string>& reason, const std::string& operation_id,
                            Cancel cancel) {
  const pg::Context memory(CurrentMemoryContext, "rehydra snapshot");
  registry::Reading reading{tenant, role, memory.get(), cancel};
  registry::Reading::Scope scope(reading);
  SnapshotWriter writer(model.name, tenant.id, reason, operation_id, kept.selection);
  codec::Worker::Scope worker(writer.worker());
  if (!kept.picked) {
    reading.choose_plans(model, kept.datasets);
  }
  for (const int index : kept.datasets) {
    reading.read_parents(model, model.datasets[static_cast<std::size_t>(index)]);
    keep_dataset(reading, model, index, kept, writer);
    pg::reach_fault_point("snapshot_dataset");
  }
  const TakenSnapshot taken = writer.finish();
  worker.end();
  scope.end();
  return taken;
}

}  // namespace rehydra::ledger
