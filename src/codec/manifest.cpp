// Job: the manifest as JSON and back.
// Callers: the exporter writes it last, the importer reads it before anything else of a file.
// Promise: what parse_manifest() returns is complete, of known values, and is what its SHA-256 was taken over.
#include "codec/manifest.h"

#include <nlohmann/json.hpp>

#include "codec/digest.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

using nlohmann::json;

constexpr std::size_t max_bytes = 16U << 20;
constexpr int max_depth = 12;
constexpr std::size_t max_values = 2'000'000;
constexpr const char* format_name = "rehydra workbook";

[[noreturn]] void refuse(ErrorKind kind, const std::string& message, const std::string& hint) {
  throw Failure(kind, message, hint, Location{std::string(manifest_sheet), 0, 0, {}});
}

[[noreturn]] void damaged(const std::string& what) {
  refuse(ErrorKind::bad_file, "the manifest of the workbook " + what,
         "Leave the hidden sheet \"_rehydra\" as it was exported, or export again.");
}

json column_json(const ManifestColumn& column) {
  json made{{"name", column.name}, {"header", column.header}, {"type", column.type}, {"kind", column.kind}};
  if (!column.base.empty()) {
    made["base"] = column.base;
  }
  return made;
}

json sheet_json(const ManifestSheet& sheet) {
  json columns = json::array();
  for (const ManifestColumn& column : sheet.columns) {
    columns.push_back(column_json(column));
  }
  return {{"titles", sheet.titles}, {"satellite", sheet.satellite}, {"columns", std::move(columns)}};
}

json dataset_json(const ManifestDataset& dataset) {
  json sheets = json::array();
  for (const ManifestSheet& sheet : dataset.sheets) {
    sheets.push_back(sheet_json(sheet));
  }
  return {{"name", dataset.name}, {"rows", dataset.rows}, {"digest", dataset.digest}, {"sheets", std::move(sheets)}};
}

json manifest_json(const Manifest& manifest) {
  json datasets = json::array();
  for (const ManifestDataset& dataset : manifest.datasets) {
    datasets.push_back(dataset_json(dataset));
  }
  json made{
      {"format", format_name},
      {"version", manifest.version},
      {"producer", manifest.producer},
      {"model", manifest.model},
      {"tenant", {{"id", manifest.tenant_id}, {"column", manifest.tenant_column}, {"name", manifest.tenant_name}}},
      {"operation_id", manifest.operation_id},
      {"exported_at", manifest.exported_at},
      {"datasets", std::move(datasets)}};
  for (const auto& [name, value] :
       {std::pair{"exported_by", &manifest.exported_by}, std::pair{"selection", &manifest.selection},
        std::pair{"period", &manifest.period}, std::pair{"changed_since", &manifest.changed_since},
        std::pair{"rules", &manifest.rules}}) {
    if (!value->empty()) {
      made[name] = *value;
    }
  }
  return made;
}

// Keys come out sorted and without white space, so equal content has one text.
std::string digest_of(const json& content) {
  return hex(sha256(content.dump()));
}

const json& member(const json& object, const char* name, json::value_t type) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end()) {
    damaged(std::string("lacks \"") + name + "\"");
  }
  if (found->type() != type) {
    damaged(std::string("has a wrong \"") + name + "\"");
  }
  return *found;
}

std::string text(const json& object, const char* name) {
  return member(object, name, json::value_t::string).get<std::string>();
}

// Of a member that came with a later version of the program.
std::string text_if_there(const json& object, const char* name) {
  return object.contains(name) ? text(object, name) : std::string();
}

const json& list(const json& object, const char* name) {
  return member(object, name, json::value_t::array);
}

std::uint64_t count(const json& object, const char* name) {
  return member(object, name, json::value_t::number_unsigned).get<std::uint64_t>();
}

ManifestColumn column_of(const json& object) {
  ManifestColumn column{text(object, "name"), text(object, "header"), text(object, "type"), text(object, "kind"),
                        text_if_there(object, "base")};
  if (column.kind != "key" && column.kind != "data" && column.kind != "display") {
    damaged("has a column of unknown kind");
  }
  return column;
}

ManifestSheet sheet_of(const json& object) {
  ManifestSheet sheet;
  for (const json& title : list(object, "titles")) {
    if (!title.is_string()) {
      damaged("has a wrong \"titles\"");
    }
    sheet.titles.push_back(title.get<std::string>());
  }
  if (sheet.titles.empty()) {
    damaged("has a sheet without title");
  }
  sheet.satellite = member(object, "satellite", json::value_t::boolean).get<bool>();
  for (const json& column : list(object, "columns")) {
    sheet.columns.push_back(column_of(column));
  }
  return sheet;
}

ManifestDataset dataset_of(const json& object) {
  ManifestDataset dataset;
  dataset.name = text(object, "name");
  dataset.rows = count(object, "rows");
  dataset.digest = text(object, "digest");
  if (dataset.digest.size() != 64 || dataset.digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
    damaged("has a wrong \"digest\"");
  }
  for (const json& sheet : list(object, "sheets")) {
    dataset.sheets.push_back(sheet_of(sheet));
  }
  if (dataset.sheets.empty()) {
    damaged("has a data set without sheet");
  }
  return dataset;
}

Manifest manifest_of(const json& object) {
  Manifest manifest;
  const json& tenant = member(object, "tenant", json::value_t::object);
  manifest.producer = text(object, "producer");
  manifest.model = text(object, "model");
  manifest.tenant_id = text(tenant, "id");
  manifest.tenant_column = text(tenant, "column");
  manifest.tenant_name = text(tenant, "name");
  manifest.operation_id = text(object, "operation_id");
  manifest.exported_at = text(object, "exported_at");
  manifest.exported_by = text_if_there(object, "exported_by");
  manifest.selection = text_if_there(object, "selection");
  manifest.period = text_if_there(object, "period");
  manifest.changed_since = text_if_there(object, "changed_since");
  manifest.rules = text_if_there(object, "rules");
  for (const json& dataset : list(object, "datasets")) {
    manifest.datasets.push_back(dataset_of(dataset));
  }
  return manifest;
}

// The bounds are checked while the tree grows, not after.
json bounded_parse(std::string_view bytes) {
  if (bytes.size() > max_bytes) {
    damaged("is deeper or larger than a manifest can be");
  }
  std::size_t values = 0;
  const auto check = [&values](int depth, json::parse_event_t, const json&) {
    if (depth > max_depth || ++values > max_values) {
      damaged("is deeper or larger than a manifest can be");
    }
    return true;
  };
  try {
    return json::parse(bytes, check);
  } catch (const json::exception&) {
    damaged("is not valid JSON");
  }
}

// Takes the stated SHA-256 out.
bool agrees(json& content) {
  const std::string stated = text(content, "sha256");
  content.erase("sha256");
  return digest_of(content) == stated;
}

void check_version(const json& object) {
  if (text(object, "format") != format_name) {
    damaged("is of another program");
  }
  const std::uint64_t version = count(object, "version");
  if (version > static_cast<std::uint64_t>(format_version)) {
    refuse(
        ErrorKind::unsupported_file,
        "the workbook has format version " + std::to_string(version) + ", newer than " + std::to_string(format_version),
        "Import it with the version of the extension that exported it, or a newer one.");
  }
  if (version != static_cast<std::uint64_t>(format_version)) {
    damaged("has an unknown format version");
  }
}

Manifest manifest_of_content(json content) {
  check_version(content);
  if (!agrees(content)) {
    damaged("was changed: its SHA-256 does not agree");
  }
  return manifest_of(content);
}

template <class Make>
std::string dumped(Make make) {
  try {
    return make().dump();
  } catch (const json::exception&) {
    throw Failure(ErrorKind::bad_argument, "a name in the manifest is not valid UTF-8",
                  "Export from a database whose encoding is UTF-8.");
  }
}

// What is wrong is said of the sheet of a workbook; other formats have the manifest elsewhere.
template <class Parse>
Manifest in_part(std::string_view part, Container container, Parse parse) {
  try {
    return parse();
  } catch (Failure& failure) {
    Error& error = failure.error();
    if (part != manifest_sheet) {
      error.where.sheet = part;
      error.where.container = container;
      if (error.kind == ErrorKind::bad_file) {
        error.hint = "Leave \"" + std::string(part) + "\" as it was exported, or export again.";
      }
    }
    throw;
  }
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  return dumped([&] {
    json content = manifest_json(manifest);
    content["sha256"] = digest_of(content);
    return content;
  });
}

std::string head_json(const Manifest& manifest) {
  return dumped([&] {
    json head = manifest_json(manifest);
    for (json& dataset : head["datasets"]) {
      dataset.erase("digest");
    }
    return head;
  });
}

std::string seal_json(const Manifest& manifest) {
  return dumped([&] {
    json digests = json::object();
    for (const ManifestDataset& dataset : manifest.datasets) {
      digests[dataset.name] = dataset.digest;
    }
    return json{{"digests", std::move(digests)}, {"sha256", digest_of(manifest_json(manifest))}};
  });
}

Manifest parse_manifest(std::string_view bytes, std::string_view part) {
  return in_part(part, Container::file, [&] { return manifest_of_content(bounded_parse(bytes)); });
}

Manifest parse_sealed_manifest(std::string_view head, std::string_view seal) {
  return in_part("rehydra", Container::list, [&] {
    json content = bounded_parse(head);
    check_version(content);
    const json end = bounded_parse(seal);
    const json& digests = member(end, "digests", json::value_t::object);
    (void)list(content, "datasets");
    for (json& dataset : content["datasets"]) {
      dataset["digest"] = text(digests, text(dataset, "name").c_str());
    }
    content["sha256"] = text(end, "sha256");
    return manifest_of_content(std::move(content));
  });
}

bool manifest_agrees(std::string_view bytes) {
  json content = bounded_parse(bytes);
  return agrees(content);
}

}  // namespace rehydra::codec
