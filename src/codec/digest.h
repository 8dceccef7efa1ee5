// Job: SHA-256, and the order-free digest of a data set: count and sum of row digests mod 2^256.
// A row's digest: SHA-256 over the manifest's columns in order, each a tag byte (0 = NULL, 1 = value) and, for a value,
// its length (8 bytes, big endian) and canonical text (ISO dates, UTC, shortest floats, hex bytea).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rehydra::codec {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
std::string hex(const Sha256& digest);

// What a column adds to the bytes of its row.
void append_digest_null(std::string& row);
void append_digest_value(std::string& row, std::string_view canonical_text);

class DatasetDigest {
 public:
  DatasetDigest();
  ~DatasetDigest();
  DatasetDigest(DatasetDigest&&) noexcept;
  DatasetDigest& operator=(DatasetDigest&&) noexcept;

  void null() { append_digest_null(row_); }
  void value(std::string_view canonical_text) { append_digest_value(row_, canonical_text); }
  void end_row();
  void row(std::string_view bytes);  // a whole one

  std::uint64_t rows() const noexcept { return rows_; }
  std::uint64_t text_bytes() const noexcept { return text_bytes_; }  // of the values' canonical texts
  Sha256 sum() const noexcept { return sum_; }                       // big endian

 private:
  struct Hasher;
  std::unique_ptr<Hasher> hasher_;
  std::string row_;
  std::uint64_t rows_ = 0;
  std::uint64_t text_bytes_ = 0;
  Sha256 sum_{};
};

}  // namespace rehydra::codec
