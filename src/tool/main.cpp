// Job: rehydra-file, the command line reader of exported files.
// Callers: people and scripts.
// Promise: nothing is written but standard output and error; the exit status is the help's.
#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "tool/arguments.h"
#include "tool/commands.h"
#include "tool/for_people.h"
#include "tool/mapped_file.h"

namespace {

using namespace rehydra;
using namespace rehydra::tool;

constexpr int unreadable = 2;

int run(const Arguments& arguments, Output& out) {
  const MappedFile bytes(arguments.file);
  const auto file = open_file(bytes.bytes(), arguments.limits);
  switch (arguments.command) {
    case Command::info:
      return print_info(*file, arguments, bytes.bytes().size(), out);
    case Command::rows:
      return print_rows(*file, arguments, out);
    default:
      return verify(*file, arguments, out);
  }
}

int obey(const std::vector<std::string>& words, Output& out) {
  const Arguments arguments = parse_arguments(words);
  if (arguments.command == Command::help) {
    out << help_text;
    return 0;
  }
  if (arguments.command == Command::version) {
    out << "rehydra-file " REHYDRA_VERSION "\n";
    return 0;
  }
  return run(arguments, out);
}

int complain(const std::string& text) {
  std::fprintf(stderr, "rehydra-file: %s\n", text.c_str());
  return unreadable;
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of the output, which says so
  Output out(stdout);
  try {
    const int status = obey({words + 1, words + count}, out);
    out.flush();
    return status;
  } catch (const Failure& failure) {
    std::fflush(stdout);
    return complain(error_text(failure.error(), ""));
  } catch (const std::bad_alloc&) {
    return complain("out of memory");
  } catch (const std::exception& exception) {
    return complain(exception.what());
  }
}
