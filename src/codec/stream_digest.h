// Job: the SHA-256 of bytes that come in chunks (an exported file on its way out).
#pragma once

#include <memory>
#include <string_view>

#include "codec/digest.h"

namespace rehydra::codec {

class StreamDigest {
 public:
  StreamDigest();
  ~StreamDigest();
  StreamDigest(const StreamDigest&) = delete;
  StreamDigest& operator=(const StreamDigest&) = delete;

  void add(std::string_view bytes);
  Sha256 end();  // once, after the last chunk

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehydra::codec
