// Job: rehydra-file rows: the typed rows of a data set as text that COPY reads.
// Callers: main.
// Promise: one row at a time; NULL and '' are told apart; a cell that holds no value of its type is reported.
#include <cstdio>

#include "codec/workbook_contents.h"
#include "tool/commands.h"
#include "tool/for_people.h"

namespace rehydra::tool {
namespace {

using codec::ManifestDataset;

// Quoted where COPY would take it for something else: '' is "", NULL is nothing.
void append_csv(std::string& line, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos && text != "\\.") {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    line.append(c == '"' ? 2 : 1, c);
  }
  line += '"';
}

void append_tab(std::string& line, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\t':
        line += "\\t";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      default:
        line += c;
    }
  }
}

class LinePrinter {
 public:
  LinePrinter(TextFormat format, Output& out) : format_(format), out_(out) {}

  void print(const Record& record) {
    line_.clear();
    for (std::size_t i = 0; i < record.size(); ++i) {
      if (i > 0) {
        line_ += format_ == TextFormat::csv ? ',' : '\t';
      }
      if (!record[i]) {
        line_ += format_ == TextFormat::csv ? "" : "\\N";
      } else if (format_ == TextFormat::csv) {
        append_csv(line_, *record[i]);
      } else {
        append_tab(line_, *record[i]);
      }
    }
    line_ += '\n';
    out_ << line_;
  }

 private:
  TextFormat format_;
  Output& out_;
  std::string line_;
};

void print_dataset(ExportedFile& file, const ManifestDataset& dataset, const Arguments& arguments, Problems& problems,
                   Output& out) {
  LinePrinter printer(arguments.format, out);
  Record record;
  for (const DatasetColumn& column : columns_of(dataset)) {
    const codec::ManifestColumn& described = dataset.sheets[column.sheet].columns[column.column];
    record.emplace_back(arguments.headers ? described.header : described.name);
  }
  const auto records = file.records(dataset, problems);
  printer.print(record);
  while (records->next(record)) {
    printer.print(record);
  }
}

const ManifestDataset& find_dataset(const codec::Manifest& manifest, const std::string& wanted) {
  std::string names;
  for (const ManifestDataset& dataset : manifest.datasets) {
    if (dataset.name == wanted) {
      return dataset;
    }
    names += (names.empty() ? "" : ", ") + dataset.name;
  }
  for (const ManifestDataset& dataset : manifest.datasets) {
    for (const codec::ManifestSheet& sheet : dataset.sheets) {
      if (codec::same_label(sheet.titles.front(), wanted)) {
        return dataset;
      }
    }
  }
  throw Failure(ErrorKind::bad_argument, "the file has no data set \"" + wanted + "\"", "It has: " + names + ".");
}

void report(const Problems& problems) {
  for (const Error& error : problems.first()) {
    std::fprintf(stderr, "rehydra-file: %s\n", error_text(error, "").c_str());
  }
  if (problems.count() > problems.first().size()) {
    std::fprintf(stderr, "rehydra-file: and %s more\n",
                 counted(problems.count() - problems.first().size(), "cell").c_str());
  }
}

}  // namespace

int print_rows(ExportedFile& file, const Arguments& arguments, Output& out) {
  Problems problems(arguments.limits.errors);
  const codec::Manifest& manifest = file.manifest();
  if (!arguments.dataset.empty()) {
    print_dataset(file, find_dataset(manifest, arguments.dataset), arguments, problems, out);
  } else {
    for (const ManifestDataset& dataset : manifest.datasets) {
      out << (&dataset == manifest.datasets.data() ? "# " : "\n# ") << for_people(dataset.name) << "\n";
      print_dataset(file, dataset, arguments, problems, out);
    }
  }
  out.flush();
  report(problems);
  return problems.count() == 0 ? 0 : 1;
}

}  // namespace rehydra::tool
