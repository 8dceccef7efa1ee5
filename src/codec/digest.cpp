// Job: SHA-256 through OpenSSL, and the data set digest that sums it over rows.
// Callers: exporter and importer (a row at a time, hot), manifest and overflow (whole texts).
// Promise: no allocation a row; a failure of the library is Failure(internal), never a wrong digest.
#include "codec/digest.h"

#include <openssl/evp.h>

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

// What the lengths in front of the values add up to.
std::uint64_t text_bytes_of(std::string_view row) {
  std::uint64_t bytes = 0;
  while (!row.empty()) {
    if (row.front() == '\0') {
      row.remove_prefix(1);
      continue;
    }
    std::uint64_t size = 0;
    std::memcpy(&size, row.data() + 1, sizeof size);
    if constexpr (std::endian::native == std::endian::little) {
      size = __builtin_bswap64(size);
    }
    bytes += size;
    row.remove_prefix(1 + sizeof size + size);
  }
  return bytes;
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
  row(row_.view());
  row_.clear();
}

void DatasetDigest::row(std::string_view bytes) {
  add(sum_, hasher_->of(bytes));
  rows_ += 1;
  text_bytes_ += text_bytes_of(bytes);
}

}  // namespace rehydra::codec
