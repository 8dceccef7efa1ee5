#include "measure.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <string>

namespace bench {
namespace {

std::uint64_t status_kb(const char* name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name, 0) == 0) {
      return std::strtoull(line.c_str() + std::strlen(name), nullptr, 10);
    }
  }
  return 0;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost work_here(const std::function<void()>& before_it, const std::function<std::uint64_t()>& work) {
  before_it();
  std::ofstream("/proc/self/clear_refs") << "5";  // VmHWM starts anew
  Cost cost;
  const std::uint64_t before = status_kb("VmRSS:");
  const double used = processor_seconds();
  const auto start = std::chrono::steady_clock::now();
  cost.result = work();
  cost.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cost.processor = processor_seconds() - used;
  cost.peak_kb = status_kb("VmHWM:") - before;
  return cost;
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "codec bench: %s\n", what);
  std::exit(1);
}

}  // namespace

Cost measure(const std::function<void()>& before, const std::function<std::uint64_t()>& work) {
  int ends[2];
  if (pipe(ends) != 0) {
    die("no pipe");
  }
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    try {
      const Cost cost = work_here(before, work);
      _exit(write(ends[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    } catch (const std::exception& exception) {
      std::fprintf(stderr, "codec bench: %s\n", exception.what());
      _exit(1);
    }
  }
  close(ends[1]);
  Cost cost;
  const bool whole = read(ends[0], &cost, sizeof cost) == sizeof cost;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!whole || status != 0) {
    die("a measurement failed");
  }
  return cost;
}

}  // namespace bench
