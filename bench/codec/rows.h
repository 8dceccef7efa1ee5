// Job: the rows that every side of the codec bench writes: 2 integers, 2 decimals, 2 times, 2 texts, 1 truth value.
// Callers: bench/codec/*.cpp. Promise: the same rows at every run, ready in memory in the form that each side takes, so
// that no side pays for making them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

constexpr std::size_t columns = 9;
extern const std::array<const char*, columns> headers;

struct Sample {
  std::int64_t number;
  std::string amount;  // numeric(15,2)
  double amount_binary;
  std::string rate;  // numeric(8,4)
  double rate_binary;
  std::int64_t created;  // microseconds since 2000-01-01, whole seconds
  double created_serial;
  std::int64_t updated;
  double updated_serial;
  std::string name;
  std::string note;
  bool active;
};

// Row i of a table is sample i % size() with the key i + 1: far enough apart for no compressor to see the repetition.
const std::vector<Sample>& samples();

}  // namespace bench
