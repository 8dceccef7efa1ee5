// Job: an export as a json document.
#include "codec/json/json_writer.h"
#include "exporter/output.h"
#include "exporter/row_lists.h"
#include "exporter/sheet_rows_of.h"

namespace rehydra::exporter {

namespace {

class JsonOutput final : public Output {
 public:
  JsonOutput(std::vector<codec::RowList> lists, const codec::Manifest& manifest, Cancel cancel)
      : writer_(std::move(lists), codec::head_json(manifest), cancel) {}

  codec::FileWriter& file() noexcept override { return writer_; }
  std::unique_ptr<SheetRows> rows(const registry::Reading& reading, const SheetPlan& plan,
                                  const RowUses& uses) override {
    return std::make_unique<SheetRowsOf<codec::JsonRowWriter>>(reading, plan, writer_, writer_.row(), uses);
  }
  void describe(const codec::Manifest& manifest, const Digests&, std::vector<codec::OverviewChart>) override {
    writer_.seal(codec::seal_json(manifest));
  }

 private:
  codec::JsonWriter writer_;
};

std::unique_ptr<Output> open_json(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
                                  std::vector<codec::OverviewChart>, Cancel cancel) {
  std::vector<codec::RowList> lists = make_row_lists(plans, [](const std::string& dataset) { return dataset; });
  return std::make_unique<JsonOutput>(std::move(lists), make_manifest(model, occasion, plans, {}), cancel);
}

}  // namespace

const Format json_format{"json", Layout::names, true, &open_json};

}  // namespace rehydra::exporter
