// Job: an export as a csv bundle.
#include "codec/csv/csv_writer.h"
#include "exporter/output.h"
#include "exporter/row_lists.h"
#include "exporter/sheet_rows_of.h"

namespace rehydra::exporter {

namespace {

class CsvOutput final : public Output {
 public:
  CsvOutput(std::vector<codec::RowList> lists, Cancel cancel) : writer_(std::move(lists), cancel) {}

  codec::FileWriter& file() noexcept override { return writer_; }
  std::unique_ptr<SheetRows> rows(const registry::Reading& reading, const SheetPlan& plan,
                                  const RowUses& uses) override {
    return std::make_unique<SheetRowsOf<codec::CsvRowWriter>>(reading, plan, writer_, writer_.row(), uses);
  }
  void describe(const codec::Manifest& manifest, const Digests&, std::vector<codec::OverviewChart>) override {
    writer_.describe(codec::to_json(manifest));
  }

 private:
  codec::CsvWriter writer_;
};

std::unique_ptr<Output> open_csv(const registry::Model&, const Occasion&, std::vector<SheetPlan>& plans,
                                 std::vector<codec::OverviewChart>, Cancel cancel) {
  std::vector<std::string> taken;
  return std::make_unique<CsvOutput>(
      make_row_lists(plans, [&](const std::string& dataset) { return codec::csv_file_name(dataset, taken); }), cancel);
}

}  // namespace

const Format csv_format{"csv", Layout::tables, false, &open_csv};

}  // namespace rehydra::exporter
