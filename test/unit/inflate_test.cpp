// Job: inflating: exact ends, real counts against budgets, cancel.
#include "codec/inflate.h"

#include <gtest/gtest.h>

#include "failure_of.h"
#include "sample_zip.h"

namespace rehydra::codec {
namespace {

using test::expect_failure;
using test::make_zip;
using test::SampleEntry;

struct Read {
  std::uint64_t budget = UINT64_MAX;
  HeldPart held = {};
  std::size_t window = 4096;
  Cancel cancel = {};
};

std::string inflate(const SampleEntry& entry, const Read& how = {}) {
  const std::string file = make_zip({entry});
  const ZipDirectory directory(file, Limits{});
  Budget budget(how.budget, "rehydra.max_inflated_bytes");
  EntrySource source(directory.entries().at(0), budget, how.cancel, how.held);
  std::string content;
  std::string window(how.window, '\0');
  while (const std::size_t bytes = source.read(window.data(), window.size())) {
    content.append(window, 0, bytes);
  }
  EXPECT_EQ(budget.used(), content.size());
  return content;
}

std::string varied(std::size_t bytes) {
  std::string made;
  for (std::uint32_t state = 1; made.size() < bytes; state = state * 1664525 + 1013904223) {
    made += static_cast<char>('a' + (state >> 24) % 17);
  }
  return made;
}

TEST(Inflate, GivesBackWhatWasPackedInAnyWindow) {
  for (const std::size_t bytes : {0, 1, 100, 300'000, 3 * 128 * 1024, 2'000'000}) {
    if (bytes > 300'000) {  // by the thread that is ahead, to the byte where a buffer ends
      EXPECT_EQ(inflate({.name = "a", .content = varied(bytes)}, {.window = 1'001}), varied(bytes));
      continue;
    }
    const std::string content = varied(bytes);
    for (const std::size_t window : {1, 7, 4096, 1 << 20}) {
      EXPECT_EQ(inflate({.name = "a", .content = content}, {.window = window}), content);
      EXPECT_EQ(inflate({.name = "a", .content = content, .deflate = false}, {.window = window}), content);
    }
  }
}

TEST(Inflate, RefusesAnotherSizeOrChecksum) {
  const std::string content = varied(50'000);
  for (const std::int64_t lie : {0, 49'999, 50'001}) {
    expect_failure(ErrorKind::bad_file, [&] { inflate({.name = "a", .content = content, .inflated_bytes = lie}); });
  }
  expect_failure(
      ErrorKind::bad_file, [&] { inflate({.name = "a", .content = content, .crc = 7}); }, "checksum");
}

// The container's sizes fit, but the stream does not end where the packed bytes do.
void refuses_another_end(const std::string& content) {
  const std::string packed = test::raw_deflate(content);
  const std::string streams[] = {packed + "x",
                                 packed + std::string(9, 'x'),
                                 packed + std::string(100'000, '\0'),
                                 packed.substr(0, packed.size() - 1),
                                 packed.substr(0, packed.size() / 2),
                                 ""};
  for (const std::string& stream : streams) {
    std::string file = make_zip({{.name = "a", .content = content}});
    const ZipDirectory sound(file, Limits{});
    ZipEntry entry = sound.entries().at(0);
    entry.data = stream;
    Budget budget(UINT64_MAX, "");
    EntrySource source(entry, budget, Cancel{});
    std::string window(4096, '\0');
    expect_failure(ErrorKind::bad_file, [&] {
      while (source.read(window.data(), window.size()) > 0) {
      }
    });
  }
}

TEST(Inflate, RefusesStreamsWithAnotherEnd) {
  refuses_another_end(varied(5'000));
}

TEST(Inflate, RefusesLargeStreamsWithAnotherEnd) {
  refuses_another_end(varied(1'000'000));
}

// The thread that is ahead ends with its reader, wherever that stops.
TEST(Inflate, MayBeLeftInTheMiddle) {
  const std::string file = make_zip({{.name = "a", .content = varied(2'000'000)}});
  const ZipDirectory directory(file, Limits{});
  for (const int windows : {0, 1, 20, 40}) {
    Budget budget(UINT64_MAX, "");
    EntrySource source(directory.entries().at(0), budget, Cancel{});
    std::string window(16'384, '\0');
    std::uint64_t bytes = 0;
    for (int i = 0; i < windows; ++i) {
      const std::size_t read = source.read(window.data(), window.size());
      EXPECT_GT(read, 0U);
      bytes += read;
    }
    EXPECT_EQ(budget.used(), bytes);
  }
}

// A session that ends by FATAL unwinds nothing: its memory goes while the thread is still at work. (Seen by the address
// sanitizer.)
TEST(Inflate, TheThreadAheadReadsNothingOfTheCallers) {
  const std::string content = varied(2'000'000);
  const std::string packed = test::raw_deflate(content);
  const std::string file = make_zip({{.name = "a", .content = content}});
  const ZipDirectory directory(file, Limits{});
  for (int i = 0; i < 20; ++i) {
    auto lent = std::make_unique<std::string>(packed);
    ZipEntry entry = directory.entries().at(0);
    entry.data = *lent;
    Budget budget(UINT64_MAX, "");
    EntrySource source(entry, budget, Cancel{});
    std::string window(16'384, '\0');
    EXPECT_GT(source.read(window.data(), window.size()), 0U);
    lent.reset();
  }
}

// What was inflated ahead counts when it is read.
TEST(Inflate, CountsLargeEntriesAgainstTheBudget) {
  const std::string content = varied(1'000'000);
  EXPECT_EQ(inflate({.name = "a", .content = content}, {.budget = 1'000'000}), content);
  expect_failure(
      ErrorKind::limit_exceeded, [&] { inflate({.name = "a", .content = content}, {.budget = 999'999}); },
      "rehydra.max_inflated_bytes");
}

TEST(Inflate, CountsAgainstTheBudget) {
  const std::string content = varied(10'000);
  EXPECT_EQ(inflate({.name = "a", .content = content}, {.budget = 10'000}), content);
  expect_failure(
      ErrorKind::limit_exceeded, [&] { inflate({.name = "a", .content = content}, {.budget = 9'999}); },
      "rehydra.max_inflated_bytes");
}

TEST(Inflate, HoldsTheLimitsOfHeldParts) {
  const std::string content(3 << 20, 'x');
  EXPECT_EQ(inflate({.name = "a", .content = content}, {.held = {.bytes = 3 << 20}}).size(), content.size());
  expect_failure(
      ErrorKind::limit_exceeded,
      [&] { inflate({.name = "a", .content = content}, {.held = {.bytes = (3 << 20) - 1}}); },
      "rehydra.max_held_part_bytes");
  const std::uint64_t ratio = content.size() / test::raw_deflate(content).size();
  EXPECT_EQ(inflate({.name = "a", .content = content}, {.held = {.ratio = ratio + 1}}).size(), content.size());
  expect_failure(
      ErrorKind::limit_exceeded, [&] { inflate({.name = "a", .content = content}, {.held = {.ratio = ratio / 2}}); },
      "rehydra.max_held_part_ratio");
  const std::string small(1 << 20, 'x');
  EXPECT_EQ(inflate({.name = "a", .content = small}, {.held = {.ratio = 1}}).size(), small.size());
}

TEST(Inflate, AsksForCancel) {
  const Cancel cancel([]() noexcept { return true; });
  expect_failure(ErrorKind::cancelled, [&] { inflate({.name = "a", .content = "abc"}, {.cancel = cancel}); });
}

}  // namespace
}  // namespace rehydra::codec
