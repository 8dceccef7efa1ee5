#include "importer/legacy_file.h"

#include <algorithm>

#include "codec/workbook_contents.h"

namespace rehydra::importer {

namespace {

bool is_key(const registry::Dataset& dataset, int column) {
  return std::find(dataset.key.begin(), dataset.key.end(), column) != dataset.key.end();
}

codec::ManifestColumn describe_column(const registry::Dataset& dataset, const registry::LegacyColumn& column) {
  if (column.column < 0) {
    return {{}, column.header, {}, "display"};
  }
  const registry::Column& known = dataset.columns[static_cast<std::size_t>(column.column)];
  return {known.name, column.header, known.type.name, is_key(dataset, column.column) ? "key" : "data"};
}

codec::ManifestDataset& dataset_of(codec::Manifest& manifest, const std::string& name) {
  auto& datasets = manifest.datasets;
  const auto found = std::find_if(datasets.begin(), datasets.end(), [&](const auto& d) { return d.name == name; });
  return found != datasets.end() ? *found : datasets.emplace_back(codec::ManifestDataset{name, {}, 0, {}});
}

}  // namespace

bool describes_nothing(const codec::WorkbookReader& reader) {
  return codec::find_sheet(reader, codec::manifest_sheet) < 0 && codec::find_sheet(reader, codec::metadata_sheet) >= 0;
}

void describe_legacy(WorkbookFile& file, const registry::Model& model) {
  const codec::Metadata metadata = codec::read_metadata(*file.reader);
  if (metadata.version == codec::format_version) {
    (void)codec::manifest_text(*file.reader);  // says what is missing
  }
  file.legacy = registry::load_legacy_layout(model, metadata.version);
  file.manifest.version = metadata.version;
  file.manifest.model = model.name;
  file.manifest.tenant_id = metadata.customer_id;
  file.manifest.exported_at = metadata.exported_at;
  for (const registry::LegacySheet& sheet : file.legacy->sheets) {
    const registry::Dataset& dataset = model.datasets[static_cast<std::size_t>(sheet.dataset)];
    codec::ManifestSheet described{{sheet.title}, sheet.satellite, {}};
    for (const registry::LegacyColumn& column : sheet.columns) {
      described.columns.push_back(describe_column(dataset, column));
    }
    dataset_of(file.manifest, dataset.name).sheets.push_back(std::move(described));
  }
}

}  // namespace rehydra::importer
