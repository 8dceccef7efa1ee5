#include "codec/marks/error_list.h"

#include <algorithm>

#include "codec/csv/csv_text.h"
#include "codec/json/json_text.h"
#include "codec/marks/xml_copy.h"
#include "codec/workbook_contents.h"
#include "core/column_name.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::size_t most_cell_bytes = 32'000;

std::string cell(std::uint32_t column, std::size_t row, std::uint32_t style, std::string_view text) {
  return "<c r=\"" + column_name(column) + std::to_string(row) + "\" s=\"" + std::to_string(style) +
         "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" + escaped(text.substr(0, most_cell_bytes)) +
         "</t></is></c>";
}

// Where a click on a line leads; empty where the error is about no sheet that is there.
std::string target(const FileError& error, const std::vector<std::string>& titles) {
  const auto found = std::find_if(titles.begin(), titles.end(),
                                  [&](const std::string& title) { return same_label(title, error.sheet); });
  if (found == titles.end()) {
    return {};
  }
  std::string quoted = "'";
  for (const char c : *found) {
    quoted += c == '\'' ? "''" : std::string(1, c);
  }
  return quoted + "'!" + cell_name(std::max(error.row, 1U), std::max(error.column, 1U));
}

std::string columns() {
  constexpr int widths[] = {24, 12, 24, 32, 70, 60};
  std::string made = "<cols>";
  for (std::size_t i = 0; i < list_columns; ++i) {
    const std::string number = std::to_string(i + 1);
    made += "<col min=\"" + number + "\" max=\"" + number + "\" width=\"" + std::to_string(widths[i]) +
            "\" customWidth=\"1\"/>";
  }
  return made + "</cols>";
}

// RFC 4180, everything quoted; what a program would run stands as a JSON string literal, as in exported bundles.
std::string csv_field(const std::string& text) {
  const std::string safe = looks_like_formula(text) ? json_string(text) : text;
  std::string made = "\"";
  for (const char c : safe) {
    made += c == '"' ? "\"\"" : std::string(1, c);
  }
  return made + "\"";
}

std::string csv_line(const std::vector<std::string>& texts) {
  std::string made;
  for (const std::string& text : texts) {
    made += (made.empty() ? "" : ",") + csv_field(text);
  }
  return made + "\r\n";
}

}  // namespace

bool is_list_header(const std::vector<std::string>& texts) {
  return std::equal(texts.begin(), texts.end(), std::begin(list_headers), std::end(list_headers));
}

std::string shown_place(const FileError& error, bool has_cells) {
  if (has_cells && error.row != 0 && error.column != 0) {
    return cell_name(error.row, error.column);
  }
  return error.row == 0 ? "" : "row " + std::to_string(error.row);
}

std::vector<std::string> list_line(const FileError& error, bool has_cells) {
  return {error.sheet, shown_place(error, has_cells), error.header, error.value, error.message, error.hint};
}

std::string list_rest(const FileErrors& errors) {
  return errors.count > errors.kept.size()
             ? "and " + std::to_string(errors.count - errors.kept.size()) + " more errors, which were not kept"
             : "";
}

std::string list_sheet(const FileErrors& errors, const std::vector<std::string>& titles, const Styles& styles) {
  std::string rows = "<row r=\"1\">", links;
  for (std::size_t i = 0; i < list_columns; ++i) {
    rows += cell(static_cast<std::uint32_t>(i + 1), 1, styles.header(), list_headers[i]);
  }
  rows += "</row>";
  std::size_t number = 1;
  for (const FileError& error : errors.kept) {
    ++number;
    rows += "<row r=\"" + std::to_string(number) + "\">";
    const std::string to = target(error, titles);
    const std::vector<std::string> line = list_line(error, true);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool is_link = i == 1 && !to.empty();
      rows += cell(static_cast<std::uint32_t>(i + 1), number, is_link ? styles.link() : styles.text(),
                   is_link && line[i].empty() ? "show" : line[i]);
    }
    rows += "</row>";
    links += to.empty() ? "" : "<hyperlink ref=\"B" + std::to_string(number) + "\" location=\"" + escaped(to) + "\"/>";
  }
  if (const std::string rest = list_rest(errors); !rest.empty()) {
    ++number;
    rows += "<row r=\"" + std::to_string(number) + "\">" + cell(5, number, styles.text(), rest) + "</row>";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
         "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetPr><tabColor "
         "rgb=\"FFC00000\"/>"
         "<pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane "
         "ySplit=\"1\" topLeftCell=\"A2\" "
         "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>" +
         columns() + "<sheetData>" + rows + "</sheetData><autoFilter ref=\"A1:F" + std::to_string(number) + "\"/>" +
         (links.empty() ? "" : "<hyperlinks>" + links + "</hyperlinks>") +
         "<pageSetup orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>";
}

std::string list_csv(const FileErrors& errors) {
  std::string made = "\xEF\xBB\xBF" + csv_line({std::begin(list_headers), std::end(list_headers)});
  for (const FileError& error : errors.kept) {
    made += csv_line(list_line(error, false));
  }
  const std::string rest = list_rest(errors);
  return rest.empty() ? made : made + csv_line({"", "", "", "", rest, ""});
}

std::string list_json(const FileErrors& errors) {
  constexpr std::string_view names[] = {"dataset", "row", "column", "value", "message", "hint"};
  std::string made = "[";
  for (const FileError& error : errors.kept) {
    std::vector<std::string> line = list_line(error, false);
    line[1] = error.row == 0 ? "" : std::to_string(error.row);
    made += made.size() == 1 ? "\n{" : ",\n{";
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool is_number = i == 1 && !line[i].empty();
      made += (i == 0 ? "" : ",") + json_string(names[i]) + ":" +
              (line[i].empty() ? "null"
               : is_number     ? line[i]
                               : json_string(line[i]));
    }
    made += "}";
  }
  if (const std::string rest = list_rest(errors); !rest.empty()) {
    made += ",\n{\"message\":" + json_string(rest) + "}";
  }
  return made + "\n]";
}

}  // namespace rehydra::codec
