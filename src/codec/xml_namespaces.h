// Job: which namespace a prefix means at this point of a document.
// Callers: the tokenizer.
// Promise: knows the spreadsheet's main namespaces by heart; an undeclared prefix is an error, as the standard says.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rehydra::codec {

class XmlNamespaces {
 public:
  static bool is_main_uri(std::string_view uri) noexcept;

  // An xmlns attribute of an element at this depth; prefix is empty for the default namespace.
  void declare(std::size_t depth, std::string_view prefix, std::string_view uri);
  void leave(std::size_t depth);
  std::string_view uri(std::string_view prefix) const;
  bool is_main(std::string_view prefix) const { return prefix.empty() ? main_is_default_ : is_main_uri(uri(prefix)); }
  bool declared_at(std::size_t depth) const noexcept { return !bindings_.empty() && bindings_.back().depth >= depth; }
  bool main_is_default() const noexcept { return main_is_default_; }

 private:
  struct Binding {
    std::size_t depth;
    std::string prefix;
    std::string uri;
  };
  std::vector<Binding> bindings_;
  bool main_is_default_ = false;
};

}  // namespace rehydra::codec
