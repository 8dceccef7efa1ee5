// Job: write a workbook: a frame drawn by libxlsxwriter, the rows spliced in by our own encoder, out in chunks as they
// are made. Callers: the exporter. Use: construct with the whole spec; then as codec/file_writer.h says, sheets in any
// order, rows through row(); show() where the overview is to say more than was known before the rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/file_writer.h"
#include "codec/overview_chart.h"
#include "core/cancel.h"
#include "core/column_class.h"
#include "core/spill.h"

namespace rehydra::codec {

struct SheetColumn {
  std::string header;
  ColumnType type;
  double width = 12;                      // characters
  std::string comment;                    // shown at the header where not empty
  bool display_only = false;              // drawn so that people see that edits there are ignored
  bool status = false;                    // says how things stand: coloured by what usual words mean
  std::vector<std::string> choices = {};  // all values there are, offered as a list; empty: any
};

// lines: one column of text without header (Export Metadata). hidden: a header row where any column has a header.
enum class SheetKind : std::uint8_t { data, lines, hidden };

struct SheetSpec {
  std::string title;  // valid, unique, <= 31 characters: see sheet_title()
  SheetKind kind = SheetKind::data;
  std::vector<SheetColumn> columns;
  std::optional<std::uint64_t> rows;  // of kind data, that will come, exactly; none: counted as they are written, and
                                      // the sheet does not state its extent
  std::string tab_color;              // "RRGGBB" or empty
};

struct OverviewLine {
  std::string label;
  std::uint64_t rows = 0;
  std::string sheet;  // link target
  std::string note;
  std::optional<std::uint64_t> bytes = {};  // none: without a size, in show() too
};

// What the first sheet shows.
struct Overview {
  std::vector<std::pair<std::string, std::string>> facts;  // "Customer" -> "Acme", ...
  std::vector<OverviewLine> lines;
  std::vector<OverviewChart> charts;
};

struct WorkbookSpec {
  std::string title, subject, author, company, comments;  // document properties
  std::int64_t created_unix = 0;
  Overview overview;
  std::vector<SheetSpec> sheets;                   // without the overview, which comes first as sheet "Overview"
  std::vector<std::string> temporary_directories;  // for the frame's parts, never the rows; where one fails, the next
};

// Hidden sheets that the frame makes for itself; titles of others must differ.
constexpr const char* charts_sheet = "_charts";
constexpr const char* choices_sheet = "_choices";

// Data rows that fit on one sheet below its header; the rest continues on "Title (2)".
constexpr std::uint64_t rows_per_sheet = 1'048'575;

// A valid sheet title (<= 31 characters, none of []:*?/\, no quote at an end) that is not in taken (case ignored);
// added to taken.
std::string sheet_title(std::string_view wanted, std::vector<std::string>& taken);

struct RowTarget;

// One row's cells, left to right. Each call writes one cell; null() skips one. The class of the column chosen at
// construction gives the style. Values that a cell cannot hold natively become text by the rules of the format (more
// than 15 digits, microseconds, NaN, ...).
class RowWriter {
 public:
  static constexpr std::uint64_t rows_per_sheet = codec::rows_per_sheet;

  explicit RowWriter(RowTarget& target) noexcept : target_(&target) {}  // codec/row_target.h

  void begin();
  void null() noexcept { ++column_; }
  void boolean(bool value);
  void integer(std::int64_t value);
  void integer(std::int64_t value, std::string_view digits);  // where its text is at hand
  // The type's output: "12.50", "NaN", "1e+20". Written natively up to 15 significant digits when reading it back gives
  // the same text.
  void decimal(std::string_view text);
  void date(std::int32_t days_since_2000);         // INT32_MIN / INT32_MAX = -infinity / infinity
  void timestamp(std::int64_t micros_since_2000);  // INT64_MIN / INT64_MAX = -infinity / infinity
  void text(std::string_view
                utf8);  // literal escape where needed, overflow token where too long; '' on a sheet of lines is blank
  void base64(std::string_view bytes);
  void end();

 private:
  RowTarget* target_;
  std::uint32_t column_ = 0;  // cells of this row so far
};

class WorkbookWriter final : public FileWriter {
 public:
  // Long texts wait in a spill until finish().
  WorkbookWriter(const WorkbookSpec& spec, Cancel cancel, SpillFactory spill);
  ~WorkbookWriter() override;
  WorkbookWriter(const WorkbookWriter&) = delete;
  WorkbookWriter& operator=(const WorkbookWriter&) = delete;

  void begin_sheet(std::size_t index) override;  // into spec.sheets
  RowWriter& row() noexcept;
  void end_sheet() override;
  // Before finish(), in place of the specification's: other numbers and points of the same lines and charts.
  void show(Overview overview);
  // Long texts met so far, in the order of their numbers, are written to sheet "_overflow" by the writer itself at
  // finish().
  void finish() override;

  std::string_view output() override;
  std::size_t waiting() const override;
  void consume(std::size_t n) override;
  Sha256 sha256() const noexcept override;
  Worker& worker() noexcept override;

 private:
  std::unique_ptr<class WorkbookWriterImpl> impl_;
};

}  // namespace rehydra::codec
