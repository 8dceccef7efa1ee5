// Job: our tokenizer against libxml2: same events for the same documents, and nothing accepted that libxml2 refuses.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "sample_zip.h"
#include "xml_events.h"

namespace rehydra::test {
namespace {

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string document() {
    std::string made = pick(3) == 0 ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" : "";
    return made + blank() + "<a xmlns='" + std::string(main_uri) + "' xmlns:x='" + std::string(main_uri) +
           "' xmlns:y='u'>" + content(3) + "</a>" + blank() + (pick(4) == 0 ? "<!-- end -->" : "");
  }
  // One random byte changed, taken away or put in.
  std::string damaged(std::string document) {
    constexpr std::string_view bytes = "<>/&;'\"=!-[]? ax:#\n\r\t\x80\xC3\xFF\x01";
    const std::size_t at = pick(document.size());
    switch (pick(3)) {
      case 0:
        document[at] = bytes[pick(bytes.size())];
        break;
      case 1:
        document.erase(at, 1 + pick(3));
        break;
      default:
        document.insert(at, 1, bytes[pick(bytes.size())]);
    }
    return document;
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string blank() { return std::string(pick(3), " \n\t\r"[pick(4)]); }
  std::string name() {
    const char* const names[] = {"c", "v", "x:c", "y:t", "is", "row", "\xC3\xA9t\xC3\xA9", "a.b-c_1"};
    return names[pick(std::size(names))];
  }
  std::string words() {
    const char* const texts[] = {"",         "text", " ", "1.5", "&lt;", "&#10;", "&#x1F600;",
                                 "\xC3\xBC", "]]",   "]", "a>b", "\r\n", "\r",    "\t"};
    return texts[pick(std::size(texts))];
  }
  std::string attributes() {
    std::string made;
    if (pick(3) == 0) {
      made += " r='" + words() + "'";
    }
    if (pick(4) == 0) {
      made += blank() + " s" + blank() + "=" + blank() + "\"" + words() + words() + "\"";
    }
    if (pick(6) == 0) {
      made += " y:s='1' xmlns:y='v'";
    }
    return made + blank();
  }
  std::string content(int depth) {
    std::string made;
    for (std::size_t i = pick(6); i > 0; --i) {
      const std::string element = name();
      switch (depth > 0 ? pick(6) : pick(4)) {
        case 0:
          made += words();
          break;
        case 1:
          made += "<!--" + std::string(pick(3), 'c') + "-->";
          break;
        case 2:
          made += "<![CDATA[" + std::string(pick(2), ']') + "<x>" + std::string(pick(2), '&') + "]]>";
          break;
        case 3:
          made += "<" + element + attributes() + "/>";
          break;
        default:
          made += "<" + element + attributes() + ">" + content(depth - 1) + "</" + element + blank() + ">";
      }
    }
    return made;
  }

  std::mt19937 random_;
};

TEST(XmlDifferential, SameEventsForGeneratedDocuments) {
  Generator generator(1);
  int accepted = 0;
  for (int i = 0; i < 3'000; ++i) {
    const std::string document = generator.document();
    const auto ours = events_by_tokenizer(document);
    EXPECT_EQ(ours, events_by_libxml2(document)) << document;
    EXPECT_EQ(ours, events_by_tokenizer(document, 1)) << document;
    accepted += ours ? 1 : 0;
  }
  EXPECT_GT(accepted, 1'000);
}

TEST(XmlDifferential, AcceptsNothingThatLibxml2Refuses) {
  Generator generator(2);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string document = generator.damaged(generator.document());
    const auto ours = events_by_tokenizer(document);
    refused += ours ? 0 : 1;
    if (ours) {
      EXPECT_EQ(ours, events_by_libxml2(document)) << document;
    }
  }
  EXPECT_GT(refused, 1'000);
}

// Of characters at the ends of what XML allows in names, at the start of a name and behind it.
TEST(XmlDifferential, SameNamesBeyondAscii) {
  int refused = 0;
  for (const char* const character :
       {"\xC2\xB7",     "\xC2\xBF",         "\xC3\x80",         "\xC3\x97",        "\xC3\xB7",     "\xCC\x80",
        "\xCD\xAF",     "\xCD\xBE",         "\xE1\xBF\xBF",     "\xE2\x80\x8C",    "\xE2\x80\xBF", "\xE2\x81\x80",
        "\xE2\x81\xB0", "\xE2\x86\x90",     "\xE3\x80\x81",     "\xEF\xA4\x80",    "\xEF\xB7\x90", "\xEF\xBB\xBF",
        "\xEF\xBF\xBD", "\xF0\x90\x80\x80", "\xF3\xAF\xBF\xBF", "\xF3\xB0\x80\x80"}) {
    for (const std::string& name : {std::string(character), "a" + std::string(character)}) {
      const std::string document = "<" + name + " " + name + "='1'/>";
      EXPECT_EQ(events_by_tokenizer(document), events_by_libxml2(document)) << document;
      refused += events_by_tokenizer(document) ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 10);
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(XmlDifferential, SameEventsForTheFuzzCorpus) {
  const std::filesystem::path corpus = std::string(REHYDRA_SOURCE_DIR) + "/test/fuzz/corpus";
  int accepted = 0;
  for (const char* const target : {"fuzz_sheet", "fuzz_strings", "fuzz_xml"}) {
    for (const auto& entry : std::filesystem::directory_iterator(corpus / target)) {
      std::string document = content_of(entry.path());
      document.erase(0, target == std::string_view("fuzz_sheet") ? 1 : 0);
      const auto ours = events_by_tokenizer(document);
      if (ours) {
        EXPECT_EQ(ours, events_by_libxml2(document)) << entry.path();
        ++accepted;
      }
    }
  }
  EXPECT_GT(accepted, 5);
}

}  // namespace
}  // namespace rehydra::test
