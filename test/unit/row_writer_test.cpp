// Job: each kind of value as XML: what is native, what becomes text, what is escaped.
// Covers: codec/row_writer.cpp, codec/row_target.h, codec/xml_text.h, codec/decimal_form.h.
#include <gtest/gtest.h>

#include <limits>

#include "codec/decimal_form.h"
#include "codec/literal.h"
#include "codec/overflow.h"
#include "codec/row_target.h"
#include "codec/workbook_writer.h"
#include "codec/xml_text.h"
#include "core/error.h"
#include "random_text.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view string_start = "<c r=\"A1\" s=\"8\" t=\"inlineStr\"><is><t xml:space=\"preserve\">";
constexpr std::string_view string_end = "</t></is></c>";

struct Target final : RowTarget {
  explicit Target(ColumnClass kind, int scale = -1, std::size_t count = 1) {
    for (std::uint32_t i = 1; i <= count; ++i) {
      columns.emplace_back(i, ColumnType{kind, scale}, CellStyles{7, 8});
    }
    long_texts = &texts;
  }
  void drain() override {
    drained += xml.view();
    xml.clear();
  }

  LongTexts texts{test::make_vector_spill};
  std::string drained;
};

// The XML between <row> and </row> of one cell.
template <typename Write>
std::string cell(Target& target, Write write) {
  RowWriter row(target);
  target.xml.clear();
  target.row = 0;
  row.begin();
  write(row);
  row.end();
  const std::string_view xml = target.xml.view();
  EXPECT_TRUE(xml.starts_with("<row r=\"1\">") && xml.ends_with("</row>")) << xml;
  return std::string(xml.substr(11, xml.size() - 17));
}

template <typename Write>
std::string cell(ColumnClass kind, Write write, int scale = -1) {
  Target target(kind, scale);
  return cell(target, write);
}

std::string number(std::string_view digits) {
  return "<c r=\"A1\" s=\"7\"><v>" + std::string(digits) + "</v></c>";
}
std::string string(std::string_view text) {
  return std::string(string_start) + std::string(text) + std::string(string_end);
}

std::string text_cell(std::string_view text) {
  return cell(ColumnClass::text, [&](RowWriter& row) { row.text(text); });
}
std::string integer_cell(std::int64_t value) {
  return cell(ColumnClass::integer, [&](RowWriter& row) { row.integer(value); });
}

TEST(RowWriter, IntegersUpTo15Digits) {
  EXPECT_EQ(integer_cell(0), number("0"));
  EXPECT_EQ(integer_cell(-999'999'999'999'999), number("-999999999999999"));
  EXPECT_EQ(integer_cell(1'000'000'000'000'000), string("1000000000000000"));
  EXPECT_EQ(integer_cell(std::numeric_limits<std::int64_t>::min()), string("-9223372036854775808"));
}

TEST(RowWriter, Booleans) {
  EXPECT_EQ(cell(ColumnClass::boolean, [](RowWriter& row) { row.boolean(true); }),
            "<c r=\"A1\" s=\"7\" t=\"b\"><v>1</v></c>");
}

TEST(RowWriter, GeneralStyleIsNotWritten) {
  Target target(ColumnClass::integer);
  target.columns = {CellTemplate(1, {ColumnClass::integer, -1}, {0, 8})};
  EXPECT_EQ(cell(target, [](RowWriter& row) { row.integer(1); }), "<c r=\"A1\"><v>1</v></c>");
}

TEST(RowWriter, NullIsNoCell) {
  Target target(ColumnClass::integer, -1, 28);
  const std::string xml = cell(target, [](RowWriter& row) {
    row.null();
    row.integer(2);
    for (int i = 3; i < 28; ++i) {
      row.null();
    }
    row.integer(28);
  });
  EXPECT_EQ(xml, "<c r=\"B1\" s=\"7\"><v>2</v></c><c r=\"AB1\" s=\"7\"><v>28</v></c>");
}

TEST(RowWriter, Decimals) {
  const auto decimal = [](std::string_view text, int scale) {
    return cell(
        ColumnClass::numeric, [&](RowWriter& row) { row.decimal(text); }, scale);
  };
  EXPECT_EQ(decimal("12.50", 2), number("12.50"));
  EXPECT_EQ(decimal("12.50", -1), string("12.50"));
  EXPECT_EQ(decimal("12.5", -1), number("12.5"));
  EXPECT_EQ(decimal("NaN", 2), string("NaN"));
  EXPECT_EQ(decimal("-Infinity", -1), string("-Infinity"));
}

TEST(DecimalForm, NativeWhereNothingIsLost) {
  for (const char* text : {"0", "-1", "100", "12.5", "0.001", "123456789012345", "-0.123456789012345",
                           "100000000000000000000", "1e+20", "-1.5e-07", "1.23456789012345e+300"}) {
    EXPECT_TRUE(is_native_decimal(text, false)) << text;
  }
  for (const char* text : {"",
                           "-",
                           ".",
                           "NaN",
                           "Infinity",
                           "-0",
                           "-0.00",
                           "12.50",
                           "0.0",
                           "1234567890123456",
                           "0.1234567890123456",
                           "1e+301",
                           "1e-301",
                           "1e",
                           "1e+",
                           "1e5x",
                           "1.2.3",
                           "12a",
                           "+5",
                           " 5",
                           "5 ",
                           "0x10",
                           "1e99999999999",
                           "0.00000000000000000000000000000000000001"}) {
    EXPECT_FALSE(is_native_decimal(text, false)) << text;
  }
  EXPECT_TRUE(is_native_decimal("123456789012345.00", true));
  EXPECT_TRUE(is_native_decimal("0.00", true));
  EXPECT_FALSE(is_native_decimal("-0.00", true));
}

TEST(RowWriter, Dates) {
  const auto date = [](std::int32_t days) { return cell(ColumnClass::date, [&](RowWriter& row) { row.date(days); }); };
  EXPECT_EQ(date(0), number("36526"));
  EXPECT_EQ(date(-36'466), string("1900-02-28"));
  EXPECT_EQ(date(std::numeric_limits<std::int32_t>::max()), string("infinity"));
}

TEST(RowWriter, Timestamps) {
  const auto timestamp = [](ColumnClass kind, std::int64_t micros) {
    return cell(kind, [&](RowWriter& row) { row.timestamp(micros); });
  };
  EXPECT_EQ(timestamp(ColumnClass::timestamp, 43'200'000'000), number("36526.5"));
  EXPECT_EQ(timestamp(ColumnClass::timestamp, 1), string("2000-01-01 00:00:00.000001"));
  EXPECT_EQ(timestamp(ColumnClass::timestamptz, 1), string("2000-01-01 00:00:00.000001Z"));
  EXPECT_EQ(timestamp(ColumnClass::timestamptz, std::numeric_limits<std::int64_t>::min()), string("-infinity"));
}

TEST(RowWriter, TextIsNeverAFormulaAndIsEscaped) {
  EXPECT_EQ(text_cell("=1+1"), string("=1+1"));
  EXPECT_EQ(text_cell("a<b>&\"c\"'"), string("a&lt;b&gt;&amp;\"c\"'"));
  EXPECT_EQ(text_cell(" \n\t"), string(" \n\t"));
  EXPECT_EQ(text_cell(""), string("\"\""));
  EXPECT_EQ(text_cell("a\r<"), string("\"a\\r&lt;\""));
  EXPECT_EQ(text_cell("[[rehydra:long 1"), string("\"[[rehydra:long 1\""));
}

TEST(RowWriter, AnEmptyLineIsBlank) {
  Target target(ColumnClass::text);
  target.lines = true;
  EXPECT_EQ(cell(target, [](RowWriter& row) { row.text(""); }), "");
}

TEST(RowWriter, Base64) {
  const auto base64 = [](std::string_view bytes) {
    return cell(ColumnClass::bytea, [&](RowWriter& row) { row.base64(bytes); });
  };
  EXPECT_EQ(base64(""), string("\"\""));
  EXPECT_EQ(base64("f"), string("Zg=="));
  EXPECT_EQ(base64("fo"), string("Zm8="));
  EXPECT_EQ(base64("foobar"), string("Zm9vYmFy"));
  EXPECT_EQ(base64("\xFF\xFE\xFD"), string("//79"));
}

TEST(RowWriter, LongNumbersLeaveATokenToo) {
  Target target(ColumnClass::numeric);
  const std::string digits(32'768, '7');
  const std::string xml = cell(target, [&](RowWriter& row) { row.decimal(digits); });
  EXPECT_NE(xml.find(overflow_token_start), std::string::npos) << xml;
  EXPECT_EQ(cell(target, [&](RowWriter& row) { row.decimal(digits.substr(1)); }), string(digits.substr(1)));
}

TEST(RowWriter, LongTextsLeaveAToken) {
  Target target(ColumnClass::text);
  const std::string fits(32'767, 'x');
  const std::string wide = [] {
    std::string text;
    for (int i = 0; i < 16'383; ++i) {
      text += "\xF0\x9F\x98\x80";
    }
    return text;
  }();
  EXPECT_EQ(text_cell(fits), string(fits));
  EXPECT_EQ(text_cell(wide), string(wide));
  for (const std::string& text :
       {fits + "x", wide + "\xF0\x9F\x98\x80", "\r" + fits.substr(2), std::string(40'000, '&')}) {
    static std::uint64_t n = 0;
    const std::string xml = cell(target, [&](RowWriter& row) { row.text(text); });
    std::string escaped(400'000, '\0');
    escaped.resize(static_cast<std::size_t>(copy_escaped(escaped.data(), overflow_token(++n, text)) - escaped.data()));
    EXPECT_EQ(xml, string(escaped));
  }
}

TEST(RowWriter, PlainTextIsWhatNeedsNothing) {
  test::RandomText random(6);
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = random.next(6);
    if (is_plain_text(text)) {
      ASSERT_FALSE(needs_literal(text)) << text;
      ASSERT_EQ(text.find_first_of("&<>"), std::string::npos) << text;
    }
  }
}

// The XML's text without entities, as a parser gives it.
std::string unescaped(std::string text) {
  for (const auto& [entity, character] : {std::pair("&lt;", "<"), {"&gt;", ">"}, {"&amp;", "&"}}) {
    for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
      text.replace(at, std::string_view(entity).size(), character);
    }
  }
  return text;
}

TEST(RowWriter, RandomTextComesBack) {
  test::RandomText random(7);
  std::string scratch;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random.next(30);
    const std::string xml = text_cell(text);
    const std::string content =
        unescaped(xml.substr(string_start.size(), xml.size() - string_start.size() - string_end.size()));
    ASSERT_EQ(literal_value(content, scratch), text);
  }
}

TEST(RowWriter, ManyRowsDrainAndCount) {
  Target target(ColumnClass::text);
  RowWriter row(target);
  for (int i = 0; i < 10'000; ++i) {
    row.begin();
    row.text("some text that fills the buffer");
    row.end();
    ASSERT_LE(target.xml.size(), RowTarget::drain_bytes);
  }
  target.drain();
  EXPECT_NE(target.drained.find("<row r=\"10000\"><c r=\"A10000\""), std::string::npos);
}

TEST(RowWriter, RefusesTooManyCellsAndRows) {
  Target target(ColumnClass::integer);
  RowWriter row(target);
  row.begin();
  row.integer(1);
  EXPECT_THROW(row.integer(2), Failure);
  target.row = 1'048'576;
  EXPECT_THROW(row.begin(), Failure);
}

}  // namespace
}  // namespace rehydra::codec
