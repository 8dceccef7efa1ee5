// Job: drive libxml2's SAX parser over a part held in memory.
// Callers: codec/package.h.
// Promise: no exception passes through a frame of libxml2; everything hangs on the one parser context.
#include "codec/small_xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <exception>
#include <memory>
#include <new>

#include "codec/xml_input.h"

namespace rehydra::codec {
namespace {

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// The parser's user data.
struct Walk {
  const Limits& limits;
  const std::function<void(const SmallElement&)>& on_element;
  xmlParserCtxtPtr context = nullptr;
  std::vector<std::string> open;
  std::exception_ptr failure;
};

void check_limits(const Walk& walk, int attributes) {
  if (walk.open.size() >= walk.limits.xml_depth) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the workbook's XML is nested deeper than the " + std::to_string(walk.limits.xml_depth) +
                      " levels that rehydra.max_xml_depth allows",
                  "Raise rehydra.max_xml_depth if the file comes from a source that you trust.");
  }
  if (static_cast<std::uint32_t>(attributes) > walk.limits.xml_attributes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "a tag in the workbook has more than the " + std::to_string(walk.limits.xml_attributes) +
                      " attributes that rehydra.max_xml_attributes allows",
                  "Raise rehydra.max_xml_attributes if the file comes from a source that you trust.");
  }
}

// libxml2 gives five pointers an attribute: name, prefix, URI, value, value's end.
SmallElement element(const Walk& walk, const xmlChar* name, const xmlChar* uri, int count, const xmlChar** attributes) {
  SmallElement made{std::string(view(uri)), std::string(view(name)), walk.open.empty() ? "" : walk.open.back(), {}};
  for (int i = 0; i < count; ++i, attributes += 5) {
    made.attributes.push_back(
        {std::string(view(attributes[2])), std::string(view(attributes[0])),
         std::string(reinterpret_cast<const char*>(attributes[3]), reinterpret_cast<const char*>(attributes[4]))});
  }
  return made;
}

// Runs what may throw, and stops the parser where it did.
template <typename Action>
void guarded(void* user, Action action) noexcept {
  Walk& walk = *static_cast<Walk*>(user);
  if (walk.failure != nullptr) {
    return;
  }
  try {
    action(walk);
  } catch (...) {
    walk.failure = std::current_exception();
    xmlStopParser(walk.context);
  }
}

extern "C" {

static void on_start(void* user, const xmlChar* name, const xmlChar*, const xmlChar* uri, int namespaces,
                     const xmlChar**, int count, int, const xmlChar** attributes) {
  guarded(user, [&](Walk& walk) {
    check_limits(walk, count + namespaces);
    walk.on_element(element(walk, name, uri, count, attributes));
    walk.open.emplace_back(view(name));
  });
}

static void on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  guarded(user, [](Walk& walk) { walk.open.pop_back(); });
}

static void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  guarded(user, [](Walk&) {
    throw Failure(ErrorKind::hostile_file,
                  "the workbook's XML holds a document type declaration, which no workbook may",
                  "Open the file in a spreadsheet program and save it again.");
  });
}

}  // extern "C"

std::string read_all(ByteSource& bytes) {
  constexpr std::size_t step = 16 << 10;
  XmlInput input(bytes);
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + step);
    const std::size_t read = input.read(text.data() + before, step);
    text.resize(before + read);
    if (read == 0) {
      return text;
    }
  }
}

struct ContextDeleter {
  void operator()(xmlParserCtxtPtr context) const { xmlFreeParserCtxt(context); }
};

}  // namespace

std::string_view SmallElement::attribute(std::string_view wanted) const noexcept {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == wanted && attribute.uri.empty()) {
      return attribute.value;
    }
  }
  return {};
}

void read_small_part(ByteSource& bytes, std::string_view part, const Limits& limits,
                     const std::function<void(const SmallElement&)>& on_element) {
  const std::string text = read_all(bytes);
  Walk walk{limits, on_element, nullptr, {}, nullptr};
  bool well_formed = false;
  if (!text.empty()) {
    const std::unique_ptr<xmlParserCtxt, ContextDeleter> context(
        xmlCreateMemoryParserCtxt(text.data(), static_cast<int>(text.size())));
    if (context == nullptr) {
      throw std::bad_alloc();
    }
    *context->sax = xmlSAXHandler{};
    context->sax->initialized = XML_SAX2_MAGIC;
    context->sax->startElementNs = on_start;
    context->sax->endElementNs = on_end;
    context->sax->internalSubset = on_doctype;
    // Errors are read from the context when it is done. Whether the error is const depends on libxml2's version.
    context->sax->serror = [](void*, auto*) {};
    context->userData = &walk;
    walk.context = context.get();
    // Without NOENT an ampersand in an attribute arrives as "&#38;"; a document with entities never gets past
    // on_doctype.
    xmlCtxtUseOptions(context.get(), XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                         XML_PARSE_IGNORE_ENC);
    xmlParseDocument(context.get());
    // libxml2 calls what it has read so far well-formed when it runs out of memory.
    const auto* last_error = xmlCtxtGetLastError(context.get());
    if (walk.failure == nullptr &&
        (context->errNo == XML_ERR_NO_MEMORY || (last_error != nullptr && last_error->code == XML_ERR_NO_MEMORY))) {
      throw std::bad_alloc();
    }
    well_formed = context->wellFormed != 0 && context->nsWellFormed != 0;
  }
  if (walk.failure != nullptr) {
    std::rethrow_exception(walk.failure);
  }
  if (!well_formed) {
    throw Failure(ErrorKind::bad_file, "part " + std::string(part) + " of the workbook is broken XML",
                  "Open the file in a spreadsheet program and save it again.");
  }
}

}  // namespace rehydra::codec
