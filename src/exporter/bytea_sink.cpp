#include "exporter/bytea_sink.h"

#include <algorithm>

#include "core/error.h"
#include "pg/guard.h"
#include "pg/spill_file.h"

namespace rehydra::exporter {

namespace {

constexpr std::uint64_t most_bytes = MaxAllocSize - VARHDRSZ;
constexpr std::uint64_t read_bytes = 8U << 20;

}  // namespace

ByteaSink::ByteaSink() : spool_(pg::spill_files()()) {}

void ByteaSink::add(std::string_view chunk) {
  if (spool_->size() + chunk.size() > most_bytes) {
    throw Failure(ErrorKind::limit_exceeded, "the workbook is larger than the 1 GB that one value can hold",
                  "Export fewer data sets a call: datasets => ARRAY['...'].");
  }
  spool_->append(chunk);
}

Datum ByteaSink::finish(MemoryContext memory, Cancel cancel) {
  const std::uint64_t size = spool_->size();
  char* value = pg::call([&] { return static_cast<char*>(MemoryContextAlloc(memory, VARHDRSZ + size)); });
  SET_VARSIZE(value, VARHDRSZ + size);
  for (std::uint64_t at = 0; at < size; at += read_bytes) {
    cancel.poll();
    spool_->read(at, value + VARHDRSZ + at, std::min(read_bytes, size - at));
  }
  return PointerGetDatum(value);
}

}  // namespace rehydra::exporter
