// Job: a whole export as a stream of chunks that is asked for the next one.
// Callers: rehydra_export, which spools the chunks. Inside a Spi connection.
// Promise: between two calls nothing of the session is changed (role, settings, snapshot), the whole state is in the
// object; memory is flat whatever the row count. After the last chunk the activity log has its row.
#pragma once

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

  // The next chunk, at most 1 MiB; false at the end.
  bool next(std::string& chunk);

  // Each next() has the worker's thread for itself, unless the caller keeps a Scope of it around several.
  codec::Worker& worker() noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace rehydra::exporter
