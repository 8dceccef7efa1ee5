// Job: a part that is at hand as text, for the tokenizer.
// Callers: the editors of small parts in this folder.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "codec/inflate.h"

namespace rehydra::codec {

class TextBytes : public ByteSource {
 public:
  explicit TextBytes(std::string_view text) : text_(text) {}
  std::size_t read(char* to, std::size_t capacity) override {
    const std::size_t bytes = std::min(capacity, text_.size());
    std::memcpy(to, text_.data(), bytes);
    text_.remove_prefix(bytes);
    return bytes;
  }

 private:
  std::string_view text_;
};

}  // namespace rehydra::codec
