// Job: SHA-256, and the order-free digest of a data set: count and sum of row digests mod 2^256.
// A row's digest: SHA-256 over the manifest's columns in order, each a tag byte (0 = NULL, 1 = value) and, for a value,
// its length (8 bytes, big endian) and canonical text (ISO dates, UTC, shortest floats, hex bytea).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "codec/byte_buffer.h"
#include "codec/short_copy.h"

namespace rehydra::codec {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
std::string hex(const Sha256& digest);

// What a column adds to the bytes of its row: the hot path of an export's digest, written in place.
constexpr std::size_t digest_head_bytes = 1 + sizeof(std::uint64_t);

inline char* put_digest_null(char* to) noexcept {
  *to = 0;
  return to + 1;
}

// digest_head_bytes and those of the text.
inline char* put_digest_value(char* to, std::string_view canonical_text) noexcept {
  std::uint64_t size = canonical_text.size();
  if constexpr (std::endian::native == std::endian::little) {
    size = __builtin_bswap64(size);
  }
  *to = 1;
  std::memcpy(to + 1, &size, sizeof size);
  return copy_short(to + digest_head_bytes, canonical_text);
}

class DatasetDigest {
 public:
  DatasetDigest();
  ~DatasetDigest();
  DatasetDigest(DatasetDigest&&) noexcept;
  DatasetDigest& operator=(DatasetDigest&&) noexcept;

  void null() { row_.advance(put_digest_null(row_.room(1))); }
  void value(std::string_view canonical_text) {
    char* const to = row_.room(digest_head_bytes + canonical_text.size());
    row_.advance(put_digest_value(to, canonical_text));
  }
  void end_row();
  void row(std::string_view bytes);  // a whole one

  std::uint64_t rows() const noexcept { return rows_; }
  std::uint64_t text_bytes() const noexcept { return text_bytes_; }  // of the values' canonical texts
  Sha256 sum() const noexcept { return sum_; }                       // big endian

 private:
  struct Hasher;
  std::unique_ptr<Hasher> hasher_;
  ByteBuffer row_;
  std::uint64_t rows_ = 0;
  std::uint64_t text_bytes_ = 0;
  Sha256 sum_{};
};

}  // namespace rehydra::codec
