// Job: whole workbooks: rows of all sheets, budgets, cancel, and that no damage whatever does more than throw Failure.
#include "codec/workbook_reader.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "sample_zip.h"
#include "vector_spill.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;
using test::make_workbook;
using test::string_table;
using test::worksheet;

const std::string two_rows =
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>5</v></c></row>"
    "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>text</t></is></c></row>";

std::string sample() {
  return make_workbook(worksheet(two_rows), string_table("<si><t>shared</t></si>"));
}

std::unique_ptr<WorkbookReader> open(const std::string& file, const Limits& limits = {}, Cancel cancel = {}) {
  return WorkbookReader::open(file, limits, cancel, test::make_vector_spill);
}

std::string read(WorkbookReader& reader, std::size_t sheet) {
  std::string texts;
  Row row;
  for (const auto rows = reader.rows(sheet); rows->next(row);) {
    for (const Cell& cell : row.cells) {
      texts += std::string(cell.text) + ",";
    }
    texts += "|";
  }
  return texts;
}

std::string read_all(const std::string& file, const Limits& limits = {}, Cancel cancel = {}) {
  const auto reader = open(file, limits, cancel);
  std::string texts;
  for (std::size_t sheet = 0; sheet < reader->sheets().size(); ++sheet) {
    texts += reader->sheets()[sheet].title + ":" + read(*reader, sheet);
  }
  return texts;
}

TEST(WorkbookReader, ReadsRowsAgainAndAgain) {
  const std::string file = sample();
  const auto reader = open(file);
  ASSERT_EQ(reader->sheets().size(), 1U);
  EXPECT_EQ(reader->sheets()[0].title, "S");
  EXPECT_FALSE(reader->sheets()[0].hidden);
  EXPECT_FALSE(reader->date1904());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read(*reader, 0), "shared,5,|text,|");
  }
  expect_failure(ErrorKind::internal, [&] { reader->rows(1); });
}

TEST(WorkbookReader, CountsAllPartsOnceAgainstTheBudget) {
  const std::string file = sample();
  std::uint64_t bytes = 0;
  for (const auto& entry : test::workbook_parts(worksheet(two_rows), string_table("<si><t>shared</t></si>"))) {
    bytes += entry.content.size();
  }
  Limits limits;
  limits.inflated_bytes = bytes;
  const auto reader = open(file, limits);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read(*reader, 0), "shared,5,|text,|");
  }
  limits.inflated_bytes = bytes - 1;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { read_all(file, limits); }, "rehydra.max_inflated_bytes");
}

TEST(WorkbookReader, HoldsTheLimitOfInput) {
  const std::string file = sample();
  Limits limits;
  limits.input_bytes = file.size();
  EXPECT_EQ(read_all(file, limits), "S:shared,5,|text,|");
  limits.input_bytes = file.size() - 1;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { open(file, limits); }, "rehydra.max_input_bytes");
}

TEST(WorkbookReader, StopsWhenAsked) {
  const std::string file = sample();
  static bool asked;
  asked = false;
  const auto reader = open(file, {}, Cancel([]() noexcept { return asked; }));
  asked = true;
  expect_failure(ErrorKind::cancelled, [&] { read(*reader, 0); });
}

TEST(WorkbookReader, RefusesAStringTableThatIsBrokenEachTime) {
  const std::string file = make_workbook(worksheet(two_rows), string_table("<si><t>a</t></si><si>"));
  const auto reader = open(file);
  for (int i = 0; i < 2; ++i) {
    expect_failure(ErrorKind::bad_file, [&] { reader->rows(0); });
  }
}

TEST(WorkbookReader, RefusesEveryTruncation) {
  const std::string file = sample();
  for (std::size_t bytes = 0; bytes < file.size(); ++bytes) {
    const std::string cut = file.substr(0, bytes);
    EXPECT_TRUE(test::failure_of([&] { read_all(cut); })) << bytes;
  }
}

// Checksums cover the parts, and headers say everything twice: no flipped bit may change what is read.
TEST(WorkbookReader, NeverReadsSomethingElseFromFlippedBits) {
  const std::string file = sample();
  const std::string sound = read_all(file);
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    std::string texts;
    if (test::failure_of([&] { texts = read_all(flipped); })) {
      ++refused;
    } else {
      EXPECT_EQ(texts, sound) << bit;
    }
  }
  EXPECT_GT(refused, file.size() * 6);
}

// The same behind the checksums: each byte of each part replaced by others.
TEST(WorkbookReader, SurvivesEveryChangedByteOfEveryPart) {
  const auto sound = test::workbook_parts(worksheet(two_rows), string_table("<si><t>shared</t></si>"));
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (std::size_t at = 0; at < sound[i].content.size(); ++at) {
      for (const char byte : {'\0', '<', '>', '"', '&', '/', '9', '\x80', '\xFF'}) {
        auto parts = sound;
        parts[i].deflate = false;
        parts[i].content[at] = byte;
        const std::string file = test::make_zip(parts);
        test::failure_of([&] { read_all(file); });
      }
      auto cut = sound;
      cut[i].content.resize(at);
      const std::string file = test::make_zip(cut);
      EXPECT_TRUE(test::failure_of([&] { read_all(file); })) << sound[i].name << " " << at;
    }
  }
}

}  // namespace
}  // namespace rehydra::codec
