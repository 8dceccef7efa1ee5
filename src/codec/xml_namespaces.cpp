// Job: the stack of namespace declarations.
// Callers: the tokenizer.
// Promise: small, since depth, attributes and the length of a name are limited.
#include "codec/xml_namespaces.h"

#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t longest_uri = 1024;
constexpr std::string_view xml_uri = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_uri = "http://www.w3.org/2000/xmlns/";

}  // namespace

bool XmlNamespaces::is_main_uri(std::string_view uri) noexcept {
  return uri == "http://schemas.openxmlformats.org/spreadsheetml/2006/main" ||
         uri == "http://purl.oclc.org/ooxml/spreadsheetml/main";
}

void XmlNamespaces::declare(std::size_t depth, std::string_view prefix, std::string_view uri) {
  const bool reserved = prefix == "xmlns" || uri == xmlns_uri || (prefix == "xml") != (uri == xml_uri);
  if (reserved || uri.size() > longest_uri || (uri.empty() && !prefix.empty())) {
    throw Failure(ErrorKind::bad_file, "a part of the workbook declares a namespace that XML does not allow",
                  "Open the file in a spreadsheet program and save it again.");
  }
  for (std::size_t i = bindings_.size(); i-- > 0 && bindings_[i].depth == depth;) {
    if (bindings_[i].prefix == prefix) {
      throw Failure(ErrorKind::bad_file, "a part of the workbook declares a namespace prefix twice in one tag",
                    "Open the file in a spreadsheet program and save it again.");
    }
  }
  bindings_.push_back({depth, std::string(prefix), std::string(uri)});
  if (prefix.empty()) {
    main_is_default_ = is_main_uri(uri);
  }
}

void XmlNamespaces::leave(std::size_t depth) {
  if (bindings_.empty() || bindings_.back().depth < depth) {
    return;
  }
  while (!bindings_.empty() && bindings_.back().depth >= depth) {
    bindings_.pop_back();
  }
  main_is_default_ = is_main_uri(uri({}));
}

std::string_view XmlNamespaces::uri(std::string_view prefix) const {
  for (std::size_t i = bindings_.size(); i-- > 0;) {
    if (bindings_[i].prefix == prefix) {
      return bindings_[i].uri;
    }
  }
  if (prefix == "xml") {
    return xml_uri;
  }
  if (!prefix.empty()) {
    throw Failure(ErrorKind::bad_file, "a part of the workbook uses a namespace prefix that it does not declare",
                  "Open the file in a spreadsheet program and save it again.");
  }
  return {};
}

}  // namespace rehydra::codec
