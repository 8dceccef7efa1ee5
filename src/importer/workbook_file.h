// Job: open an uploaded file of any format far enough to know what it is and whose: container, metadata, manifest,
// model, customer. Callers: import and preview, before any lock. Promise: what it accepts agrees with itself: the
// metadata sheet, the manifest and the manifest's own digest.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "codec/manifest.h"
#include "codec/overflow.h"
#include "codec/workbook_reader.h"
#include "importer/work.h"

namespace rehydra::importer {

struct WorkbookFile {
  const char* format = "xlsx";
  Container container = Container::sheet;
  std::unique_ptr<codec::WorkbookReader> reader;
  codec::Manifest manifest;
  std::unique_ptr<codec::OverflowTexts> long_texts;
  // Where it carries no manifest: what was put in its place.
  std::optional<registry::LegacyLayout> legacy;

  // The sheet's index; -1 where there is none. The same title, else the one that is the same without case, as
  // spreadsheets have it, where no other title of the manifest is.
  int find_sheet(std::string_view title) const;
  // The moment whose names of columns it uses: a layout of the registry follows renamed columns.
  std::string named_at() const { return legacy ? "infinity" : manifest.exported_at; }
  // What a layout says of a sheet; nullptr for a file with a manifest.
  const registry::LegacySheet* legacy_sheet(std::string_view title) const;

 private:
  bool has_lookalike(std::string_view title) const;
};

// What it is shows in its content; model: what describes a workbook that does not describe itself.
WorkbookFile open_file(std::string_view bytes, const registry::Model& model, const Limits& limits, Cancel cancel);

// Failure(denied) where the file is of another model or customer.
void require_same_owner(const WorkbookFile& file, const registry::Model& model, const registry::Tenant& tenant);

}  // namespace rehydra::importer
