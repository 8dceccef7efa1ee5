// Job: the tokenizer: what each construct gives, what is refused, limits, encodings, windows.
#include "codec/xml_tokenizer.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "sample_zip.h"
#include "text_source.h"
#include "xml_events.h"

namespace rehydra::codec {
namespace {

using test::events_by_tokenizer;
using test::expect_failure;
using test::TextSource;

std::string events(const std::string& document) {
  const auto whole = events_by_tokenizer(document);
  for (const std::size_t piece : {1, 2, 3, 5, 1000}) {
    EXPECT_EQ(events_by_tokenizer(document, piece), whole) << document;
  }
  return whole.value_or("refused");
}

void read(const std::string& document, const Limits& limits) {
  TextSource source(document);
  XmlTokenizer xml(source, limits);
  while (xml.next() != XmlToken::done) {
  }
}

std::string utf16(std::string_view ascii, bool little, bool mark) {
  std::string made = mark ? (little ? "\xFF\xFE" : "\xFE\xFF") : "";
  for (const char c : ascii) {
    made += little ? std::string{c, '\0'} : std::string{'\0', c};
  }
  return made;
}

TEST(XmlTokenizer, ReadsElementsAttributesAndTexts) {
  EXPECT_EQ(events("<a x='1' y=\"2\">t<b/>u</a>"), " <a x=[1] y=[2] 't' <b / 'u' /");
  EXPECT_EQ(events("<a >\n</a >\n"), " <a '\n' /");
  EXPECT_EQ(events("<?xml version='1.0'?><!-- c --><a><?p i?>x<!--<b>-->y</a><?q?>"), " <a 'xy' /");
  EXPECT_EQ(events("<a>1&lt;2&amp;&#65;&#x42;&gt;&apos;&quot;</a>"), " <a '1<2&AB>'\"' /");
  EXPECT_EQ(events("<a b='1&lt;2&#10;\t\n'/>"), " <a b=[1<2\n  ] /");
  EXPECT_EQ(events("<a>x<![CDATA[<&]]]]>y<![CDATA[]]></a>"), " <a 'x<&]]y' /");
  EXPECT_EQ(events("<a>] ]] ]></a>"), " <a '] ]] ]>' /");
}

TEST(XmlTokenizer, NormalisesLineEnds) {
  EXPECT_EQ(events("<a>1\r\n2\r3\n4\r\r\n&#13;</a>\r"), " <a '1\n2\n3\n4\n\n\r' /");
  EXPECT_EQ(events("<a b='1\r\n2'/>"), " <a b=[1 2] /");
}

TEST(XmlTokenizer, KnowsTheMainNamespacesByAnyPrefix) {
  const std::string main(test::main_uri);
  EXPECT_EQ(events("<a xmlns='" + main + "'><b xmlns=''/><c/></a>"), " <m:a <b / <m:c / /");
  EXPECT_EQ(events("<x:a xmlns:x='" + main + "'><x:b x:c='1' d='2'/><c/></x:a>"), " <m:a <m:b d=[2] / <c / /");
  EXPECT_EQ(events("<a xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main'/>"), " <m:a /");
  EXPECT_EQ(events("<a xmlns:x='" + main + "'><b xmlns:x='other'><x:c/></b><x:c/></a>"), " <a <b <c / / <m:c / /");
  EXPECT_EQ(events("<a xml:space='preserve'/>"), " <a /");
}

TEST(XmlTokenizer, RefusesWhatIsNotWellFormed) {
  const char* const documents[] = {"",
                                   " ",
                                   "x",
                                   "<",
                                   "<a",
                                   "<a>",
                                   "<a></b>",
                                   "<a/><b/>",
                                   "<a/>x",
                                   "x<a/>",
                                   "</a>",
                                   "<a></a",
                                   "<a b/>",
                                   "<a b=1/>",
                                   "<a b='1' b='2'/>",
                                   "<a b='1'c='2'/>",
                                   "<a b='<'/>",
                                   "<a b='&'/>",
                                   "<a b='&x;'/>",
                                   "<a>&</a>",
                                   "<a>&x;</a>",
                                   "<a>&#0;</a>",
                                   "<a>&#xD800;</a>",
                                   "<a>&#xFFFF;</a>",
                                   "<a>&#x110000;</a>",
                                   "<a>&#99999999999;</a>",
                                   "<a>&#;</a>",
                                   "<a>]]></a>",
                                   "<a><!-- -- --></a>",
                                   "<a><!--></a>",
                                   "<a><![CDATA[x</a>",
                                   "<![CDATA[x]]><a/>",
                                   "<a><!x></a>",
                                   " <?xml version='1.0'?><a/>",
                                   "<a><?xml x?></a>",
                                   "<a><?"
                                   "?></a>",
                                   "<a><?p",
                                   "<1/>",
                                   "<a:b/>",
                                   "<a:b:c xmlns:a='x'/>",
                                   "<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>",
                                   "<a xmlns:x=''/>",
                                   "<a xmlns:xml='u'/>",
                                   "<a xmlns='u' xmlns='v'/>",
                                   "<a x:b='1'/>",
                                   "<a / >",
                                   "< a/>",
                                   "<a\x01/>",
                                   "<a>\x01</a>",
                                   "<a>\xC3</a>",
                                   "<a>\xC0\x80</a>",
                                   "<a>\xED\xA0\x80</a>",
                                   "<a>\xEF\xBF\xBF</a>",
                                   "<a>\xF5\x80\x80\x80</a>",
                                   "<a/>&amp;",
                                   "<a/>\xC3"};
  for (const char* const document : documents) {
    EXPECT_EQ(events(document), "refused") << document;
  }
}

TEST(XmlTokenizer, SaysThatADocumentTypeIsHostile) {
  expect_failure(ErrorKind::hostile_file, [] { read("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", Limits{}); });
}

TEST(XmlTokenizer, ReadsUtf8AndUtf16) {
  EXPECT_EQ(events("\xEF\xBB\xBF<a>\xC3\x9C\xF0\x9F\x98\x80</a>"), " <a '\xC3\x9C\xF0\x9F\x98\x80' /");
  for (const bool little : {true, false}) {
    EXPECT_EQ(events(utf16("<a>x\r\ny</a>", little, true)), " <a 'x\ny' /");
    EXPECT_EQ(events(utf16("<?xml version='1.0' encoding='UTF-16'?><a/>", little, false)), " <a /");
    EXPECT_EQ(events(utf16("<a/>", little, true) + "x"), "refused");
  }
  const std::string pair("\xFF\xFE<\0a\0>\0\x3D\xD8\x00\xDE<\0/\0a\0>\0", 20);
  EXPECT_EQ(events(pair), " <a '\xF0\x9F\x98\x80' /");
  const std::string lone("\xFF\xFE<\0a\0>\0\x3D\xD8<\0/\0a\0>\0", 18);
  EXPECT_EQ(events(lone), "refused");
}

TEST(XmlTokenizer, RefusesOtherEncodings) {
  for (const char* const name : {"ISO-8859-1", "UTF-7", "UTF-16", "utf-32"}) {
    expect_failure(ErrorKind::unsupported_file,
                   [&] { read("<?xml version='1.0' encoding='" + std::string(name) + "'?><a/>", Limits{}); });
  }
  EXPECT_EQ(events("<?xml version='1.0' encoding='utf-8'?><a/>"), " <a /");
}

TEST(XmlTokenizer, HoldsTheLimitOfDepth) {
  Limits limits;
  const auto nested = [](std::size_t depth) {
    std::string open, close;
    for (std::size_t i = 0; i < depth; ++i) {
      open += "<a>";
      close += "</a>";
    }
    return open + close;
  };
  read(nested(limits.xml_depth), limits);
  expect_failure(
      ErrorKind::limit_exceeded, [&] { read(nested(limits.xml_depth + 1), limits); }, "rehydra.max_xml_depth");
}

TEST(XmlTokenizer, HoldsTheLimitOfAttributes) {
  Limits limits;
  const auto with = [](std::uint32_t attributes) {
    std::string tag = "<a xmlns='u'";
    for (std::uint32_t i = 1; i < attributes; ++i) {
      tag += " a" + std::to_string(i) + "='1'";
    }
    return tag + "/>";
  };
  read(with(limits.xml_attributes), limits);
  expect_failure(
      ErrorKind::limit_exceeded, [&] { read(with(limits.xml_attributes + 1), limits); }, "rehydra.max_xml_attributes");
}

TEST(XmlTokenizer, GrowsForATagUpToTheLimit) {
  Limits limits;
  limits.held_part_bytes = 1 << 20;
  const std::size_t rest = std::string_view("<a b=''/>").size();
  read("<a b='" + std::string(limits.held_part_bytes - rest, 'x') + "'/>", limits);
  expect_failure(
      ErrorKind::limit_exceeded,
      [&] { read("<a b='" + std::string(limits.held_part_bytes - rest + 1, 'x') + "'/>", limits); },
      "rehydra.max_held_part_bytes");
  expect_failure(
      ErrorKind::limit_exceeded, [&] { read("<a b='" + std::string(5'000'000, 'x') + "'/>", limits); },
      "rehydra.max_held_part_bytes");
  read("<a>" + std::string(5'000'000, 'x') + "<!--" + std::string(5'000'000, 'x') + "--></a>", limits);
}

}  // namespace
}  // namespace rehydra::codec
