// Job: every n-th allocation of an operation fails, alone and with all behind it: the operation ends with bad_alloc or
// a Failure, or succeeds with the same answer, and leaks nothing (LeakSanitizer looks at the end of the program).
// Covers: reading, writing, shared strings, long texts, the manifest.
// Its own program, since it replaces operator new.
#include <gtest/gtest.h>

#include <new>

#include "codec/manifest.h"
#include "codec/overflow.h"
#include "codec/workbook_reader.h"
#include "codec/workbook_writer.h"
#include "core/error.h"
#include "failing_allocations.h"
#include "sample_zip.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

using test::FailingAllocations;

// Runs the operation with each of its allocations failing in turn. Returns how many it has.
template <typename Operation>
std::uint64_t with_every_allocation_failing(Operation operation) {
  const std::string expected = operation();
  std::uint64_t failures = 0;
  for (const bool only_one : {true, false}) {
    for (std::uint64_t n = 1;; ++n) {
      std::string answer;
      bool threw = false;
      bool happened = false;
      {
        const FailingAllocations failing(n, only_one);
        try {
          answer = operation();
        } catch (const std::bad_alloc&) {
          threw = true;
        } catch (const Failure&) {
          threw = true;
        }
        happened = FailingAllocations::happened();
      }
      if (!happened) {
        EXPECT_EQ(answer, expected);
        break;
      }
      failures += 1;
      if (!threw && answer != expected) {
        ADD_FAILURE() << "allocation " << n << " failed, and the answer was another: " << answer.substr(0, 100);
        return failures;
      }
    }
  }
  return failures;
}

std::string sample_workbook() {
  const std::string strings = test::string_table(
      "<si><t>shared</t></si><si><r><t>rich </t></r><rPh sb=\"0\" "
      "eb=\"1\"><t>no</t></rPh><r><t>text</t></r></si><si><t>1&amp;2</t></si>");
  std::string rows;
  for (int row = 1; row <= 40; ++row) {
    const std::string number = std::to_string(row);
    rows += "<row r=\"" + number + "\"><c r=\"A" + number + "\" t=\"s\"><v>" + std::to_string(row % 3) +
            "</v></c><c r=\"B" + number + "\" t=\"inlineStr\"><is><t>inline &lt;" + number +
            "&gt;</t></is></c><c r=\"C" + number + "\"><f>1</f><v>" + number + "</v></c></row>";
  }
  return test::make_workbook(test::worksheet(rows), strings);
}

std::string read_all(const std::string& file, const Limits& limits) {
  const auto reader = WorkbookReader::open(file, limits, Cancel(), test::make_vector_spill);
  std::string texts;
  for (std::size_t sheet = 0; sheet < reader->sheets().size(); ++sheet) {
    texts += reader->sheets()[sheet].title;
    Row row;
    for (const auto rows = reader->rows(sheet); rows->next(row);) {
      for (const Cell& cell : row.cells) {
        texts.append(cell.text).append(",");
      }
    }
  }
  return texts;
}

TEST(Allocation, Reading) {
  const std::string file = sample_workbook();
  EXPECT_GT(with_every_allocation_failing([&] { return read_all(file, Limits{}); }), 300U);
}

TEST(Allocation, ReadingWithStringsThatSpill) {
  const std::string file = sample_workbook();
  Limits limits;
  limits.shared_string_bytes = 40;  // the first string, and the longest row
  EXPECT_GT(with_every_allocation_failing([&] { return read_all(file, limits); }), 100U);
}

// Where memory fails inside of libxml2 the words may be other ones, but a refusal it is.
TEST(Allocation, Refusing) {
  const std::string file =
      test::make_zip(test::workbook_parts(test::worksheet("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"/></row>")));
  const auto refuse = [&]() -> std::string {
    try {
      return read_all(file, Limits{});
    } catch (const Failure& failure) {
      if (failure.error().where.row == 0) {
        throw;
      }
      return failure.error().message;
    }
  };
  EXPECT_GT(with_every_allocation_failing(refuse), 100U);
}

TEST(Allocation, LongTexts) {
  const std::string text(70'000, 'x');
  EXPECT_GT(with_every_allocation_failing([&] {
              OverflowTexts texts(test::make_vector_spill);
              std::uint64_t piece = 0;
              for (const std::string_view content : overflow_pieces(text)) {
                texts.add(1, ++piece, content);
              }
              return texts.text_of(overflow_token(1, text)).value_or("nothing");
            }),
            10U);
}

Manifest sample_manifest() {
  Manifest manifest;
  manifest.model = "a model with a long name";
  manifest.tenant_id = "17";
  for (const char* name : {"accounts of a customer", "products of a customer"}) {
    ManifestDataset dataset{name, {}, 3, std::string(64, 'a')};
    dataset.sheets.push_back({{"Title of a sheet with rows"}, false, {}});
    dataset.sheets.back().columns.push_back({"column_of_a_table", "Header of a column", "numeric(10,2)", "data", ""});
    dataset.sheets.back().columns.push_back({"key_of_a_table", "Header of a key", "shop.a_domain", "key", "integer"});
    manifest.datasets.push_back(std::move(dataset));
  }
  return manifest;
}

TEST(Allocation, WritingTheManifest) {
  const Manifest manifest = sample_manifest();
  EXPECT_GT(
      with_every_allocation_failing([&] { return to_json(manifest) + head_json(manifest) + seal_json(manifest); }),
      100U);
}

TEST(Allocation, ReadingTheManifest) {
  const std::string text = to_json(sample_manifest());
  const std::string head = head_json(sample_manifest());
  const std::string seal = seal_json(sample_manifest());
  EXPECT_GT(with_every_allocation_failing([&] {
              return parse_manifest(text).tenant_id + parse_sealed_manifest(head, seal).datasets.at(1).digest;
            }),
            100U);
}

// Of a file's own making: members twice, branches where texts belong, an end in the middle.
TEST(Allocation, RefusingManifests) {
  for (const std::string text :
       {R"({"a": [[1, 2, {"b": [{}, [], "text longer than a small string"]}]], "a": {"c": [1]}, "sha256": [[1]]})",
        R"({"format": "rehydra workbook", "version": [{"deep": [[[]]]}]})", R"({"a": [1, {"b": [2, )"}) {
    const auto refuse = [&]() -> std::string {
      try {
        return parse_manifest(text).model;
      } catch (const Failure& failure) {
        return failure.error().message;
      }
    };
    EXPECT_GT(with_every_allocation_failing(refuse), 10U);
  }
}

std::string write_workbook() {
  WorkbookSpec spec;
  spec.title = "Title";
  spec.created_unix = 1'700'000'000;
  SheetColumn column;
  column.header = "A header that is longer than a small string";
  column.type.kind = ColumnClass::text;
  spec.sheets = {{"Rows", SheetKind::data, {column}, 30, ""}};
  WorkbookWriter writer(spec, Cancel(), test::make_vector_spill);
  writer.begin_sheet(0);
  for (int i = 0; i < 30; ++i) {
    writer.row().begin();
    writer.row().text(i == 7 ? std::string(40'000, 'x') : "a text & another one");
    writer.row().end();
  }
  writer.end_sheet();
  writer.finish();
  std::string bytes(writer.output());
  writer.consume(bytes.size());
  return bytes;
}

TEST(Allocation, Writing) {
  EXPECT_GT(with_every_allocation_failing(write_workbook), 100U);
}

}  // namespace
}  // namespace rehydra::codec

int main(int count, char** arguments) {
  rehydra::test::take_over_libxml2();
  testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
