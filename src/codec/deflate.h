// Job: raw deflate streams and the CRC-32 of what went in, by ISA-L where the build has it, by zlib elsewhere.
// Callers: the zip writer. Use: begin(), write() as often as needed, end(); then again.
// Promise: memory does not depend on the input, and equal calls make equal bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rehydra::codec {

class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void begin();
  void write(std::string_view bytes, std::string& out);
  void end(std::string& out);

  std::uint32_t crc() const noexcept;  // of the bytes since begin()

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace rehydra::codec
