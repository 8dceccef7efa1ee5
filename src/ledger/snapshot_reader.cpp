// Job: read a snapshot back.
// Callers: the importer, when it restores and when it needs a row's secrets.
// Promise: see ledger/snapshot.h.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "ledger/snapshot.h"
#include "ledger/snapshot_block.h"
#include "pg/cursor.h"
#include "pg/memory.h"
#include "registry/bookkeeper.h"

namespace rehydra::ledger {

namespace {

using nlohmann::json;

SnapshotDataset dataset_of(const json& stored) {
  SnapshotDataset dataset;
  dataset.name = stored.at("dataset").get<std::string>();
  dataset.rows = stored.at("rows").get<std::uint64_t>();
  dataset.first_chunk = stored.at("first_chunk").get<int>();
  dataset.chunks = stored.at("chunks").get<int>();
  for (const json& column : stored.at("columns")) {
    dataset.columns.push_back({column.at("name").get<std::string>(), column.at("type").get<std::string>()});
  }
  return dataset;
}

std::vector<SnapshotDataset> scope_of(const std::string& text) {
  try {
    std::vector<SnapshotDataset> datasets;
    for (const json& stored : json::parse(text)) {
      datasets.push_back(dataset_of(stored));
    }
    return datasets;
  } catch (const json::exception&) {
    throw Failure(ErrorKind::internal, "the scope of the snapshot is damaged");
  }
}

// The stored block; its bytes live in the current memory context.
std::string_view load_block(const std::string& snapshot_id, int chunk) {
  pg::Cursor cursor("SELECT data FROM rehydra.snapshot_chunk WHERE snapshot_id = $1::uuid AND chunk = $2",
                    pg::Args().text(snapshot_id).integer(chunk));
  if (cursor.fetch() != 1) {
    throw Failure(ErrorKind::internal, "a stored block of the snapshot is missing");
  }
  const bytea* stored = pg::call([&] { return static_cast<const bytea*>(PG_DETOAST_DATUM_COPY(cursor.value(0, 0))); });
  cursor.close();
  return {VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored)};
}

}  // namespace

SnapshotReader::SnapshotReader(const std::string& snapshot_id) {
  const registry::Bookkeeper bookkeeper;
  const auto rows = pg::query(
      "SELECT snapshot_id, model, customer_id,"
      " pg_catalog.to_char(taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), reason, scope,"
      " selection"
      " FROM rehydra.snapshot WHERE snapshot_id = $1::uuid",
      pg::Args().text(snapshot_id));
  if (rows.empty()) {
    throw Failure(ErrorKind::denied, "there is no snapshot " + snapshot_id + " of this customer",
                  "SELECT * FROM rehydra.snapshots;");
  }
  head_ = {
      *rows[0][0], *rows[0][1], *rows[0][2], *rows[0][3], rows[0][4], scope_of(*rows[0][5]), rows[0][6].value_or("")};
}

void SnapshotReader::open(std::size_t index) {
  dataset_ = index;
  next_chunk_ = 0;
}

std::size_t SnapshotReader::fetch() {
  const SnapshotDataset& dataset = head_.datasets[dataset_];
  values_.clear();
  if (next_chunk_ == dataset.chunks) {
    return 0;
  }
  {
    const pg::Context memory(CurrentMemoryContext, "rehydra snapshot block");
    const pg::ContextScope inside(memory.get());
    const registry::Bookkeeper bookkeeper;
    block_ = inflate_block(load_block(head_.id, dataset.first_chunk + next_chunk_));
  }
  ++next_chunk_;
  return parse_rows(block_, std::max<std::size_t>(columns(), 1), values_);
}

}  // namespace rehydra::ledger
