#include "tool/arguments.h"

#include <charconv>
#include <limits>

#include "core/error.h"

namespace rehydra::tool {
namespace {

constexpr std::string_view setting_prefix = "rehydra.";

[[noreturn]] void refuse(const std::string& message) {
  throw Failure(ErrorKind::bad_argument, message, "rehydra-file --help lists commands and options.");
}

// PostgreSQL's units, since the settings have them.
std::uint64_t amount(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const unsigned shift = unit == "kB" ? 10 : unit == "MB" ? 20 : unit == "GB" ? 30 : 0;
  const bool known = shift > 0 || unit.empty() || unit == "B";
  if (error != std::errc() || !known || value > (UINT64_MAX >> shift)) {
    refuse("\"" + text + "\" is no amount (a number, with kB, MB or GB where it is bytes)");
  }
  return value << shift;
}

std::uint32_t small(std::uint64_t value) {
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    refuse("the limit is too large");
  }
  return static_cast<std::uint32_t>(value);
}

void set_limit(Limits& limits, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  std::string name = assignment.substr(0, equals);
  if (name.starts_with(setting_prefix)) {
    name.erase(0, setting_prefix.size());
  }
  const std::uint64_t value = equals == std::string::npos ? 0 : amount(assignment.substr(equals + 1));
  if (equals == std::string::npos) {
    refuse("--limit takes NAME=VALUE");
  } else if (name == "max_input_bytes") {
    limits.input_bytes = value;
  } else if (name == "max_inflated_bytes") {
    limits.inflated_bytes = value;
  } else if (name == "max_held_part_bytes") {
    limits.held_part_bytes = value;
  } else if (name == "max_shared_string_bytes") {
    limits.shared_string_bytes = value;
  } else if (name == "max_held_part_ratio") {
    limits.held_part_ratio = small(value);
  } else if (name == "max_entries") {
    limits.entries = small(value);
  } else if (name == "max_sheets") {
    limits.sheets = small(value);
  } else if (name == "max_columns") {
    limits.columns = small(value);
  } else if (name == "max_cell_units") {
    limits.cell_units = small(value);
  } else {
    refuse("there is no limit \"" + name + "\"");
  }
}

Command command_named(const std::string& word) {
  if (word == "info") {
    return Command::info;
  }
  if (word == "rows") {
    return Command::rows;
  }
  if (word == "verify") {
    return Command::verify;
  }
  refuse("there is no command \"" + word + "\" (there are info, rows and verify)");
}

// Takes the option at words[at], and its value.
void read_option(Arguments& arguments, const std::vector<std::string>& words, std::size_t& at) {
  const std::string& word = words[at];
  if (word == "--help" || word == "-h") {
    arguments.command = Command::help;
  } else if (word == "--version") {
    arguments.command = Command::version;
  } else if (word == "--csv") {
    arguments.format = TextFormat::csv;
  } else if (word == "--tab") {
    arguments.format = TextFormat::tab;
  } else if (word == "--headers") {
    arguments.headers = true;
  } else if (word.starts_with("--limit=")) {
    set_limit(arguments.limits, word.substr(8));
  } else if (word == "--limit" && at + 1 < words.size()) {
    set_limit(arguments.limits, words[++at]);
  } else {
    refuse("there is no option \"" + word + "\"");
  }
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& words) {
  Arguments arguments;
  std::vector<std::string> plain;
  bool options = true;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (options && words[at] == "--") {
      options = false;
    } else if (options && words[at].size() > 1 && words[at].front() == '-') {
      read_option(arguments, words, at);
      if (arguments.command != Command::help || words[at] == "--help" || words[at] == "-h") {
        return arguments;
      }
    } else {
      plain.push_back(words[at]);
    }
  }
  if (plain.empty()) {
    refuse("no command was given");
  }
  arguments.command = command_named(plain[0]);
  const std::size_t most = arguments.command == Command::rows ? 3 : 2;
  if (plain.size() < 2) {
    refuse(plain[0] + " needs a file");
  }
  if (plain.size() > most) {
    refuse(plain[0] + " takes no \"" + plain[most] + "\"");
  }
  arguments.file = plain[1];
  arguments.dataset = plain.size() > 2 ? plain[2] : "";
  return arguments;
}

const char* const help_text =
    R"(rehydra-file - look into a file that rehydra_export made (xlsx, json, csv), without a database

Usage
  rehydra-file info FILE                what the file is, whose, its sheets, and the columns of each data set
  rehydra-file rows FILE [DATASET]      the typed rows of a data set, or of all, on standard output
  rehydra-file verify FILE              whether the rows are still those that were exported

Options
  --csv               rows: comma separated, as COPY ... (FORMAT csv, HEADER) reads it (the default)
  --tab               rows: tab separated, as COPY ... (FORMAT text, HEADER) reads it
  --headers           rows: the sheet's headers, not the names of the table's columns
  --limit NAME=VALUE  a limit for the file other than the extension's own, which hold here too; names are those of the
                      settings rehydra.max_*, as errors give them: --limit rehydra.max_input_bytes=1GB
  --help, --version

rows
  DATASET is the name of a data set or the title of its sheet (list, file). Values are printed as PostgreSQL prints them (ISO dates,
  times in UTC, bytea in hexadecimal); NULL is an empty field (csv) or \N (tab). Columns that are only shown, such as
  the name of a parent, are left out. Without DATASET each data set begins with a line "# name". A cell that holds no
  value of its column's type is printed as it stands and reported on standard error.

verify
  Takes count and digest of every data set again, from the cells, and compares them with the manifest; checks the
  manifest's own SHA-256. Edits in columns that are only shown are no difference. A digest says that something differs,
  not which row: rehydra_diff in the database does. Values of types that only the database knows are compared as they
  stand in the cells. A json or csv file whose manifest was changed cannot be read.

Exit status
  info    0 fine, 2 the file cannot be read
  rows    0 fine, 1 a cell holds no value of its type, 2 the file cannot be read
  verify  0 the same, 1 it differs (each data set that does is named), 2 the file cannot be read
)";

}  // namespace rehydra::tool
