#include "ledger/snapshot_block.h"

#include <zlib.h>

#include <utility>

#include "core/error.h"

namespace rehydra::ledger {

namespace {

constexpr std::size_t head_bytes = 8;
constexpr std::string_view zlib_head = "\x78\x01";  // a window of 32 KiB, the fastest level

[[noreturn]] void damaged() {
  throw Failure(ErrorKind::internal, "a stored block of the snapshot is damaged",
                "The tables rehydra.snapshot and rehydra.snapshot_chunk do not hold what was written to them.");
}

// Reads rows' bytes from front to back.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  bool at_end() const noexcept { return rest_.empty(); }

  unsigned char byte() {
    if (rest_.empty()) {
      damaged();
    }
    const auto value = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view value() {
    std::uint64_t size = 0;
    unsigned shift = 0;
    unsigned char part = 0;
    do {
      part = byte();
      size |= static_cast<std::uint64_t>(part & 0x7FU) << shift;
      shift += 7;
    } while ((part & 0x80U) != 0 && shift < 63);
    if (size > rest_.size()) {
      damaged();
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

}  // namespace

void append_null(codec::ByteBuffer& rows) {
  char* to = rows.room(1);
  *to++ = '\0';
  rows.advance(to);
}

void append_value(codec::ByteBuffer& rows, std::string_view text) {
  constexpr std::size_t longest_head = 12;
  char* to = rows.room(longest_head + text.size());
  *to++ = '\1';
  std::uint64_t size = text.size();
  for (; size >= 0x80; size >>= 7) {
    *to++ = static_cast<char>(0x80U | (size & 0x7FU));
  }
  *to++ = static_cast<char>(size);
  rows.advance(to + text.copy(to, text.size()));
}

void BlockDeflater::begin() {
  deflater_.begin();
  block_.assign(head_bytes, '\0');
  block_ += zlib_head;
  bytes_ = 0;
  adler_ = static_cast<std::uint32_t>(adler32(0, nullptr, 0));
}

void BlockDeflater::write(std::string_view rows) {
  if (rows.empty()) {
    return;  // zlib takes a null pointer for a checksum's start
  }
  deflater_.write(rows, block_);
  adler_ = static_cast<std::uint32_t>(adler32_z(adler_, reinterpret_cast<const Bytef*>(rows.data()), rows.size()));
  bytes_ += rows.size();
}

std::string BlockDeflater::end() {
  deflater_.end(block_);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    block_ += static_cast<char>(adler_ >> shift);
  }
  for (std::size_t i = 0; i < head_bytes; ++i) {
    block_[i] = static_cast<char>(bytes_ >> (8 * i));
  }
  std::string block = std::move(block_);
  begin();
  return block;
}

std::string inflate_block(std::string_view block) {
  // Deflate makes at most 1,032 bytes of one: a larger claim is no reason to allocate.
  constexpr std::uint64_t most_growth = 1'032;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < head_bytes && block.size() > head_bytes; ++i) {
    size |= static_cast<std::uint64_t>(static_cast<unsigned char>(block[i])) << (8 * i);
  }
  if (size == 0 || size / most_growth > block.size()) {
    damaged();
  }
  std::string rows(size, '\0');
  uLongf inflated = size;
  const auto* from = reinterpret_cast<const Bytef*>(block.data() + head_bytes);
  if (uncompress(reinterpret_cast<Bytef*>(rows.data()), &inflated, from, block.size() - head_bytes) != Z_OK ||
      inflated != size) {
    damaged();
  }
  return rows;
}

std::size_t parse_rows(std::string_view rows, std::size_t columns, std::vector<std::string_view>& values) {
  values.clear();
  Scanner scanner(rows);
  std::size_t count = 0;
  for (; !scanner.at_end(); ++count) {
    for (std::size_t i = 0; i < columns; ++i) {
      values.push_back(scanner.byte() == 0 ? std::string_view() : scanner.value());
    }
  }
  return count;
}

}  // namespace rehydra::ledger
