// Job: files on their way in: pieces that came by several calls, or the name of what lies on the server.
// Callers: entry/upload.cpp, which decides who may do what.
// Promise: written as the bookkeeping's owner; a piece that comes again is taken once; nothing is as large as the file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pg/pg.h"

namespace rehydra::ledger {

struct Upload {
  std::string id, model, customer_id;
  Oid role = InvalidOid;  // that began it
  std::uint64_t bytes = 0;
  std::int64_t pieces = 0;
  std::optional<Oid> large_object;
  std::optional<std::string> server_file;

  bool in_pieces() const noexcept { return !large_object && !server_file; }
};

// Its id.
std::string begin_upload(const Upload& upload);

enum class UploadLock : bool { none, write };
// Nothing where there is none. write: nobody else changes it until the transaction ends.
std::optional<Upload> find_upload(const std::string& id, UploadLock lock);

// The bytes that belong at position, of which the first may be there already: Failure(bad_argument) where those differ,
// or where some would be missing in between; Failure(limit_exceeded) where there are too many small pieces. How many
// bytes there are then.
std::uint64_t add_to_upload(const Upload& upload, std::uint64_t position, std::string_view bytes);
// All pieces, in order.
void read_upload(const Upload& upload, const std::function<void(std::string_view)>& sink);

// Whether it was there.
bool drop_upload(const std::string& id);
void drop_old_uploads(int hours);
std::int64_t count_uploads(const std::string& model, const std::string& customer_id);

}  // namespace rehydra::ledger
