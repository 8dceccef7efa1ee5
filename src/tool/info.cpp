// Job: rehydra-file info: what a file is, whose, and what it holds.
// Callers: main.
// Promise: reads no rows, so it answers at once at any size.
#include <algorithm>
#include <array>

#include "codec/overflow.h"
#include "codec/workbook_contents.h"
#include "codec/workbook_writer.h"
#include "core/shown_text.h"
#include "tool/commands.h"
#include "tool/for_people.h"

namespace rehydra::tool {
namespace {

using codec::Manifest;
using codec::ManifestColumn;
using codec::ManifestDataset;
using codec::ManifestSheet;
using Line = std::vector<std::string>;

// Characters, so that columns stand below each other.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

// Columns as wide as their widest text.
void print_table(const std::vector<Line>& lines, Output& out) {
  std::vector<std::size_t> widths;
  for (const Line& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(line[i]));
    }
  }
  for (const Line& line : lines) {
    std::string text = " ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += " " + line[i] + std::string(widths[i] - width_of(line[i]) + 1, ' ');
    }
    out << text.substr(0, text.find_last_not_of(' ') + 1) << "\n";
  }
}

std::string customer_of(const Manifest& manifest) {
  const std::string name = manifest.tenant_name.empty() ? "" : " (" + manifest.tenant_name + ")";
  const std::string column = manifest.tenant_column.empty() ? "" : ", column " + manifest.tenant_column;
  return manifest.tenant_id + name + column;
}

std::uint64_t rows_of(const Manifest& manifest) {
  std::uint64_t rows = 0;
  for (const ManifestDataset& dataset : manifest.datasets) {
    rows += dataset.rows;
  }
  return rows;
}

void print_facts(const Manifest& manifest, const Arguments& arguments, const char* format, std::uint64_t bytes,
                 Output& out) {
  std::vector<Line> facts{
      {"File", arguments.file + ", " + format + ", " + counted(bytes, "byte")},
      {"Customer", customer_of(manifest)},
      {"Model", manifest.model},
      {"Exported at", manifest.exported_at},
      {"Exported by", manifest.exported_by.empty() ? "(not stated)" : manifest.exported_by},
      {"Operation", manifest.operation_id},
      {"Made by", manifest.producer + ", format version " + std::to_string(manifest.version)},
      {"Content", counted(manifest.datasets.size(), "data set") + ", " + counted(rows_of(manifest), "row")},
      {"Manifest", "agrees with its SHA-256"},
  };
  for (Line& fact : facts) {
    fact[1] = for_people(fact[1]);
  }
  print_table(facts, out);
}

struct OwnSheet {
  std::string_view title;
  const char* kind;
};

// Sheets that an export has beside those of its data sets.
constexpr std::array<OwnSheet, 6> own_sheets{{{"Overview", "overview"},
                                              {codec::metadata_sheet, "description"},
                                              {codec::manifest_sheet, "description"},
                                              {codec::overflow_sheet, "long texts"},
                                              {codec::choices_sheet, "lists of values"},
                                              {codec::charts_sheet, "points of charts"}}};

// What a sheet is there for, and of which data set.
Line part_line(const Part& part, const Manifest& manifest) {
  const std::string title = for_people(part.title) + (part.hidden ? " (hidden)" : "");
  for (const ManifestDataset& dataset : manifest.datasets) {
    for (const ManifestSheet& sheet : dataset.sheets) {
      for (std::size_t page = 0; page < sheet.titles.size(); ++page) {
        if (codec::same_label(sheet.titles[page], part.title)) {
          const char* const kind = page > 0 ? "continuation" : sheet.satellite ? "second sheet" : "data";
          return {title, kind, for_people(dataset.name), page > 0 ? "" : with_thousands(dataset.rows)};
        }
      }
    }
  }
  const auto own = std::find_if(own_sheets.begin(), own_sheets.end(),
                                [&](const OwnSheet& sheet) { return sheet.title == part.title; });
  return {title, own != own_sheets.end() ? own->kind : "not of the export"};
}

void print_columns(const ManifestDataset& dataset, Output& out) {
  std::vector<Line> lines;
  const bool many = dataset.sheets.size() > 1;
  lines.push_back({"COLUMN", "HEADER", "TYPE", "KIND"});
  if (many) {
    lines.back().push_back("SHEET");
  }
  for (const ManifestSheet& sheet : dataset.sheets) {
    for (const ManifestColumn& column : sheet.columns) {
      const std::string base = column.base.empty() ? "" : " over " + column.base;
      lines.push_back({column.name.empty() ? "-" : for_people(column.name), for_people(column.header),
                       for_people(column.type + base), for_people(column.kind)});
      if (many) {
        lines.back().push_back(for_people(sheet.titles.front()));
      }
    }
  }
  print_table(lines, out);
}

}  // namespace

int print_info(ExportedFile& file, const Arguments& arguments, std::uint64_t bytes, Output& out) {
  const Manifest& manifest = file.manifest();
  print_facts(manifest, arguments, file.format(), bytes, out);
  constexpr std::array<const char*, 3> headings{"Sheets", "Files", "Lists of rows"};  // by Container
  out << "\n" << headings.at(static_cast<std::size_t>(file.container())) << "\n";
  std::vector<Line> lines{{"TITLE", "KIND", "DATA SET", "ROWS"}};
  for (const Part& part : file.parts()) {
    lines.push_back(part_line(part, manifest));
  }
  print_table(lines, out);
  for (const ManifestDataset& dataset : manifest.datasets) {
    out << "\nData set " << for_people(dataset.name) << ": " << counted(dataset.rows, "row") << ", digest "
        << dataset.digest << "\n";
    print_columns(dataset, out);
  }
  return 0;
}

}  // namespace rehydra::tool
