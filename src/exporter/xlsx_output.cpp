// Job: an export as a workbook.
#include "codec/workbook_writer.h"
#include "exporter/output.h"
#include "exporter/sheet_rows_of.h"
#include "exporter/workbook_plan.h"
#include "pg/spill_file.h"

namespace rehydra::exporter {

namespace {

class XlsxOutput final : public Output {
 public:
  XlsxOutput(WorkbookPlan plan, Cancel cancel)
      : plan_(std::move(plan)), writer_(plan_.spec, cancel, pg::spill_files()) {}

  codec::FileWriter& file() noexcept override { return writer_; }
  std::unique_ptr<SheetRows> rows(const registry::Reading& reading, const SheetPlan& plan,
                                  codec::DatasetDigest* digest) override {
    return std::make_unique<SheetRowsOf<codec::RowWriter>>(reading, plan, writer_, writer_.row(), digest);
  }
  void describe(const codec::Manifest& manifest) override {
    const std::vector<std::string> lines = codec::metadata_lines(manifest);
    write_lines(plan_.metadata_number, {lines.begin(), lines.end()});
    const std::string json = codec::to_json(manifest);
    write_lines(plan_.manifest_number, manifest_cells(json));
  }

 private:
  void write_lines(std::size_t sheet, const std::vector<std::string_view>& lines) {
    writer_.begin_sheet(sheet);
    codec::RowWriter& row = writer_.row();
    for (const std::string_view line : lines) {
      row.begin();
      row.text(line);
      row.end();
    }
    writer_.end_sheet();
  }

  WorkbookPlan plan_;
  codec::WorkbookWriter writer_;
};

std::unique_ptr<Output> open_xlsx(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
                                  std::vector<codec::OverviewChart> charts, Cancel cancel) {
  WorkbookPlan plan = plan_workbook(model, occasion, plans);
  plan.spec.charts = std::move(charts);
  return std::make_unique<XlsxOutput>(std::move(plan), cancel);
}

}  // namespace

const Format xlsx_format{"xlsx", Layout::sheets, &open_xlsx};

}  // namespace rehydra::exporter
