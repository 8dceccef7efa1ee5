// Job: plain bytes as a source for the XML readers, in pieces of any size.
// Callers: unit tests.
// Promise: small pieces put every boundary to the test.
#pragma once

#include <algorithm>
#include <string>

#include "codec/inflate.h"

namespace rehydra::test {

class TextSource : public codec::ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t piece = SIZE_MAX) : text_(std::move(text)), piece_(piece) {}

  std::size_t read(char* to, std::size_t capacity) override {
    const std::size_t bytes = std::min({capacity, piece_, text_.size() - at_});
    std::copy_n(text_.data() + at_, bytes, to);
    at_ += bytes;
    return bytes;
  }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace rehydra::test
