// Job: what a person asked for on the command line.
// Callers: main. Promise: throws Failure(bad_argument) that says what is wrong with which argument.
#pragma once

#include <string>
#include <vector>

#include "core/limits.h"

namespace rehydra::tool {

enum class Command : std::uint8_t { help, version, info, rows, verify };
enum class TextFormat : std::uint8_t { csv, tab };

struct Arguments {
  Command command = Command::help;
  std::string file;
  std::string dataset;  // empty: all
  TextFormat format = TextFormat::csv;
  bool headers = false;  // the sheet's headers in place of the table's column names
  Limits limits;
};

Arguments parse_arguments(const std::vector<std::string>& words);

extern const char* const help_text;

}  // namespace rehydra::tool
