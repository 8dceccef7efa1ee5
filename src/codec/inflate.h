// Job: the bytes of one zip entry, inflated window by window.
// Callers: the XML input (codec/xml_input.h); through the interface tests feed plain bytes instead.
// Promise: counts what really comes out, never more than the budgets allow; at the end CRC-32 and size are those
// stated. Large entries are inflated by a thread of their own, a little ahead of what is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "codec/inflated_stream.h"
#include "codec/zip_directory.h"
#include "core/budget.h"
#include "core/cancel.h"

namespace rehydra::codec {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills up to capacity bytes; 0 only at the end.
  virtual std::size_t read(char* to, std::size_t capacity) = 0;
};

// What holds for parts that are kept in memory as a whole, on top of the shared budget.
struct HeldPart {
  std::uint64_t bytes = UINT64_MAX;
  std::uint64_t ratio = UINT64_MAX;  // inflated : packed, past 1 MiB
};

class EntrySource : public ByteSource {
 public:
  EntrySource(const ZipEntry& entry, Budget& inflated, Cancel cancel, HeldPart held = {});
  ~EntrySource() override;
  std::size_t read(char* to, std::size_t capacity) override;

 private:
  void count(std::size_t bytes);
  void check_end() const;

  std::string name_;
  std::uint64_t stated_bytes_;
  std::uint64_t packed_bytes_;
  std::uint32_t stated_crc_;
  Budget& inflated_;
  Cancel cancel_;
  HeldPart held_;
  std::unique_ptr<InflatedStream> stream_;
  std::uint64_t bytes_ = 0;
  std::uint32_t crc_ = 0;
};

}  // namespace rehydra::codec
