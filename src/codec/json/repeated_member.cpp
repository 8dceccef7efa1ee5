#include "codec/json/repeated_member.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rehydra::codec {
namespace {

// Deeper objects than the server's stack has room for are refused by it.
constexpr std::size_t most_open = 100'000;
constexpr std::string_view blanks = " \t\r\n";

// Where the string that starts there ends, behind its quote.
std::size_t end_of_string(std::string_view text, std::size_t start) {
  std::size_t at = start + 1;
  while (at < text.size() && text[at] != '"') {
    at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at + 1, text.size());
}

bool is_name(std::string_view text, std::size_t behind) {
  const std::size_t next = text.find_first_not_of(blanks, behind);
  return next != std::string_view::npos && text[next] == ':';
}

std::uint64_t hash_of(std::string_view quoted) {
  constexpr std::hash<std::string_view> hash;
  if (quoted.find('\\') == std::string_view::npos) {
    return hash(quoted.substr(1, quoted.size() - 2));
  }
  const nlohmann::json name = nlohmann::json::parse(quoted, nullptr, false);
  return hash(name.is_string() ? std::string_view(name.get_ref<const std::string&>()) : quoted);
}

// The names of the objects that are open, one behind the other.
class OpenObjects {
 public:
  bool open() {
    starts_.push_back(names_.size());
    return starts_.size() <= most_open;
  }
  void name(std::string_view quoted) { names_.push_back(hash_of(quoted)); }
  // True where its names differ, or none was open.
  bool close() {
    if (starts_.empty()) {
      return true;
    }
    const auto first = names_.begin() + static_cast<std::ptrdiff_t>(starts_.back());
    std::sort(first, names_.end());
    const bool differ = std::adjacent_find(first, names_.end()) == names_.end();
    names_.resize(starts_.back());
    starts_.pop_back();
    return differ;
  }

 private:
  std::vector<std::size_t> starts_;
  std::vector<std::uint64_t> names_;
};

}  // namespace

bool has_repeated_member(std::string_view text) {
  OpenObjects objects;
  for (std::size_t at = text.find_first_of("\"{}"); at < text.size(); at = text.find_first_of("\"{}", at)) {
    const std::size_t start = at++;
    if (text[start] == '"') {
      at = end_of_string(text, start);
      if (is_name(text, at)) {
        objects.name(text.substr(start, at - start));
      }
    } else if (text[start] == '{' ? !objects.open() : !objects.close()) {
      return true;
    }
  }
  return false;
}

}  // namespace rehydra::codec
