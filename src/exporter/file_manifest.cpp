#include "exporter/file_manifest.h"

#include <algorithm>

#include "codec/serial.h"

namespace rehydra::exporter {

namespace {

std::string kind_of(const PlannedColumn& column) {
  return column.display ? "display" : column.key ? "key" : "data";
}

codec::ManifestSheet manifest_sheet(const SheetPlan& plan) {
  codec::ManifestSheet sheet;
  sheet.titles = plan.titles;
  sheet.satellite = plan.sheet->satellite;
  for (std::size_t i = 0; i < plan.cells; ++i) {
    const PlannedColumn& column = plan.columns[i];
    sheet.columns.push_back({column.name, column.header, column.type.name, kind_of(column), column.type.base_name});
  }
  return sheet;
}

codec::ManifestDataset& dataset_of(codec::Manifest& manifest, const SheetPlan& plan) {
  for (codec::ManifestDataset& dataset : manifest.datasets) {
    if (dataset.name == plan.dataset->name) {
      return dataset;
    }
  }
  manifest.datasets.push_back({plan.dataset->name, {}, plan.rows.value_or(0), {}});
  return manifest.datasets.back();
}

std::string tenant_column(const registry::Model& model) {
  for (const registry::Dataset& dataset : model.datasets) {
    if (dataset.tenant_column >= 0) {
      return dataset.columns[static_cast<std::size_t>(dataset.tenant_column)].name;
    }
  }
  return {};
}

}  // namespace

std::string exporter_name(const Occasion& occasion) {
  return occasion.session_role + (occasion.app_user.empty() ? "" : " (" + occasion.app_user + ")");
}

codec::Manifest make_manifest(const registry::Model& model, const Occasion& occasion,
                              const std::vector<SheetPlan>& plans, const Digests& digests) {
  codec::Manifest manifest;
  manifest.producer = "rehydra " REHYDRA_VERSION;
  manifest.model = model.name;
  manifest.tenant_id = occasion.tenant_id;
  manifest.tenant_column = tenant_column(model);
  manifest.tenant_name = occasion.tenant_name;
  manifest.operation_id = occasion.operation_id;
  manifest.exported_by = exporter_name(occasion);
  manifest.selection = occasion.selection;
  manifest.period = occasion.period;
  manifest.changed_since = occasion.changed_since;
  manifest.rules = occasion.rules;
  codec::append_iso_timestamp(manifest.exported_at, occasion.exported_at, true);
  std::replace(manifest.exported_at.begin(), manifest.exported_at.end(), ' ', 'T');
  for (const SheetPlan& plan : plans) {
    codec::ManifestDataset& dataset = dataset_of(manifest, plan);
    auto at = plan.sheet->satellite ? dataset.sheets.end() : dataset.sheets.begin();
    dataset.sheets.insert(at, manifest_sheet(plan));
    if (const auto digest = digests.find(plan.dataset); digest != digests.end()) {
      dataset.digest = codec::hex(digest->second.sum());
    }
  }
  return manifest;
}

}  // namespace rehydra::exporter
