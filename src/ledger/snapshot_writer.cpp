#include <nlohmann/json.hpp>

#include "ledger/snapshot_writer.h"
#include "pg/progress.h"
#include "pg/spi.h"
#include "registry/bookkeeper.h"

namespace rehydra::ledger {

SnapshotWriter::SnapshotWriter(const std::string& model, const std::string& customer_id,
                               const std::optional<std::string>& reason, const std::string& operation_id,
                               const std::string& selection)
    : memory_(CurrentMemoryContext, "rehydra snapshot block") {
  const registry::Bookkeeper bookkeeper;
  taken_.id = *pg::query_value(
      "INSERT INTO rehydra.snapshot (snapshot_id, model, customer_id, taken_at, reason, operation_id, scope, "
      "selection, rows, bytes)"
      " VALUES (pg_catalog.gen_random_uuid(), $1, $2, pg_catalog.clock_timestamp(), $3, $4::uuid, '[]', NULLIF($5, "
      "'')::pg_catalog.jsonb, 0, 0)"
      " RETURNING snapshot_id",
      pg::Args().text(model).text(customer_id).text_or_null(reason).text(operation_id).text(selection),
      pg::Access::read_write);
}

void SnapshotWriter::begin_dataset(const std::string& name, const std::vector<SnapshotColumn>& columns) {
  datasets_.push_back({name, columns, 0, next_chunk_, 0});
}

void SnapshotWriter::end_dataset() {
  if (!blocks_.empty()) {
    end_block();
  }
}

void SnapshotWriter::end_block() {
  blocks_.end();
  block_datasets_.push_back(datasets_.size() - 1);
  ++next_chunk_;
  store_blocks();
}

void SnapshotWriter::store_blocks() {
  while (const auto block = blocks_.take()) {
    store(*block);
  }
}

void SnapshotWriter::store(const BlockPipeline::Block& block) {
  SnapshotDataset& stored = datasets_[block_datasets_.front()];
  block_datasets_.pop_front();
  const pg::ContextScope scope(memory_.get());
  const registry::Bookkeeper bookkeeper;
  pg::execute(
      "INSERT INTO rehydra.snapshot_chunk (snapshot_id, chunk, dataset, rows, data) VALUES ($1::uuid, $2, $3, $4, $5)",
      pg::Args()
          .text(taken_.id)
          .integer(next_stored_)
          .text(stored.name)
          .integer(static_cast<std::int64_t>(block.rows))
          .bytes(block.bytes));
  memory_.reset();
  ++next_stored_;
  ++stored.chunks;
  stored.rows += block.rows;
  taken_.rows += block.rows;
  taken_.bytes += block.bytes.size();
  pg::progress::bytes(taken_.bytes);
}

std::string SnapshotWriter::scope() const {
  nlohmann::json scope = nlohmann::json::array();
  for (const SnapshotDataset& stored : datasets_) {
    nlohmann::json columns = nlohmann::json::array();
    for (const SnapshotColumn& column : stored.columns) {
      columns.push_back({{"name", column.name}, {"type", column.type}});
    }
    scope.push_back({{"dataset", stored.name},
                     {"rows", stored.rows},
                     {"first_chunk", stored.first_chunk},
                     {"chunks", stored.chunks},
                     {"columns", std::move(columns)}});
  }
  return scope.dump();
}

void extend_selection(const std::string& snapshot_id, const std::string& json) {
  const registry::Bookkeeper bookkeeper;
  pg::execute(
      "UPDATE rehydra.snapshot SET selection = (SELECT pg_catalog.jsonb_object_agg(k, COALESCE(selection -> k, '[]') "
      "|| "
      "COALESCE($2::pg_catalog.jsonb -> k, '[]')) FROM (SELECT pg_catalog.jsonb_object_keys(selection) UNION SELECT "
      "pg_catalog.jsonb_object_keys($2::pg_catalog.jsonb)) names (k)) WHERE snapshot_id = $1::uuid",
      pg::Args().text(snapshot_id).text(json));
}

TakenSnapshot SnapshotWriter::finish() {
  blocks_.finish();
  store_blocks();
  const registry::Bookkeeper bookkeeper;
  pg::execute("UPDATE rehydra.snapshot SET scope = $2::jsonb, rows = $3, bytes = $4 WHERE snapshot_id = $1::uuid",
              pg::Args()
                  .text(taken_.id)
                  .text(scope())
                  .integer(static_cast<std::int64_t>(taken_.rows))
                  .integer(static_cast<std::int64_t>(taken_.bytes)));
  return taken_;
}

}  // namespace rehydra::ledger
