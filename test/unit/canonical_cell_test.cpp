// Job: the server's text of a cell's value, told from the cell and the type's name: as exported, as other programs save
// it.
#include "codec/canonical_cell.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

std::string canonical(std::string_view type, CellKind kind, std::string_view text) {
  OverflowTexts none(test::make_vector_spill);
  CanonicalCell column(type);
  return std::string(column.text({1, kind, false, text}, false, none).value_or("none"));
}
std::string number(std::string_view type, std::string_view text) {
  return canonical(type, CellKind::number, text);
}
std::string words(std::string_view type, std::string_view text) {
  return canonical(type, CellKind::text, text);
}

TEST(TypeName, ToldFromTheNameThatPostgresqlPrints) {
  EXPECT_EQ(type_named("numeric(15,2)").column.kind, ColumnClass::numeric);
  EXPECT_EQ(type_named("numeric(15,2)").column.scale, 2);
  EXPECT_EQ(type_named("numeric").column.scale, -1);
  EXPECT_EQ(type_named("numeric(5,-2)").column.scale, -1);
  EXPECT_EQ(type_named("numeric(15,2)[]").column.kind, ColumnClass::other);
  EXPECT_EQ(type_named("timestamp(3) with time zone").column.kind, ColumnClass::timestamptz);
  EXPECT_EQ(type_named("timestamp without time zone").column.kind, ColumnClass::timestamp);
  EXPECT_EQ(type_named("character varying(20)").column.kind, ColumnClass::text);
  EXPECT_EQ(type_named("app.percent").column.kind, ColumnClass::other);
  EXPECT_EQ(type_named("smallint").bytes, 2);
}

TEST(CanonicalCell, Integers) {
  EXPECT_EQ(number("integer", "41"), "41");
  EXPECT_EQ(number("integer", "4.1E1"), "41");
  EXPECT_EQ(words("bigint", "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(number("smallint", "-32768"), "-32768");
  EXPECT_EQ(number("smallint", "32768"), "none");
  EXPECT_EQ(number("integer", "-2147483649"), "none");
  EXPECT_EQ(number("integer", "1.5"), "none");
}

TEST(CanonicalCell, NumericHasTheDigitsOfItsType) {
  EXPECT_EQ(number("numeric(12,3)", "1.5"), "1.500");  // as programs save 1.500
  EXPECT_EQ(number("numeric(12,3)", "2"), "2.000");
  EXPECT_EQ(number("numeric(12,3)", "1.500"), "1.500");
  EXPECT_EQ(number("numeric(12,3)", "-0"), "0.000");
  EXPECT_EQ(number("numeric(5,0)", "7"), "7");
  EXPECT_EQ(number("numeric", "1E-7"), "0.0000001");
  EXPECT_EQ(number("numeric", "1E+20"), "100000000000000000000");
  EXPECT_EQ(words("numeric", "1.50"), "1.50");
  EXPECT_EQ(words("numeric", "12345678901234567890.1234567890"), "12345678901234567890.1234567890");
  EXPECT_EQ(words("numeric", "NaN"), "NaN");
  EXPECT_EQ(words("numeric", "abc"), "none");
}

TEST(CanonicalCell, FloatsHaveTheServersNotation) {
  EXPECT_EQ(number("double precision", "123456789012345"), "123456789012345");
  EXPECT_EQ(number("double precision", "1E+15"), "1e+15");
  EXPECT_EQ(number("double precision", "1000000000000000"), "1e+15");
  EXPECT_EQ(number("double precision", "0.0001"), "0.0001");
  EXPECT_EQ(number("double precision", "0.00001"), "1e-05");
  EXPECT_EQ(number("double precision", "1.5E-307"), "1.5e-307");
  EXPECT_EQ(number("real", "16777216"), "1.6777216e+07");
  EXPECT_EQ(number("real", "123456"), "123456");
  EXPECT_EQ(words("double precision", "-0"), "-0");
  EXPECT_EQ(number("real", "0"), "0");
  EXPECT_EQ(words("real", "-Infinity"), "-Infinity");
}

TEST(CanonicalCell, TimesAreInTheServersIso) {
  EXPECT_EQ(number("date", "45322"), "2024-01-31");
  EXPECT_EQ(words("date", "0044-03-15 BC"), "0044-03-15 BC");
  EXPECT_EQ(words("date", "infinity"), "infinity");
  EXPECT_EQ(words("date", "2024-02-30"), "none");
  EXPECT_EQ(number("timestamp without time zone", "45322.5"), "2024-01-31 12:00:00");
  EXPECT_EQ(number("timestamp with time zone", "45322.5"), "2024-01-31 12:00:00+00");
  EXPECT_EQ(words("timestamp with time zone", "2024-01-31 00:00:00.120000Z"), "2024-01-31 00:00:00.12+00");
  EXPECT_EQ(words("timestamp without time zone", "0044-03-15 12:00:00.500000 BC"), "0044-03-15 12:00:00.5 BC");
  EXPECT_EQ(words("timestamp with time zone", "0044-03-15 12:00:00.500000Z BC"), "0044-03-15 12:00:00.5+00 BC");
  EXPECT_EQ(words("timestamp(3) with time zone", "294276-12-31 23:59:59.999999Z"), "294276-12-31 23:59:59.999999+00");
  EXPECT_EQ(words("timestamp with time zone", "-infinity"), "-infinity");
}

TEST(CanonicalCell, OtherKinds) {
  EXPECT_EQ(canonical("boolean", CellKind::boolean, "1"), "t");
  EXPECT_EQ(words("boolean", "no"), "f");
  EXPECT_EQ(words("bytea", "AP8Q"), "\\x00ff10");
  EXPECT_EQ(words("bytea", "\"\""), "\\x");
  EXPECT_EQ(words("bytea", "?"), "none");
  EXPECT_EQ(words("text", "\"a\\rb\""), "a\rb");
  EXPECT_EQ(words("jsonb", "{\"a\": 1}"), "{\"a\": 1}");
  EXPECT_EQ(canonical("text", CellKind::error, "#N/A"), "none");
}

TEST(CanonicalCell, LongTextsAreWholeAndNeverLiterals) {
  const std::string text = "\"" + std::string(40'000, 'x') + "\"";
  OverflowTexts texts(test::make_vector_spill);
  texts.add(1, 1, text);
  const std::string token = overflow_token(1, text);
  CanonicalCell column("text");
  EXPECT_EQ(column.text({1, CellKind::text, false, token}, false, texts), text);
  const std::string edited = token + "!";
  EXPECT_EQ(column.text({1, CellKind::text, false, edited}, false, texts), edited);
  const std::string without = overflow_token(2, text);
  test::expect_failure(
      ErrorKind::bad_file,
      [&] {
        (void)column.text({1, CellKind::text, false, without}, false, texts);
      },
      "no pieces");
}

}  // namespace
}  // namespace rehydra::codec
