#include "exporter/bytea_sink.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/error.h"
#include "pg/guard.h"
#include "pg/huge_pages.h"

namespace rehydra::exporter {

namespace {

// More than what the C library ever takes from its heap: mapped, so that growing moves pages instead of bytes, and what
// is never written to costs nothing.
constexpr std::uint64_t first_bytes = 64U << 20;

}  // namespace

void ByteaSink::grow(std::uint64_t capacity) {
  value_ = pg::call([&] {
    return static_cast<char*>(value_ == nullptr ? MemoryContextAlloc(memory_, capacity) : repalloc(value_, capacity));
  });
  capacity_ = capacity;
}

void ByteaSink::add(std::string_view chunk) {
  if (chunk.size() > MaxAllocSize - size_) {
    throw Failure(ErrorKind::limit_exceeded, "the workbook is larger than the 1 GB that one value can hold",
                  "Read it piece by piece: SELECT rehydra_export_chunks(...), or export fewer data sets a call.");
  }
  const std::uint64_t wanted = size_ + chunk.size();
  if (wanted > capacity_) {
    grow(std::min<std::uint64_t>(std::max({wanted, 2 * capacity_, first_bytes}), MaxAllocSize));
    pg::prefer_huge_pages(value_, capacity_);
  }
  std::memcpy(value_ + size_, chunk.data(), chunk.size());
  size_ = wanted;
}

Datum ByteaSink::finish() {
  grow(size_);
  SET_VARSIZE(value_, size_);
  return PointerGetDatum(value_);
}

}  // namespace rehydra::exporter
