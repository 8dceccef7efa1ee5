// Job: what the engine for rows makes is read by zlib to the same bytes, whatever they are, and is small for rows.
// Covers: codec/deflate_rows.cpp, codec/row_matcher.h, codec/deflate_code.h.
#include <gtest/gtest.h>

#include "codec/deflate.h"
#include "inflated.h"
#include "random_text.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t sheet_bytes = 900'000;  // several windows

std::string packed_by(std::unique_ptr<DeflateEngine> engine, std::string_view bytes, std::size_t slice = SIZE_MAX) {
  std::string packed;
  Deflater deflater(std::move(engine));
  deflater.begin();
  for (std::size_t at = 0; at < bytes.size(); at += slice) {
    deflater.write(bytes.substr(at, slice), packed);
    slice = std::min(slice, bytes.size());
  }
  deflater.end(packed);
  return packed;
}

std::string packed(std::string_view bytes, std::size_t slice = SIZE_MAX) {
  return packed_by(make_row_engine(), bytes, std::min(slice, bytes.size() + 1));
}

std::string number_cell(const std::string& reference, std::uint64_t value) {
  return "<c r=\"" + reference + "\" s=\"3\"><v>" + std::to_string(value) + "</v></c>";
}

std::string text_cell(const std::string& reference, const std::string& text) {
  return "<c r=\"" + reference + "\" s=\"6\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" + text + "</t></is></c>";
}

// Any cell but the first may be missing.
std::string sheet(std::uint64_t seed, std::size_t longest_text, std::string_view alphabet) {
  test::RandomText random(seed, alphabet);
  std::string xml = "<worksheet><sheetData>";
  for (int row = 2; xml.size() < sheet_bytes; ++row) {
    const std::string number = std::to_string(row);
    xml += "<row r=\"" + number + "\">" + number_cell("A" + number, static_cast<std::uint64_t>(row - 1));
    for (const char* column : {"B", "C", "D", "AA", "XFD"}) {
      if (random.number(4) != 0) {
        xml += random.number(2) == 0 ? number_cell(column + number, random.number(1ULL << random.number(50)))
                                     : text_cell(column + number, random.next(longest_text));
      }
    }
    xml += "</row>";
  }
  return xml + "</sheetData></worksheet>";
}

TEST(DeflateRows, RowsComeBack) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const std::string xml = sheet(seed, 30, {});
    ASSERT_EQ(test::inflated(packed(xml), xml.size()), xml);
  }
}

TEST(DeflateRows, BytesDoNotDependOnTheSlices) {
  const std::string xml = sheet(7, 20, "abc <d");
  const std::string whole = packed(xml);
  EXPECT_EQ(packed(xml, 1'000), whole);
  EXPECT_EQ(packed(xml, 196'608), whole);
}

TEST(DeflateRows, AnEngineStartsAnew) {
  const std::string xml = sheet(8, 20, "abc");
  Deflater deflater(make_row_engine());
  std::string first, second;
  for (std::string* out : {&first, &second}) {
    deflater.begin();
    deflater.write(xml, *out);
    deflater.end(*out);
  }
  EXPECT_EQ(second, first);
}

// Columns keep their kind, as those of a table do.
TEST(DeflateRows, AreSmallerThanByAGeneralEngine) {
  std::string xml;
  test::RandomText random(9, "abcdefghijklmnopqrstuvwxyz");
  for (int row = 1; xml.size() < sheet_bytes; ++row) {
    const std::string number = std::to_string(row);
    xml += "<row r=\"" + number + "\">" + number_cell("A" + number, random.number(1'000'000)) +
           number_cell("B" + number, random.number(1ULL << 40)) + text_cell("C" + number, random.next(12)) + "</row>";
  }
  EXPECT_LT(packed(xml).size(), packed_by(make_zlib_engine(), xml, xml.size()).size() * 95 / 100);
}

TEST(DeflateRows, AreHardlyLargerWhereNoCellIsLikeTheOneAbove) {
  const std::string xml = sheet(9, 12, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_LT(packed(xml).size(), packed_by(make_zlib_engine(), xml, xml.size()).size() * 120 / 100);
}

TEST(DeflateRows, LongTextsAreLeftToTheEngineForThem) {
  std::string texts;
  test::RandomText random(10);
  for (int row = 1; texts.size() < sheet_bytes; ++row) {
    texts +=
        "<row r=\"" + std::to_string(row) + "\">" + text_cell("A" + std::to_string(row), random.next(400)) + "</row>";
  }
  const std::string made = packed(texts);
  EXPECT_EQ(test::inflated(made, texts.size()), texts);
  if (auto engine = make_isal_engine()) {
    EXPECT_EQ(made, packed_by(std::move(engine), texts, texts.size()));
  }
}

// Much longer than what a code was chosen for.
TEST(DeflateRows, ANewCodeIsChosenWhereTheRowsChange) {
  std::string xml;
  std::string rest;
  for (int row = 1; row < 100'000; ++row) {
    const std::string number = std::to_string(row);
    xml += number_cell("A" + number, static_cast<std::uint64_t>(row) * 7'919 % 100'000);
    rest += text_cell("A" + number, std::string(1, static_cast<char>('a' + row * 31 % 26)) + "q" +
                                        static_cast<char>('a' + row * 17 % 26));
  }
  const std::size_t apart = packed(xml).size() + packed(rest).size();
  const std::string together = packed(xml + rest);
  EXPECT_LT(together.size(), apart * 110 / 100);
  EXPECT_EQ(test::inflated(together, xml.size() + rest.size()), xml + rest);
}

TEST(DeflateRows, ReachExactlyAsFarAsTheFormat) {
  for (const std::size_t distance : {32'767U, 32'768U, 32'769U}) {
    const std::string cell = number_cell("A1", 123'456'789'012) + "<c r=\"B1";
    std::string xml = cell;
    xml.append(distance - cell.size(), '.');
    xml += cell + std::string(300, 'x') + std::string(300, 'x');
    EXPECT_EQ(test::inflated(packed(xml), xml.size()), xml);
  }
}

TEST(DeflateRows, NothingAndLittleComeBack) {
  for (const char* xml :
       {"", "<", "<c", "<c r=\"", "</v></c>", "</v></c></row><row r=\"1", "1\"", "</t></is></c><c r=\"A1\""}) {
    EXPECT_EQ(test::inflated(packed(xml), std::string_view(xml).size()), xml);
  }
}

TEST(DeflateRows, PiecesOfMarkupInAnyOrderComeBack) {
  const char* const pieces[] = {"</v></c>", "</t></is></c>", "<c r=\"", "</row><row r=\"", "A",   "AB", "1",
                                "77",       "123",           "\"",      " s=\"1\"><v>",    "</v", "<",  "&amp;",
                                "word ",    "another word"};
  test::RandomText random(11);
  for (int i = 0; i < 300; ++i) {
    std::string xml;
    const std::uint64_t kinds = 2 + random.number(std::size(pieces) - 1);
    const std::uint64_t first = random.number(std::size(pieces));
    for (std::uint64_t n = random.number(2'000) * (i % 50 == 0 ? 100 : 1); n > 0; --n) {
      xml += pieces[(first + random.number(kinds)) % std::size(pieces)];
    }
    ASSERT_EQ(test::inflated(packed(xml, 1 + random.number(50'000)), xml.size()), xml);
  }
}

TEST(DeflateRows, AnyBytesComeBack) {
  for (const std::string_view alphabet :
       {std::string_view("\0\xFF<", 3), std::string_view("0\""), std::string_view("<>&ab1\" ")}) {
    test::RandomText random(12, alphabet);
    for (int i = 0; i < 20; ++i) {
      const std::string bytes = random.next(i == 0 ? sheet_bytes : 3'000);
      ASSERT_EQ(test::inflated(packed(bytes, 1'777), bytes.size()), bytes);
    }
  }
  std::string noise;
  test::RandomText random(13);
  while (noise.size() < sheet_bytes) {
    noise += static_cast<char>(random.number(256));
  }
  const std::string made = packed(noise);
  EXPECT_EQ(test::inflated(made, noise.size()), noise);
}

}  // namespace
}  // namespace rehydra::codec
