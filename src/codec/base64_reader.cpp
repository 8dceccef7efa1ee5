// Job: base64 of cells to bytes (codec/cell_reader.h).
// Callers: the importer's staging step.
// Promise: strict: full padding, no stray characters but white space, no bits behind the last byte.
#include <array>

#include "codec/cell_reader.h"
#include "codec/literal.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> values = make_values();

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Base64 {
 public:
  explicit Base64(std::string& out) : out_(out) {}

  bool take(char c) {
    if (c == '=') {
      return ++padding_ <= 2;
    }
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0 || padding_ > 0) {
      return false;
    }
    bits_ = bits_ << 6 | static_cast<unsigned>(value);
    if (++characters_ % 4 != 1) {
      out_ += static_cast<char>(bits_ >> (6 - 2 * ((characters_ - 1) % 4)) & 0xFF);
    }
    return true;
  }

  bool complete() const {
    const unsigned left = characters_ % 4;
    const unsigned unused = left == 2 ? bits_ & 15 : left == 3 ? bits_ & 3 : 0;
    return left != 1 && padding_ == (4 - left) % 4 && unused == 0;
  }

 private:
  std::string& out_;
  unsigned bits_ = 0;
  unsigned characters_ = 0;
  unsigned padding_ = 0;
};

}  // namespace

std::optional<std::string_view> read_base64(const Cell& cell, std::string& scratch) {
  if (cell.kind != CellKind::text && cell.kind != CellKind::string) {
    return std::nullopt;
  }
  std::string decoded;
  const std::string_view text = cell.kind == CellKind::text ? literal_value(cell.text, decoded) : cell.text;
  scratch.clear();
  Base64 base64(scratch);
  for (const char c : text) {
    if (!is_space(c) && !base64.take(c)) {
      return std::nullopt;
    }
  }
  return base64.complete() ? std::optional<std::string_view>(scratch) : std::nullopt;
}

}  // namespace rehydra::codec
