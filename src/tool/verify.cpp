// Job: rehydra-file verify: whether a file still holds what was exported.
// Callers: main.
// Promise: every data set is looked at, also behind one that differs; "same" only where count and digest are.
#include "codec/digest.h"
#include "core/shown_text.h"
#include "tool/commands.h"
#include "tool/for_people.h"

namespace rehydra::tool {
namespace {

using codec::ManifestDataset;

constexpr std::size_t cells_shown = 10;
constexpr std::string_view indent = "    ";

// What a person may have done to a sheet; everything else says that the file cannot be read.
bool is_difference(ErrorKind kind) {
  return kind == ErrorKind::missing_sheet || kind == ErrorKind::missing_column || kind == ErrorKind::duplicate_column ||
         kind == ErrorKind::conflict;
}

void print_difference(const std::string& name, const std::string& what, Output& out) {
  out << "  " << for_people(name) << ": DIFFERS, " << what << "\n";
}

void print_cells(const Problems& problems, Output& out) {
  for (const Error& error : problems.first()) {
    out << indent << error_text(error, indent) << "\n";
  }
  if (problems.count() > problems.first().size()) {
    out << indent << "and " << counted(problems.count() - problems.first().size(), "cell") << " more\n";
  }
}

// Digests of guessed values say little.
void print_guesses(const Problems& problems, Output& out) {
  std::string names;
  for (const std::string& name : problems.guesses()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty()) {
    out << indent
        << "only the database knows the types of these columns, which may be the reason: " << for_people(names) << "\n";
  }
}

codec::DatasetDigest digest_of(ExportedFile& file, const ManifestDataset& dataset, Problems& problems) {
  codec::DatasetDigest digest;
  const auto records = file.records(dataset, problems);
  for (Record record; records->next(record);) {
    for (const auto& value : record) {
      if (value) {
        digest.value(*value);
      } else {
        digest.null();
      }
    }
    digest.end_row();
  }
  return digest;
}

bool check(ExportedFile& file, const ManifestDataset& dataset, Output& out) {
  Problems problems(cells_shown);
  const codec::DatasetDigest digest = digest_of(file, dataset, problems);
  const bool same_count = digest.rows() == dataset.rows;
  const bool same_values = codec::hex(digest.sum()) == dataset.digest;
  if (same_count && same_values && problems.count() == 0) {
    out << "  " << for_people(dataset.name) << ": same, " << counted(dataset.rows, "row") << "\n";
    return true;
  }
  std::string what =
      same_count ? counted(dataset.rows, "row") + " as exported, but other values"
                 : counted(digest.rows(), "row") + " in the file, " + with_thousands(dataset.rows) + " were exported";
  if (problems.count() > 0) {
    what += "; " + counted(problems.count(), "cell") + " without a value of the column's type:";
  }
  print_difference(dataset.name, what, out);
  print_cells(problems, out);
  print_guesses(problems, out);
  return false;
}

bool check_or_say_why_not(ExportedFile& file, const ManifestDataset& dataset, Output& out) {
  try {
    return check(file, dataset, out);
  } catch (const Failure& failure) {
    if (!is_difference(failure.error().kind)) {
      throw;
    }
    print_difference(dataset.name, error_text(failure.error(), indent), out);
    return false;
  }
}

bool check_description(ExportedFile& file, Output& out) {
  bool same = true;
  try {
    for (const Error& error : file.contradictions()) {
      print_difference("description", error_text(error, indent), out);
      same = false;
    }
  } catch (const Failure& failure) {
    if (failure.error().kind != ErrorKind::missing_sheet) {
      throw;
    }
    print_difference("description", error_text(failure.error(), indent), out);
    same = false;
  }
  return same;
}

}  // namespace

int verify(ExportedFile& file, const Arguments& arguments, Output& out) {
  out << for_people(arguments.file) << "\n";
  if (!file.manifest_agrees()) {
    print_difference("manifest", "it was changed: its SHA-256 does not agree, so nothing else can be checked", out);
    return 1;
  }
  out << "  manifest: agrees with its SHA-256\n";
  std::size_t different = check_description(file, out) ? 0 : 1;
  const auto& datasets = file.manifest().datasets;
  for (const ManifestDataset& dataset : datasets) {
    different += check_or_say_why_not(file, dataset, out) ? 0 : 1;
    out.flush();
  }
  if (different == 0) {
    out << "the same: all " << counted(datasets.size(), "data set") << " as exported at "
        << for_people(file.manifest().exported_at) << "\n";
  } else {
    out << "DIFFERENT: see above\n";
  }
  return different == 0 ? 0 : 1;
}

}  // namespace rehydra::tool
