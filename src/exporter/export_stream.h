// Job: a whole export as a stream of chunks that is asked for the next one.
// Callers: rehydra_export, which spools the chunks, and rehydra_export_chunks, which gives them away. Each call inside
// a Spi connection, which may be another one every time. Promise: between two calls nothing of the session is changed
// (role, settings, snapshot), the whole state is in the object; memory is flat whatever the row count. After the last
// chunk the activity log says what was exported; a streamed export stands there from the start.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/cancel.h"
#include "exporter/request.h"
#include "pg/pg.h"

namespace rehydra::codec {
class Worker;
}

namespace rehydra::exporter {

class ExportStream {
 public:
  // Decides tenant, role and scope, and looks at the rows. Failure(bad_argument | denied | not_registered |
  // unprotected). memory must outlive the object.
  ExportStream(const Request& request, Cancel cancel, MemoryContext memory);
  ~ExportStream();
  ExportStream(const ExportStream&) = delete;
  ExportStream& operator=(const ExportStream&) = delete;

  static constexpr std::size_t chunk_bytes = 256U << 10;  // small enough to be copied while it is in the cache

  // The next chunk: chunk_bytes, the last one fewer; false at the end.
  bool next(std::string& chunk);

  // The reader wants no more: the log says how far it came. Nothing where the end was reached.
  void stop();

  // Each next() has the worker's thread for itself, unless the caller keeps a Scope of it around several.
  codec::Worker& worker() noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace rehydra::exporter
