// Job: the manifest as JSON and back.
// Callers: the exporter writes it last, the importer reads it before anything else of a file.
// Promise: what parse_manifest() returns is complete, of known values, and is what its SHA-256 was taken over.
#include "codec/manifest.h"

#include "codec/digest.h"
#include "codec/json/json_tree.h"
#include "core/error.h"

namespace rehydra::codec {
namespace {

using nlohmann::json;

constexpr std::size_t max_bytes = 16U << 20;
constexpr std::size_t max_depth = 12;
constexpr std::size_t max_values = 2'000'000;
constexpr const char* format_name = "rehydra workbook";

[[noreturn]] void refuse(ErrorKind kind, const std::string& message, const std::string& hint) {
  throw Failure(kind, message, hint, Location{std::string(manifest_sheet), 0, 0, {}});
}

[[noreturn]] void damaged(const std::string& what) {
  refuse(ErrorKind::bad_file, "the manifest of the workbook " + what,
         "Leave the hidden sheet \"_rehydra\" as it was exported, or export again.");
}

json& list_in(json& object, const char* name) {
  return object[name] = json::array();
}

json& object_in(json& list) {
  list.push_back(json::object());
  return list.back();
}

void put_column(json& to, const ManifestColumn& column) {
  to["name"] = column.name;
  to["header"] = column.header;
  to["type"] = column.type;
  to["kind"] = column.kind;
  if (!column.base.empty()) {
    to["base"] = column.base;
  }
}

void put_sheet(json& to, const ManifestSheet& sheet) {
  json& titles = list_in(to, "titles");
  for (const std::string& title : sheet.titles) {
    titles.push_back(title);
  }
  to["satellite"] = sheet.satellite;
  json& columns = list_in(to, "columns");
  for (const ManifestColumn& column : sheet.columns) {
    put_column(object_in(columns), column);
  }
}

void put_dataset(json& to, const ManifestDataset& dataset) {
  to["name"] = dataset.name;
  to["rows"] = dataset.rows;
  to["digest"] = dataset.digest;
  json& sheets = list_in(to, "sheets");
  for (const ManifestSheet& sheet : dataset.sheets) {
    put_sheet(object_in(sheets), sheet);
  }
}

// What becomes an object or a list is one from the start: a null that is turned into one is broken where memory fails.
JsonTree tree_of(const Manifest& manifest) {
  JsonTree made;
  made.root = json::object();
  json& to = made.root;
  to["format"] = format_name;
  to["version"] = manifest.version;
  to["producer"] = manifest.producer;
  to["model"] = manifest.model;
  json& tenant = to["tenant"] = json::object();
  tenant["id"] = manifest.tenant_id;
  tenant["column"] = manifest.tenant_column;
  tenant["name"] = manifest.tenant_name;
  to["operation_id"] = manifest.operation_id;
  to["exported_at"] = manifest.exported_at;
  json& datasets = list_in(to, "datasets");
  for (const ManifestDataset& dataset : manifest.datasets) {
    put_dataset(object_in(datasets), dataset);
  }
  for (const auto& [name, value] :
       {std::pair{"exported_by", &manifest.exported_by}, std::pair{"selection", &manifest.selection},
        std::pair{"period", &manifest.period}, std::pair{"changed_since", &manifest.changed_since},
        std::pair{"rules", &manifest.rules}}) {
    if (!value->empty()) {
      to[name] = *value;
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

JsonTree bounded_parse(std::string_view bytes) {
  JsonTree tree;
  const TreeFault fault =
      bytes.size() > max_bytes ? TreeFault::too_large : parse_tree(bytes, max_depth, max_values, tree);
  if (fault != TreeFault::none) {
    damaged(fault == TreeFault::too_large ? "is deeper or larger than a manifest can be" : "is not valid JSON");
  }
  return tree;
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

Manifest manifest_of_content(json& content) {
  check_version(content);
  if (!agrees(content)) {
    damaged("was changed: its SHA-256 does not agree");
  }
  return manifest_of(content);
}

// Where a file may have put anything.
void put_text(json& object, const char* name, std::string text) {
  json& to = object[name];
  empty(to);
  to = std::move(text);
}

template <class Make>
std::string dumped(Make make) {
  try {
    return make();
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
    JsonTree content = tree_of(manifest);
    content.root["sha256"] = digest_of(content.root);
    return content.root.dump();
  });
}

std::string head_json(const Manifest& manifest) {
  return dumped([&] {
    JsonTree head = tree_of(manifest);
    for (json& dataset : head.root["datasets"]) {
      dataset.erase("digest");
    }
    return head.root.dump();
  });
}

std::string seal_json(const Manifest& manifest) {
  return dumped([&] {
    JsonTree seal;
    seal.root = json::object();
    json& digests = seal.root["digests"] = json::object();
    for (const ManifestDataset& dataset : manifest.datasets) {
      digests[dataset.name] = dataset.digest;
    }
    const JsonTree content = tree_of(manifest);
    seal.root["sha256"] = digest_of(content.root);
    return seal.root.dump();
  });
}

Manifest parse_manifest(std::string_view bytes, std::string_view part) {
  return in_part(part, Container::file, [&] {
    JsonTree content = bounded_parse(bytes);
    return manifest_of_content(content.root);
  });
}

Manifest parse_sealed_manifest(std::string_view head, std::string_view seal) {
  return in_part("rehydra", Container::list, [&] {
    JsonTree content = bounded_parse(head);
    check_version(content.root);
    const JsonTree end = bounded_parse(seal);
    const json& digests = member(end.root, "digests", json::value_t::object);
    (void)list(content.root, "datasets");
    for (json& dataset : content.root["datasets"]) {
      const std::string digest = text(digests, text(dataset, "name").c_str());
      put_text(dataset, "digest", digest);
    }
    put_text(content.root, "sha256", text(end.root, "sha256"));
    return manifest_of_content(content.root);
  });
}

bool manifest_agrees(std::string_view bytes) {
  JsonTree content = bounded_parse(bytes);
  return agrees(content.root);
}

}  // namespace rehydra::codec
