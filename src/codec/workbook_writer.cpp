// Job: splice rows into the frame's sheets while the workbook's zip is being made.
// Callers: the exporter through WorkbookWriter.
// Promise: one open sheet, one small buffer of XML, the frame's parts; a data sheet gets exactly the rows announced.
// The frame is drawn twice: sheets' heads, styles and the list of parts go out before the rows; what shows how many
// rows there were comes from the second drawing.
#include "codec/workbook_writer.h"

#include <algorithm>
#include <optional>

#include "codec/frame/frame.h"
#include "codec/long_texts.h"
#include "codec/overflow.h"
#include "codec/row_target.h"
#include "codec/sheet_splice.h"
#include "codec/worker.h"
#include "codec/zip_pipeline.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

SheetColumn overflow_column(const char* header, ColumnClass kind, double width) {
  SheetColumn column;
  column.header = header;
  column.type.kind = kind;
  column.width = width;
  return column;
}

// Whether there are long texts shows only when the frame is drawn, so their sheet is always there.
WorkbookSpec with_overflow(WorkbookSpec spec) {
  SheetSpec sheet;
  sheet.title = overflow_sheet;
  sheet.kind = SheetKind::hidden;
  sheet.columns = {overflow_column("Text", ColumnClass::integer, 8), overflow_column("Piece", ColumnClass::integer, 8),
                   overflow_column("Content", ColumnClass::text, 60)};
  spec.sheets.push_back(std::move(sheet));
  return spec;
}

}  // namespace

class WorkbookWriterImpl final : private RowTarget {
 public:
  WorkbookWriterImpl(const WorkbookSpec& spec, Cancel cancel, SpillFactory spill)
      : spec_(with_overflow(spec)),
        frame_(frame::draw(spec_)),
        written_(frame_.parts.size()),
        cancel_(cancel),
        texts_(std::move(spill)) {
    long_texts = &texts_;
    copy_part(0);
    copy_part(part_called("xl/styles.xml"));  // with what only the first drawing has
  }

  void begin_sheet(std::size_t index) {
    const std::size_t part = part_of(index);
    if (open_ || written_[part]) {
      throw Failure(ErrorKind::internal, "a sheet was begun twice, or inside of another");
    }
    written_[part] = true;
    open_ = index;
    const SheetSpec& sheet = spec_.sheets[index];
    lines = sheet.kind == SheetKind::lines;
    row = frame::has_header(sheet) ? 1 : 0;
    make_templates(index);
    const std::string xml_part = std::move(frame_.parts[part].bytes);
    SheetSplice splice = cut_sheet(xml_part, sheet.kind == SheetKind::data && sheet.rows);
    tail_ = std::move(splice.tail);
    zip_.begin_rows(frame_.parts[part].name);
    zip_.write(splice.head);
  }

  void end_sheet() {
    drain();
    count_rows();
    zip_.write(tail_);
    zip_.end();
    open_.reset();
  }

  void show(Overview overview) { spec_.overview = std::move(overview); }

  void finish() {
    write_overflow();
    for (std::size_t i = 0; i + 1 < spec_.sheets.size(); ++i) {
      if (spec_.sheets[i].rows.value_or(0) > 0 && !written_[part_of(i)]) {
        wrong_count(spec_.sheets[i], 0);
      }
    }
    redraw();
    for (std::size_t part = 0; part < frame_.parts.size(); ++part) {
      if (!written_[part]) {
        copy_part(part);
      }
    }
    zip_.finish();
  }

  RowWriter& row_writer() noexcept { return rows_; }
  ZipPipeline& zip() noexcept { return zip_; }
  Worker& worker() noexcept { return worker_; }

 private:
  void drain() override {
    cancel_.poll();
    zip_.write(xml);
  }

  std::size_t part_called(const std::string& name) const {
    const auto found = std::find_if(frame_.parts.begin(), frame_.parts.end(),
                                    [&](const frame::Part& part) { return part.name == name; });
    if (found == frame_.parts.end()) {
      throw Failure(ErrorKind::internal, "the workbook has no part \"" + name + "\"");
    }
    return static_cast<std::size_t>(found - frame_.parts.begin());
  }

  std::size_t part_of(std::size_t sheet) const { return part_called(frame::sheet_part_name(sheet)); }

  // The list of parts is out already: the second drawing must have no other ones.
  void redraw() {
    std::vector<bool> is_sheet(frame_.parts.size());
    for (std::size_t i = 0; i < spec_.sheets.size(); ++i) {
      is_sheet[part_of(i)] = true;
    }
    for (frame::Part& drawn : frame::redraw(spec_)) {
      const std::size_t part = part_called(drawn.name);
      if (!is_sheet[part]) {
        frame_.parts[part].bytes = std::move(drawn.bytes);
      }
    }
  }

  void copy_part(std::size_t part) {
    written_[part] = true;
    zip_.begin(frame_.parts[part].name);
    zip_.write(frame_.parts[part].bytes);
    zip_.end();
  }

  void make_templates(std::size_t index) {
    columns.clear();
    const std::vector<SheetColumn>& specified = spec_.sheets[index].columns;
    for (std::size_t i = 0; i < specified.size(); ++i) {
      columns.emplace_back(static_cast<std::uint32_t>(i + 1), specified[i].type, frame_.styles[index][i]);
    }
  }

  [[noreturn]] static void wrong_count(const SheetSpec& sheet, std::uint64_t rows) {
    throw Failure(ErrorKind::internal, "sheet \"" + sheet.title + "\" was announced with " +
                                           std::to_string(sheet.rows.value_or(0)) + " rows and got " +
                                           std::to_string(rows));
  }

  void count_rows() {
    SheetSpec& sheet = spec_.sheets[*open_];
    if (sheet.kind != SheetKind::data) {
      return;
    }
    const std::uint64_t rows = row - 1;
    if (sheet.rows.value_or(rows) != rows) {
      wrong_count(sheet, rows);
    }
    sheet.rows = rows;
    filter_rows(tail_, rows);
  }

  void write_overflow() {
    begin_sheet(spec_.sheets.size() - 1);
    texts_.for_each_piece([this](std::uint64_t number, std::uint64_t piece, std::string_view content) {
      rows_.begin();
      rows_.integer(static_cast<std::int64_t>(number));
      rows_.integer(static_cast<std::int64_t>(piece));
      rows_.text(content);
      rows_.end();
    });
    end_sheet();
  }

  WorkbookSpec spec_;
  frame::Frame frame_;
  std::vector<bool> written_;  // by part
  Cancel cancel_;
  LongTexts texts_;
  ZipPipeline zip_{worker_};
  RowWriter rows_{*this};
  std::optional<std::size_t> open_;
  std::string tail_;
  Worker worker_;  // last: its thread is gone before what it works on
};

WorkbookWriter::WorkbookWriter(const WorkbookSpec& spec, Cancel cancel, SpillFactory spill)
    : impl_(std::make_unique<WorkbookWriterImpl>(spec, cancel, std::move(spill))) {}
WorkbookWriter::~WorkbookWriter() = default;

void WorkbookWriter::begin_sheet(std::size_t index) {
  impl_->begin_sheet(index);
}

RowWriter& WorkbookWriter::row() noexcept {
  return impl_->row_writer();
}

void WorkbookWriter::end_sheet() {
  impl_->end_sheet();
}

void WorkbookWriter::show(Overview overview) {
  impl_->show(std::move(overview));
}

void WorkbookWriter::finish() {
  impl_->finish();
}

std::string_view WorkbookWriter::output() {
  return impl_->zip().output();
}

std::size_t WorkbookWriter::waiting() const {
  return impl_->zip().waiting();
}

void WorkbookWriter::consume(std::size_t n) {
  impl_->zip().consume(n);
}

Sha256 WorkbookWriter::sha256() const noexcept {
  return impl_->zip().sha256();
}

Worker& WorkbookWriter::worker() noexcept {
  return impl_->worker();
}

}  // namespace rehydra::codec
