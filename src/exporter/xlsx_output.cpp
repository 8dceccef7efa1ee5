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
  XlsxOutput(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
             std::vector<codec::OverviewChart> charts, Cancel cancel)
      : model_(model),
        occasion_(occasion),
        plans_(plans),
        plan_(plan_workbook(model, occasion, plans, std::move(charts))),
        writer_(plan_.spec, cancel, pg::spill_files()) {}

  codec::FileWriter& file() noexcept override { return writer_; }
  std::unique_ptr<SheetRows> rows(const registry::Reading& reading, const SheetPlan& plan,
                                  const RowUses& uses) override {
    return std::make_unique<SheetRowsOf<codec::RowWriter>>(reading, plan, writer_, writer_.row(), uses);
  }
  void describe(const codec::Manifest& manifest, const Digests& digests,
                std::vector<codec::OverviewChart> charts) override {
    const std::vector<std::string> lines = codec::metadata_lines(manifest);
    write_lines(plan_.metadata_number, {lines.begin(), lines.end()});
    const std::string json = codec::to_json(manifest);
    write_lines(plan_.manifest_number, manifest_cells(json));
    writer_.show(make_overview(model_, occasion_, plans_, digests, std::move(charts)));
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

  const registry::Model& model_;
  const Occasion& occasion_;
  const std::vector<SheetPlan>& plans_;
  WorkbookPlan plan_;
  codec::WorkbookWriter writer_;
};

std::unique_ptr<Output> open_xlsx(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
                                  std::vector<codec::OverviewChart> charts, Cancel cancel) {
  return std::make_unique<XlsxOutput>(model, occasion, plans, std::move(charts), cancel);
}

}  // namespace

const Format xlsx_format{"xlsx", Layout::sheets, false, &open_xlsx};

}  // namespace rehydra::exporter
