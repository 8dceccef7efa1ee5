// Job: gather a stream's chunks outside of memory, and make one bytea of them at the end.
// Callers: rehydra_export.
#pragma once

#include <memory>
#include <string_view>

#include "core/cancel.h"
#include "core/spill.h"
#include "pg/pg.h"

namespace rehydra::exporter {

class ByteaSink {
 public:
  ByteaSink();
  // Failure(limit_exceeded) as soon as the bytes are more than one value can hold.
  void add(std::string_view chunk);
  // The value, in one exact allocation in memory.
  Datum finish(MemoryContext memory, Cancel cancel);

 private:
  std::unique_ptr<Spill> spool_;
};

}  // namespace rehydra::exporter
