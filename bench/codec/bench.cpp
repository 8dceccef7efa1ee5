// Job: rows a second of the codec, and in the same run the ratio to the libraries: libxlsxwriter (constant memory) to
// write, minizip and libxml2's SAX2 to read.
// Callers: make bench-codec. Use: bench_codec [ROWS] [RUNS]
// Promise: the sides take turns, so that all meet the same machine; each run is a process of its own. Ratios are said
// of the time that passes, which rows/s mean, and of the processor time of all threads; ends with 1 where a goal is
// missed by the latter, which another load on the machine changes less.
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
  std::function<void()> before = [] {};
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

// Median of the quotients of neighbouring runs.
double ratio(const Side& slow, const Side& fast, double Cost::*what) {
  std::vector<double> quotients;
  for (std::size_t i = 0; i < slow.runs.size(); ++i) {
    quotients.push_back(slow.runs[i].*what / fast.runs[i].*what);
  }
  std::sort(quotients.begin(), quotients.end());
  return quotients[quotients.size() / 2];
}

void print(const Side& side, double rows) {
  const double wall = of(side, &Cost::wall, true);
  std::printf("%-40s %8.3f %8.3f %8.3f %8.3f %12.0f %8.1f\n", side.name, wall, of(side, &Cost::wall, false),
              of(side, &Cost::processor, true), of(side, &Cost::processor, false), rows / wall, peak_mb(side));
}

bool goal(const char* what, const Side& slow, const Side& fast, double wanted) {
  const double wall = ratio(slow, fast, &Cost::wall);
  const double processor = ratio(slow, fast, &Cost::processor);
  const auto verdict = [wanted](double reached) { return reached >= wanted ? "" : " MISSED"; };
  std::printf("%s: rows/s %.1fx%s, processor time %.1fx%s (goal %.0fx)\n", what, wall, verdict(wall), processor,
              verdict(processor), wanted);
  return processor >= wanted;
}

bool same_cells(const char* file, const Side& a, const Side& b) {
  const bool same = a.runs[0].result == b.runs[0].result;
  std::printf("both readers found the same cells in %s: %s\n", file, same ? "yes" : "NO");
  return same;
}

}  // namespace

int main(int count, char** words) {
  const std::uint64_t rows = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
  const int runs = count > 2 ? std::atoi(words[2]) : 5;
  const auto folder = std::filesystem::temp_directory_path() / ("rehydra-codec-bench." + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string ours = folder / "ours.xlsx", theirs = folder / "theirs.xlsx";
  bench::write_ours(ours, rows);
  bench::write_libxlsxwriter(theirs, rows);
  const double megabytes = static_cast<double>(bench::inflate_alone(bench::content_of(ours))) / 1e6;
  std::printf("%llu rows x 9 columns, %.0f MB of XML, %.1f MB of file, %d runs in turns\n",
              static_cast<unsigned long long>(rows), megabytes,
              static_cast<double>(std::filesystem::file_size(ours)) / 1e6, runs);

  std::string held;  // what a side reads
  const auto hold_ours = [&] { held = bench::content_of(ours); };
  const auto hold_theirs = [&] { held = bench::content_of(theirs); };
  const auto hold_xml = [&] { held = bench::sheet_of(bench::content_of(ours)); };
  std::vector<Side> sides = {
      {"write: rehydra, with its worker", [&] { return bench::write_ours_with_worker(ours, rows); }},
      {"write: libxlsxwriter", [&] { return bench::write_libxlsxwriter(theirs, rows); }},
      {"read ours: rehydra, inflating ahead", [&] { return bench::read_ours(held); }, hold_ours},
      {"read ours: minizip + libxml2", [&] { return bench::read_libxml2(ours, "xl/worksheets/sheet2.xml"); }},
      {"read libxlsxwriter's: rehydra", [&] { return bench::read_ours(held); }, hold_theirs},
      {"read libxlsxwriter's: minizip + libxml2",
       [&] { return bench::read_libxml2(theirs, "xl/worksheets/sheet1.xml"); }},
      {"write: rehydra, one thread", [&] { return bench::write_ours(ours, rows); }},
      {"  step: cells to XML", [&] { return bench::encode_alone(rows); }},
      {"  step: inflate and check", [&] { return bench::inflate_alone(held); }, hold_ours},
      {"  step: XML to cells", [&] { return bench::scan_alone(held); }, hold_xml},
  };
  for (int run = 0; run < runs; ++run) {
    for (Side& side : sides) {
      side.runs.push_back(bench::measure(side.before, side.work));
    }
  }
  std::printf("%-40s %8s %8s %8s %8s %12s %8s\n", "seconds: least, median", "passed", "", "processor", "", "rows/s",
              "peak, MB");
  for (const Side& side : sides) {
    print(side, static_cast<double>(rows));
  }
  bool good = same_cells("our file", sides[2], sides[3]) && same_cells("libxlsxwriter's", sides[4], sides[5]);
  good &= goal("write, against libxlsxwriter", sides[1], sides[0], write_goal);
  good &= goal("read our file, against minizip + libxml2", sides[3], sides[2], read_goal);
  good &= goal("read libxlsxwriter's, against minizip + libxml2", sides[5], sides[4], read_goal);
  std::filesystem::remove_all(folder);
  return good ? 0 : 1;
}
