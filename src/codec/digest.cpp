// Job: SHA-256 through OpenSSL, and the data set digest that sums it over rows.
// Callers: exporter and importer (a row at a time, hot), manifest and overflow (whole texts).
// Promise: no allocation a row; a failure of the library is Failure(internal), never a wrong digest.
#include "codec/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/error.h"

namespace rehydra::codec {
namespace {

void require(int returned) {
  if (returned != 1) {
    throw Failure(ErrorKind::internal, "SHA-256 is not available from the cryptographic library");
  }
}

// sum += digest mod 2^256, both big endian.
void add(Sha256& sum, const Sha256& digest) {
  unsigned carry = 0;
  for (std::size_t i = sum.size(); i-- > 0;) {
    carry += static_cast<unsigned>(sum[i]) + digest[i];
    sum[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  unsigned size = 0;
  require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr));
  return digest;
}

std::string hex(const Sha256& digest) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size() * 2);
  for (const std::uint8_t byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

void append_digest_null(std::string& row) {
  row += '\0';
}

// The hot path of an export's digest, a call a value: short texts go with their head in one piece.
void append_digest_value(std::string& row, std::string_view canonical_text) {
  constexpr std::size_t head_bytes = 9;
  std::array<char, 64> piece;
  std::uint64_t size = canonical_text.size();
  if constexpr (std::endian::native == std::endian::little) {
    size = __builtin_bswap64(size);
  }
  piece[0] = 1;
  std::memcpy(piece.data() + 1, &size, sizeof size);
  if (canonical_text.size() <= piece.size() - head_bytes) {
    std::copy(canonical_text.begin(), canonical_text.end(), piece.begin() + head_bytes);
    row.append(piece.data(), head_bytes + canonical_text.size());
    return;
  }
  row.append(piece.data(), head_bytes);
  row += canonical_text;
}

// Fetching the algorithm costs more than hashing a row, so it is fetched once and only restarted for each row.
struct DatasetDigest::Hasher {
  Hasher() : algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context(EVP_MD_CTX_new()) {
    if (algorithm == nullptr || context == nullptr || EVP_DigestInit_ex2(context, algorithm, nullptr) != 1) {
      release();
      require(0);
    }
  }
  ~Hasher() { release(); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Sha256 of(std::string_view bytes) {
    Sha256 digest;
    unsigned size = 0;
    require(EVP_DigestInit_ex2(context, nullptr, nullptr));
    require(EVP_DigestUpdate(context, bytes.data(), bytes.size()));
    require(EVP_DigestFinal_ex(context, digest.data(), &size));
    return digest;
  }

  void release() noexcept {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }

  EVP_MD* algorithm;
  EVP_MD_CTX* context;
};

DatasetDigest::DatasetDigest() : hasher_(std::make_unique<Hasher>()) {}
DatasetDigest::~DatasetDigest() = default;
DatasetDigest::DatasetDigest(DatasetDigest&&) noexcept = default;
DatasetDigest& DatasetDigest::operator=(DatasetDigest&&) noexcept = default;

void DatasetDigest::end_row() {
  row(row_);
  row_.clear();
}

void DatasetDigest::row(std::string_view bytes) {
  add(sum_, hasher_->of(bytes));
  rows_ += 1;
}

}  // namespace rehydra::codec
