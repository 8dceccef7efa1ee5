// Job: a snapshot's rows as stored bytes, and back.
// Callers: the snapshot's pipeline and reader.
// Format of a row: for each column a tag byte, 0 = NULL, 1 = value; for a value its length (LEB128) and its canonical
// text. Format of a block: the rows' bytes in all (8 bytes, little endian), then those bytes as a zlib stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/byte_buffer.h"
#include "codec/deflate.h"

namespace rehydra::ledger {

void append_null(codec::ByteBuffer& rows);
void append_value(codec::ByteBuffer& rows, std::string_view text);

// Rows' bytes, slice by slice, as a block.
class BlockDeflater {
 public:
  BlockDeflater() { begin(); }

  void write(std::string_view rows);
  // The block of what was written since the last one.
  std::string end();

 private:
  void begin();

  codec::Deflater deflater_;
  std::string block_;
  std::uint64_t bytes_ = 0;
  std::uint32_t adler_ = 0;
};

// The rows' bytes of a block. Failure(internal) where it is damaged, and so for the next.
std::string inflate_block(std::string_view block);
// A view a value, row by row, into rows; NULL is a view without data. The number of rows.
std::size_t parse_rows(std::string_view rows, std::size_t columns, std::vector<std::string_view>& values);

}  // namespace rehydra::ledger
