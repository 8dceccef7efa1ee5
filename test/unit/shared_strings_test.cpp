// Job: the table of shared strings: rich text, long strings, and the step from memory to the spill.
#include "codec/shared_strings.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "sample_zip.h"
#include "text_source.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

using test::string_table;
using test::TextSource;

std::string text_of(SharedStrings& strings, std::uint64_t number) {
  TextArena arena;
  std::string_view text;
  switch (strings.find(number, arena, text)) {
    case SharedStrings::Found::unknown:
      return "unknown";
    case SharedStrings::Found::too_long:
      return "too long";
    default:
      return "'" + std::string(text) + "'";
  }
}

std::string all(const std::string& part, const Limits& limits = {}, std::size_t piece = SIZE_MAX) {
  SharedStrings strings(limits, test::make_vector_spill);
  TextSource source(part, piece);
  strings.load(source);
  std::string texts;
  for (std::uint64_t i = 0; i < strings.size(); ++i) {
    texts += text_of(strings, i);
  }
  EXPECT_EQ(text_of(strings, strings.size()), "unknown");
  return texts;
}

const std::string items =
    "<si><t>plain</t></si>\n<si><t xml:space=\"preserve\"> kept </t></si><si/><si><t/></si><si><t>1&amp;2</t></si>"
    "<si><r><t>rich </t></r><rPh sb=\"0\" eb=\"2\"><t>phonetic</t></rPh><r><rPr><b/></rPr><t>text</t></r></si>"
    "<other><t>no</t></other><si><t>_x000D_]</t></si>";

TEST(SharedStrings, ReadsAllShapes) {
  const std::string expected = "'plain'' kept ''''''1&2''rich text''_x000D_]'";
  EXPECT_EQ(all(string_table(items)), expected);
  EXPECT_EQ(all(string_table(items), {}, 1), expected);
}

TEST(SharedStrings, SpillsPastTheLimitAndFindsTheSame) {
  const std::string expected = all(string_table(items));
  for (std::uint64_t bytes = 0; bytes < 250; ++bytes) {
    Limits limits;
    limits.shared_string_bytes = bytes;
    EXPECT_EQ(all(string_table(items), limits), expected);
  }
}

TEST(SharedStrings, MarksWhatIsLongerThanACell) {
  for (const std::uint64_t memory : {0, 1 << 20}) {
    Limits limits;
    limits.cell_units = 5;
    limits.shared_string_bytes = memory;
    EXPECT_EQ(all(string_table("<si><t>12345</t></si><si><t>123456</t></si><si><t>x</t></si>"), limits),
              "'12345'too long'x'");
  }
}

TEST(SharedStrings, IgnoresStatedCounts) {
  EXPECT_EQ(all("<sst xmlns=\"" + std::string(test::main_uri) +
                "\" count=\"4294967295\" uniqueCount=\"99999999999\"><si><t>a</t></si></sst>"),
            "'a'");
}

TEST(SharedStrings, RefusesOtherParts) {
  test::expect_failure(ErrorKind::bad_file, [] { all("<sst><si/></sst>"); });
  test::expect_failure(ErrorKind::bad_file, [] { all(test::worksheet("")); });
  test::expect_failure(ErrorKind::bad_file, [] { all(string_table("<si><t>cut").substr(0, 80)); });
}

}  // namespace
}  // namespace rehydra::codec
