// Job: raw deflate streams and the CRC-32 of what went in, by ISA-L where the build has it, by zlib elsewhere; of a
// sheet's rows by an engine of our own.
// Callers: the zip writer. Use: begin(), write() as often as needed, end(); then again.
// Promise: memory does not depend on the input, and equal calls make equal bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rehydra::codec {

// One library behind it. Output leaves through a buffer of fixed size, on which ISA-L's choice of block borders
// depends.
class DeflateEngine {
 public:
  static constexpr std::size_t out_bytes = 64U << 10;

  virtual ~DeflateEngine() = default;
  virtual void start() = 0;
  virtual void run(std::string_view bytes, bool last, std::string& to) = 0;
};

std::unique_ptr<DeflateEngine> make_zlib_engine();
std::unique_ptr<DeflateEngine> make_isal_engine();  // null where the build has no ISA-L
std::unique_ptr<DeflateEngine> make_row_engine();   // for sheets' rows, with no library

class Deflater {
 public:
  Deflater();
  explicit Deflater(std::unique_ptr<DeflateEngine> engine) : engine_(std::move(engine)) {}

  void begin();
  void write(std::string_view bytes, std::string& out);
  void end(std::string& out);

  std::uint32_t crc() const noexcept { return crc_; }  // of the bytes since begin()

 private:
  std::unique_ptr<DeflateEngine> engine_;
  std::uint32_t crc_ = 0;
};

}  // namespace rehydra::codec
