// Job: rows a second of the codec, and in the same run the ratio to the libraries: libxlsxwriter (constant memory) to
// write, minizip and libxml2's SAX2 to read.
// Callers: make bench-codec. Use: bench_codec [ROWS] [RUNS]
// Promise: the sides take turns, so that all meet the same machine; each run is a process of its own; ends with 1 where
// a goal is missed.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "measure.h"
#include "sides.h"

namespace {

using bench::Cost;

constexpr double write_goal = 10;
constexpr double read_goal = 5;

struct Side {
  const char* name;
  std::function<std::uint64_t()> work;
  std::vector<Cost> runs{};
};

double of(const Side& side, double Cost::*what, bool least) {
  std::vector<double> values;
  for (const Cost& cost : side.runs) {
    values.push_back(cost.*what);
  }
  std::sort(values.begin(), values.end());
  return least ? values.front() : values[values.size() / 2];
}

double peak_mb(const Side& side) {
  std::uint64_t most = 0;
  for (const Cost& cost : side.runs) {
    most = std::max(most, cost.peak_kb);
  }
  return static_cast<double>(most) / 1024;
}

// Median of the quotients of neighbouring runs, by processor time: what another load on the machine changes least.
double ratio(const Side& slow, const Side& fast) {
  std::vector<double> quotients;
  for (std::size_t i = 0; i < slow.runs.size(); ++i) {
    quotients.push_back(slow.runs[i].processor / fast.runs[i].processor);
  }
  std::sort(quotients.begin(), quotients.end());
  return quotients[quotients.size() / 2];
}

void print(const Side& side, double rows, double megabytes) {
  const double least = of(side, &Cost::processor, true);
  const double median = of(side, &Cost::processor, false);
  std::printf("%-34s %8.3f %8.3f %8.3f %12.0f %8.0f %8.1f\n", side.name, of(side, &Cost::wall, true), least, median,
              rows / least, megabytes / least, peak_mb(side));
}

bool goal(const char* what, double reached, double wanted) {
  std::printf("%s: %.1fx (goal %.0fx)%s\n", what, reached, wanted, reached >= wanted ? "" : "  MISSED");
  return reached >= wanted;
}

}  // namespace

int main(int count, char** words) {
  const std::uint64_t rows = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
  const int runs = count > 2 ? std::atoi(words[2]) : 5;
  const auto folder = std::filesystem::temp_directory_path() / ("rehydra-codec-bench." + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string ours = folder / "ours.xlsx", theirs = folder / "theirs.xlsx";
  bench::write_ours(ours, rows);
  const std::string workbook = bench::content_of(ours), xml = bench::sheet_of(workbook);
  const double megabytes = static_cast<double>(xml.size()) / 1e6;
  std::printf("%llu rows x 9 columns, %.0f MB of XML, %.1f MB of file, %d runs in turns\n",
              static_cast<unsigned long long>(rows), megabytes, static_cast<double>(workbook.size()) / 1e6, runs);

  std::vector<Side> sides = {
      {"write: rehydra", [&] { return bench::write_ours(ours, rows); }},
      {"write: libxlsxwriter", [&] { return bench::write_libxlsxwriter(theirs, rows); }},
      {"read: rehydra", [&] { return bench::read_ours(workbook); }},
      {"read: minizip + libxml2 SAX", [&] { return bench::read_libxml2(ours); }},
      {"write: rehydra, worker thread", [&] { return bench::write_ours_with_worker(ours, rows); }},
      {"  step: cells to XML", [&] { return bench::encode_alone(rows); }},
      {"  step: inflate and check", [&] { return bench::inflate_alone(workbook); }},
      {"  step: XML to cells", [&] { return bench::scan_alone(xml); }},
  };
  for (int run = 0; run < runs; ++run) {
    for (Side& side : sides) {
      side.runs.push_back(bench::measure(side.work));
    }
  }
  std::printf("%-34s %8s %8s %8s %12s %8s %8s\n", "", "wall", "cpu", "cpu", "rows/s", "MB/s", "peak");
  std::printf("%-34s %8s %8s %8s %12s %8s %8s\n", "", "least", "least", "median", "(cpu)", "of XML", "MB");
  for (const Side& side : sides) {
    print(side, static_cast<double>(rows), megabytes);
  }
  const bool same = sides[2].runs[0].result == sides[3].runs[0].result;
  std::printf("both readers found the same cells: %s\n", same ? "yes" : "NO");
  bool good = goal("write, against libxlsxwriter", ratio(sides[1], sides[0]), write_goal);
  good &= goal("read, against minizip + libxml2 SAX", ratio(sides[3], sides[2]), read_goal);
  std::filesystem::remove_all(folder);
  return good && same ? 0 : 1;
}
