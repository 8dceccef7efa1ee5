#include "codec/stream_digest.h"

#include <openssl/evp.h>

#include "core/error.h"

namespace rehydra::codec {

namespace {

void require(int returned) {
  if (returned != 1) {
    throw Failure(ErrorKind::internal, "SHA-256 is not available from the cryptographic library");
  }
}

}  // namespace

struct StreamDigest::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

StreamDigest::StreamDigest() : state_(std::make_unique<State>()) {
  require(state_->context != nullptr ? EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) : 0);
}

StreamDigest::~StreamDigest() = default;

void StreamDigest::add(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

Sha256 StreamDigest::end() {
  Sha256 digest;
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size));
  return digest;
}

}  // namespace rehydra::codec
