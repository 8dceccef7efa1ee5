// Job: the lines of sheet "Export Metadata", which people read and version 1 of the format relied on.
// Callers: the exporter writes them; the importer compares them with the manifest, or has nothing else in a version-1
// file. Promise: the lines of version 1 stay readable, and ours are found by the same names.
#include <charconv>
#include <optional>

#include "codec/manifest.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view timestamp_label = "Export Timestamp:";
constexpr std::string_view version_label = "Export Version:";
constexpr std::string_view customer_label = "Customer ID:";

std::string line(std::string_view label, std::string_view value) {
  return std::string(label) + ' ' + std::string(value);
}

// "2024-01-31T12:34:56.5Z" as people write it, without fraction and zone.
std::string date_for_people(std::string_view iso) {
  std::string text(iso.substr(0, 19));
  if (text.size() > 10) {
    text[10] = ' ';
  }
  return text;
}

[[noreturn]] void refuse(const std::string& message) {
  throw Failure(ErrorKind::bad_file, message,
                "Leave the sheet \"Export Metadata\" as it was exported, or export again.",
                Location{std::string(metadata_sheet), 0, 0, {}});
}

// The first such line's text behind the label and one space.
std::optional<std::string> find(const std::vector<std::string>& lines, std::string_view label) {
  for (std::string_view text : lines) {
    if (text.starts_with(label)) {
      text.remove_prefix(label.size());
      return std::string(text.starts_with(' ') ? text.substr(1) : text);
    }
  }
  return std::nullopt;
}

std::string required(const std::vector<std::string>& lines, std::string_view label) {
  auto value = find(lines, label);
  if (!value || value->empty()) {
    refuse("the export metadata lack the line \"" + std::string(label) + "\"");
  }
  return *std::move(value);
}

int version_of(const std::string& text) {
  int version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const bool only_space_follows =
      text.find_first_not_of(' ', static_cast<std::size_t>(end - text.data())) == std::string::npos;
  if (error != std::errc() || version < 1 || !only_space_follows) {
    refuse("the export metadata have a wrong line \"" + std::string(version_label) + "\"");
  }
  return version;
}

}  // namespace

std::vector<std::string> metadata_lines(const Manifest& manifest) {
  std::vector<std::string> lines{
      "Customer data export: " + manifest.tenant_name,
      "",
      line("Export Date:", date_for_people(manifest.exported_at)),
      line(timestamp_label, manifest.exported_at),
      line(version_label, std::to_string(manifest.version)),
      line(customer_label, manifest.tenant_id),
      line("Model:", manifest.model),
  };
  for (const ManifestDataset& dataset : manifest.datasets) {
    for (const ManifestSheet& sheet : dataset.sheets) {
      if (!sheet.satellite && !sheet.titles.empty()) {
        lines.push_back(line("Total " + sheet.titles.front() + ":", std::to_string(dataset.rows)));
      }
    }
  }
  return lines;
}

Metadata parse_metadata(const std::vector<std::string>& lines) {
  return {version_of(required(lines, version_label)), required(lines, customer_label),
          required(lines, timestamp_label)};
}

}  // namespace rehydra::codec
