// Job: read a .rels part.
// Callers: codec/package.h.
// Promise: a target cannot climb out of the container.
#include "codec/relations.h"

#include "codec/small_xml.h"

namespace rehydra::codec {
namespace {

constexpr std::string_view relations_uri = "http://schemas.openxmlformats.org/package/2006/relationships";

std::string folder_of(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(part.substr(0, slash + 1));
}

[[noreturn]] void outside() {
  throw Failure(ErrorKind::hostile_file, "the workbook refers to something outside of itself",
                "Remove links to other files from the workbook.");
}

// Joins a target to the folder of its part; "." and ".." are steps, two slashes are one.
std::string resolve(std::string_view folder, std::string_view target) {
  std::string path = target.starts_with('/') ? std::string() : std::string(folder);
  for (std::size_t at = target.starts_with('/') ? 1 : 0; at <= target.size();) {
    const std::size_t slash = target.find('/', at);
    const std::string_view segment = target.substr(at, slash - at);
    if (segment == "..") {
      if (path.empty()) {
        outside();
      }
      path.pop_back();
      path = folder_of(path);
    } else if (segment != "." && !segment.empty()) {
      path += segment;
      path += slash == std::string_view::npos ? "" : "/";
    }
    if (slash == std::string_view::npos) {
      break;
    }
    at = slash + 1;
  }
  return path;
}

}  // namespace

std::string relations_part(std::string_view of) {
  const std::string folder = folder_of(of);
  return folder + "_rels/" + std::string(of.substr(folder.size())) + ".rels";
}

std::string target_part(std::string_view of, std::string_view target) {
  return resolve(folder_of(of), target);
}

Relations::Relations(const ZipDirectory& directory, const Limits& limits, const OpenHeldPart& open,
                     std::string_view of) {
  const std::string part = relations_part(of);
  const ZipEntry* const entry = directory.find(part);
  if (entry == nullptr) {
    return;
  }
  read_small_part(*open(*entry), part, limits, [&](const SmallElement& element) {
    if (element.uri != relations_uri || element.name != "Relationship") {
      return;
    }
    const std::string_view mode = element.attribute("TargetMode");
    const std::string_view target = element.attribute("Target");
    if (!(mode.empty() || mode == "Internal") || target.find(':') != std::string_view::npos ||
        target.starts_with("//")) {
      outside();
    }
    const std::string_view type = element.attribute("Type");
    relations_.push_back(
        {std::string(element.attribute("Id")), std::string(type.substr(type.rfind('/') + 1)), target_part(of, target)});
    if (!by_id_.emplace(relations_.back().id, relations_.size() - 1).second) {
      throw Failure(ErrorKind::hostile_file, "part " + part + " of the workbook uses one id for two relations",
                    "Open the file in a spreadsheet program and save it again.");
    }
  });
}

const Relation* Relations::by_id(std::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  return found == by_id_.end() ? nullptr : &relations_[found->second];
}

const Relation* Relations::by_kind(std::string_view kind) const {
  for (const Relation& relation : relations_) {
    if (relation.kind == kind) {
      return &relation;
    }
  }
  return nullptr;
}

}  // namespace rehydra::codec
