// Job: both readers behind xml_events.h.
// Callers: unit tests.
// Promise: namespaces as "main" or "other", attributes without prefix only, texts joined.
#include "xml_events.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "codec/xml_tokenizer.h"
#include "text_source.h"

namespace rehydra::test {
namespace {

class Events {
 public:
  void start(bool main, std::string_view name) { event() += std::string("<") + (main ? "m:" : "") + std::string(name); }
  void attribute(std::string_view name, std::string_view value) {
    line_ += " " + std::string(name) + "=[" + std::string(value) + "]";
  }
  void end() { event() += "/"; }
  void text(std::string_view piece) {
    line_ += in_text_ ? "" : " '";
    line_ += piece;
    in_text_ = true;
  }
  void refuse() { refused_ = true; }
  bool refused() const { return refused_; }
  const std::string& line() const { return line_; }

 private:
  std::string& event() {
    line_ += in_text_ ? "' " : " ";
    in_text_ = false;
    return line_;
  }

  std::string line_;
  bool in_text_ = false;
  bool refused_ = false;
};

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

extern "C" {

static void on_start(void* user, const xmlChar* name, const xmlChar*, const xmlChar* uri, int, const xmlChar**,
                     int count, int, const xmlChar** attributes) {
  Events& events = *static_cast<Events*>(user);
  events.start(codec::XmlNamespaces::is_main_uri(view(uri)), view(name));
  for (int i = 0; i < count; ++i, attributes += 5) {
    if (attributes[1] == nullptr) {
      events.attribute(view(attributes[0]),
                       {reinterpret_cast<const char*>(attributes[3]), reinterpret_cast<const char*>(attributes[4])});
    }
  }
}

static void on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  static_cast<Events*>(user)->end();
}

static void on_text(void* user, const xmlChar* text, int bytes) {
  if (bytes > 0) {
    static_cast<Events*>(user)->text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes)});
  }
}

// That a namespace's name is no proper URI is a matter of taste, which libxml2 has.
static void on_error(void* user, const xmlError* error) {
  const bool taste = error->code == XML_WAR_NS_URI || error->code == XML_WAR_NS_URI_RELATIVE;
  if (!taste && error->level >= XML_ERR_ERROR) {
    static_cast<Events*>(user)->refuse();
  }
}

}  // extern "C"

}  // namespace

std::optional<std::string> events_by_tokenizer(const std::string& document, std::size_t piece) {
  TextSource source(document, piece);
  const Limits limits;
  Events events;
  try {
    codec::XmlTokenizer xml(source, limits, 0);
    for (;;) {
      switch (xml.next()) {
        case codec::XmlToken::start:
          events.start(xml.in_main_namespace(), xml.name());
          for (const codec::XmlAttribute& attribute : xml.attributes()) {
            if (attribute.prefix.empty()) {
              events.attribute(attribute.name, attribute.value);
            }
          }
          break;
        case codec::XmlToken::end:
          events.end();
          break;
        case codec::XmlToken::text:
          events.text(xml.text());
          break;
        case codec::XmlToken::done:
          return events.line();
      }
    }
  } catch (const Failure&) {
    return std::nullopt;
  }
}

std::optional<std::string> events_by_libxml2(const std::string& document) {
  Events events;
  if (document.empty()) {
    return std::nullopt;
  }
  xmlParserCtxtPtr context = xmlCreateMemoryParserCtxt(document.data(), static_cast<int>(document.size()));
  *context->sax = xmlSAXHandler{};
  context->sax->initialized = XML_SAX2_MAGIC;
  context->sax->startElementNs = on_start;
  context->sax->endElementNs = on_end;
  context->sax->characters = context->sax->cdataBlock = context->sax->ignorableWhitespace = on_text;
  // Whether the error is const depends on libxml2's version.
  context->sax->serror = [](void* user, auto* error) { on_error(user, error); };
  context->userData = &events;
  xmlCtxtUseOptions(context, XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlParseDocument(context);
  const bool good = context->wellFormed != 0 && !events.refused();
  xmlFreeParserCtxt(context);
  return good ? std::optional(events.line()) : std::nullopt;
}

}  // namespace rehydra::test
