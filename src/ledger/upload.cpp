#include "ledger/upload.h"

#include <algorithm>

#include "core/error.h"
#include "pg/bytes.h"
#include "pg/cursor.h"
#include "pg/memory.h"
#include "registry/bookkeeper.h"

namespace rehydra::ledger {

namespace {

constexpr std::uint64_t piece_bytes = 1U << 20;
// A piece of a byte takes a hundred: what is small must not become many.
constexpr std::int64_t most_pieces = 100'000;

using Sink = std::function<void(std::uint64_t position, std::string_view bytes)>;

// Pieces that reach into [from, to), in order.
void for_each_piece(const Upload& upload, std::uint64_t from, std::uint64_t to, const Sink& sink) {
  const registry::Bookkeeper bookkeeper;
  pg::Context memory(CurrentMemoryContext, "rehydra upload");
  pg::Cursor cursor(
      "SELECT position, data FROM rehydra.upload_piece"
      " WHERE upload_id = $1::uuid AND position < $3 AND position + pg_catalog.octet_length(data) > $2 ORDER BY "
      "position",
      pg::Args().text(upload.id).integer(static_cast<std::int64_t>(from)).integer(static_cast<std::int64_t>(to)),
      pg::Access::read_write);
  for (std::size_t rows = cursor.fetch(); rows != 0; rows = cursor.fetch()) {
    for (std::size_t row = 0; row < rows; ++row) {
      const pg::ContextScope scope(memory.get());
      sink(static_cast<std::uint64_t>(DatumGetInt64(cursor.value(row, 0))), pg::bytes_of(cursor.value(row, 1)));
      memory.reset();
    }
  }
  cursor.close();
}

// bytes belong at position; those of them that are there must be the same.
void require_same(const Upload& upload, std::uint64_t position, std::string_view bytes) {
  const std::uint64_t end = position + bytes.size();
  for_each_piece(upload, position, end, [&](std::uint64_t at, std::string_view there) {
    const std::uint64_t from = std::max(at, position);
    const std::uint64_t to = std::min(at + there.size(), end);
    if (there.substr(from - at, to - from) != bytes.substr(from - position, to - from)) {
      throw Failure(ErrorKind::bad_argument,
                    "other bytes than these are at position " + std::to_string(from) + " of the upload",
                    "Begin a new upload, or go on at position " + std::to_string(upload.bytes) + ".");
    }
  });
}

void store(const Upload& upload, std::uint64_t position, std::string_view bytes) {
  const pg::Context memory(CurrentMemoryContext, "rehydra piece");
  const pg::ContextScope scope(memory.get());
  pg::execute("INSERT INTO rehydra.upload_piece (upload_id, position, data) VALUES ($1::uuid, $2, $3)",
              pg::Args().text(upload.id).integer(static_cast<std::int64_t>(position)).bytes(bytes));
}

Upload upload_of(const pg::TextRow& row) {
  Upload upload;
  upload.id = *row[0];
  upload.model = *row[1];
  upload.customer_id = *row[2];
  upload.role = static_cast<Oid>(std::stoul(*row[3]));
  upload.bytes = std::stoull(*row[4]);
  upload.pieces = std::stoll(*row[5]);
  if (row[6]) {
    upload.large_object = static_cast<Oid>(std::stoul(*row[6]));
  }
  upload.server_file = row[7];
  return upload;
}

}  // namespace

std::string begin_upload(const Upload& upload) {
  const registry::Bookkeeper bookkeeper;
  return *pg::query_value(
      "INSERT INTO rehydra.upload (upload_id, model, customer_id, role, begun_at, last_at, bytes, pieces, "
      "large_object, server_file)"
      " VALUES (pg_catalog.gen_random_uuid(), $1, $2, $3::oid, pg_catalog.clock_timestamp(), "
      "pg_catalog.clock_timestamp(),"
      " 0, 0, $4, $5) RETURNING upload_id",
      pg::Args()
          .text(upload.model)
          .text(upload.customer_id)
          .integer(upload.role)
          .datum(OIDOID, ObjectIdGetDatum(upload.large_object.value_or(InvalidOid)), !upload.large_object)
          .text_or_null(upload.server_file),
      pg::Access::read_write);
}

std::optional<Upload> find_upload(const std::string& id, UploadLock lock) {
  const registry::Bookkeeper bookkeeper;
  const auto rows = pg::query(
      std::string(
          "SELECT upload_id, model, customer_id, role, bytes, pieces, large_object, server_file FROM rehydra.upload"
          " WHERE upload_id = $1::uuid") +
          (lock == UploadLock::write ? " FOR UPDATE" : ""),
      pg::Args().text(id), pg::Access::read_write);
  return rows.empty() ? std::nullopt : std::optional<Upload>(upload_of(rows[0]));
}

std::uint64_t add_to_upload(const Upload& upload, std::uint64_t position, std::string_view bytes) {
  if (position > upload.bytes) {
    throw Failure(ErrorKind::bad_argument,
                  "the upload has " + std::to_string(upload.bytes) + " bytes, and the piece begins at " +
                      std::to_string(position),
                  "Send the bytes from position " + std::to_string(upload.bytes) + " on first.");
  }
  if (position < upload.bytes) {
    require_same(upload, position, bytes);
  }
  const std::uint64_t known = std::min<std::uint64_t>(upload.bytes - position, bytes.size());
  const registry::Bookkeeper bookkeeper;
  std::int64_t pieces = upload.pieces;
  for (std::uint64_t at = known; at < bytes.size(); at += piece_bytes) {
    store(upload, position + at, bytes.substr(at, piece_bytes));
    ++pieces;
  }
  if (pieces > most_pieces) {
    throw Failure(ErrorKind::limit_exceeded, "the upload has more than " + std::to_string(most_pieces) + " pieces",
                  "Send larger ones.");
  }
  const std::uint64_t now = std::max<std::uint64_t>(upload.bytes, position + bytes.size());
  pg::execute(
      "UPDATE rehydra.upload SET bytes = $2, pieces = $3, last_at = pg_catalog.clock_timestamp() WHERE upload_id = "
      "$1::uuid",
      pg::Args().text(upload.id).integer(static_cast<std::int64_t>(now)).integer(pieces));
  return now;
}

void read_upload(const Upload& upload, const std::function<void(std::string_view)>& sink) {
  std::uint64_t next = 0;
  for_each_piece(upload, 0, upload.bytes, [&](std::uint64_t position, std::string_view bytes) {
    if (position != next) {
      throw Failure(ErrorKind::internal, "a piece of the upload is missing");
    }
    sink(bytes);
    next += bytes.size();
  });
  if (next != upload.bytes) {
    throw Failure(ErrorKind::internal, "the last piece of the upload is missing");
  }
}

bool drop_upload(const std::string& id) {
  const registry::Bookkeeper bookkeeper;
  return pg::execute("DELETE FROM rehydra.upload WHERE upload_id = $1::uuid", pg::Args().text(id)) != 0;
}

void drop_old_uploads(int hours) {
  const registry::Bookkeeper bookkeeper;
  pg::execute(
      "DELETE FROM rehydra.upload WHERE upload_id IN (SELECT upload_id FROM rehydra.upload"
      " WHERE last_at < pg_catalog.clock_timestamp() - pg_catalog.make_interval(hours => $1::int) FOR UPDATE SKIP "
      "LOCKED)",
      pg::Args().integer(hours));
}

std::int64_t count_uploads(const std::string& model, const std::string& customer_id) {
  const registry::Bookkeeper bookkeeper;
  return pg::query_count("SELECT pg_catalog.count(*) FROM rehydra.upload WHERE model = $1 AND customer_id = $2",
                         pg::Args().text(model).text(customer_id), pg::Access::read_write);
}

}  // namespace rehydra::ledger
