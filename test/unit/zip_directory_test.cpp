// Job: the strict container reader: what it accepts, and each lie that it refuses.
#include "codec/zip_directory.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "sample_zip.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;
using test::make_zip;
using test::SampleEntry;
using test::SampleZip;

void refuse(ErrorKind kind, const std::vector<SampleEntry>& entries, const SampleZip& zip = {},
            const char* words = "") {
  const std::string file = make_zip(entries, zip);
  expect_failure(
      kind, [&] { ZipDirectory(file, Limits{}); }, words);
}

TEST(ZipDirectory, FindsPartsWhateverTheirSpelling) {
  const std::string file =
      make_zip({{.name = "xl/Work%20book.xml", .content = "abc"}, {.name = "b", .deflate = false}});
  const ZipDirectory directory(file, Limits{});
  ASSERT_EQ(directory.entries().size(), 2U);
  ASSERT_NE(directory.find("/XL/work book.xml"), nullptr);
  EXPECT_EQ(directory.find("/XL/work book.xml")->inflated_bytes, 3U);
  EXPECT_EQ(directory.find("b")->method, ZipMethod::stored);
  EXPECT_EQ(directory.find("xl"), nullptr);
  EXPECT_EQ(directory.find(""), nullptr);
}

TEST(ZipDirectory, ReadsDescriptorsOfAllShapes) {
  for (const bool zip64 : {false, true}) {
    for (const bool mark : {false, true}) {
      const std::string file = make_zip(
          {{.name = "a", .content = "abc", .flags = 8, .descriptor_mark = mark, .zip64 = zip64}, {.name = "b"}});
      EXPECT_EQ(ZipDirectory(file, Limits{}).entries().size(), 2U);
    }
  }
}

TEST(ZipDirectory, ReadsZip64) {
  const std::string file = make_zip({{.name = "a", .content = "abc", .zip64 = true}, {.name = "b", .zip64 = true}},
                                    {.comment = "x", .zip64_end = true});
  const ZipDirectory directory(file, Limits{});
  EXPECT_EQ(directory.entries().at(0).inflated_bytes, 3U);
}

TEST(ZipDirectory, AcceptsFoldersExtrasAndComments) {
  const std::string file =
      make_zip({{.name = "xl/", .deflate = false}, {.name = "xl/a", .extra = std::string("\x01\x99\x02\0ab", 6)}},
               {.comment = "made by a test"});
  EXPECT_EQ(ZipDirectory(file, Limits{}).entries().size(), 2U);
}

TEST(ZipDirectory, SaysWhatOtherFilesAre) {
  expect_failure(
      ErrorKind::unsupported_file,
      [] { ZipDirectory(std::string_view("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 rest"), Limits{}); }, "password");
  expect_failure(ErrorKind::bad_file, [] { ZipDirectory("", Limits{}); });
  expect_failure(
      ErrorKind::bad_file, [] { ZipDirectory("a,b\n1,2\n", Limits{}); }, "not an xlsx");
  expect_failure(ErrorKind::bad_file, [] { ZipDirectory("PK", Limits{}); });
  refuse(ErrorKind::bad_file, {}, {.before = "PK"});
}

TEST(ZipDirectory, RefusesNamesThatSomeReaderTakesForOneAnother) {
  for (const char* second : {"a/b", "A/B", "%61/b", "A/%42", "a/b/"}) {
    refuse(ErrorKind::hostile_file, {{.name = "a/b"}, {.name = second}}, {}, "same name");
  }
}

TEST(ZipDirectory, RefusesNamesThatNoPartHas) {
  const std::string names[] = {"",
                               "/a",
                               "../a",
                               "a/../b",
                               "a/..",
                               "a//b",
                               "./a",
                               "a\\b",
                               "c:a",
                               "%2E%2E/a",
                               std::string("a\0b", 3),
                               "a%00b",
                               "a%5cb",
                               std::string(513, 'x')};
  for (const std::string& name : names) {
    refuse(ErrorKind::hostile_file, {{.name = "first"}, {.name = name}}, {}, "name");
  }
}

TEST(ZipDirectory, RefusesHeadersThatDisagree) {
  refuse(ErrorKind::hostile_file, {{.name = "a", .local_name = "b"}}, {}, "disagree");
  refuse(ErrorKind::hostile_file, {{.name = "a", .local_method = 0}}, {}, "disagree");
  refuse(ErrorKind::hostile_file, {{.name = "a", .local_flags = 2}}, {}, "disagree");
  refuse(ErrorKind::hostile_file, {{.name = "a", .content = "abc", .local_packed_bytes = 1}}, {}, "disagree");
  refuse(ErrorKind::hostile_file, {{.name = "a", .content = "abc", .flags = 8, .local_packed_bytes = 1}}, {},
         "disagree");
  refuse(ErrorKind::hostile_file, {{.name = "a", .content = "abc", .flags = 8, .descriptor_crc = 1}}, {}, "descriptor");
  refuse(ErrorKind::hostile_file, {{.name = "a", .content = "abc", .deflate = false, .inflated_bytes = 4}}, {},
         "sizes");
}

TEST(ZipDirectory, RefusesMethodsAndEncryption) {
  refuse(ErrorKind::unsupported_file, {{.name = "a", .method = 12}}, {}, "method 12");
  for (const int bit : {0, 6, 13}) {
    refuse(ErrorKind::unsupported_file, {{.name = "a", .flags = static_cast<std::uint16_t>(1 << bit)}}, {},
           "encrypted");
  }
  refuse(ErrorKind::unsupported_file, {{.name = "a", .flags = 1 << 5}});
}

TEST(ZipDirectory, RefusesBytesThatNobodyClaims) {
  const std::vector<SampleEntry> sound = {{.name = "a", .content = "abc"}, {.name = "b"}};
  refuse(ErrorKind::hostile_file, sound, {.before = "PK garbage"}, "before its first entry");
  refuse(ErrorKind::bad_file, sound, {.after = "x"});
  refuse(ErrorKind::hostile_file, sound, {.before_directory = "x"}, "between");
  refuse(ErrorKind::hostile_file, {{.name = "a", .gap = "x"}, {.name = "b"}}, {}, "between");
  refuse(ErrorKind::hostile_file, {{.name = "a", .flags = 8, .gap = "x"}, {.name = "b"}}, {}, "descriptor");
}

TEST(ZipDirectory, RefusesOverlapsAndWrongOffsets) {
  refuse(ErrorKind::hostile_file, {{.name = "a", .content = "abc"}, {.name = "a2", .content = "abc", .offset = 0}});
  refuse(ErrorKind::hostile_file, {{.name = "a"}, {.name = "b", .offset = 3}});
  refuse(ErrorKind::hostile_file, {{.name = "a"}, {.name = "b", .offset = 0x7FFFFFFF}});
  // An entry inside of another one's stored bytes.
  const std::string inner = make_zip({{.name = "b", .content = "abc"}});
  refuse(ErrorKind::hostile_file,
         {{.name = "a", .content = inner, .deflate = false}, {.name = "b", .content = "abc", .offset = 31}});
}

TEST(ZipDirectory, RefusesSeveralDisksAndWrongCounts) {
  refuse(ErrorKind::unsupported_file, {{.name = "a"}}, {.disk = 1});
  refuse(ErrorKind::hostile_file, {{.name = "a"}}, {.stated_entries = 2}, "number of entries");
  refuse(ErrorKind::hostile_file, {{.name = "a"}, {.name = "b"}}, {.stated_entries = 1}, "number of entries");
}

TEST(ZipDirectory, HoldsTheLimitOfEntries) {
  const std::string file = make_zip({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  Limits limits;
  limits.entries = 3;
  EXPECT_EQ(ZipDirectory(file, limits).entries().size(), 3U);
  limits.entries = 2;
  expect_failure(
      ErrorKind::limit_exceeded, [&] { ZipDirectory(file, limits); }, "rehydra.max_entries");
}

}  // namespace
}  // namespace rehydra::codec
