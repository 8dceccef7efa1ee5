// Job: the layout of a model's workbooks of one older version, which carry no manifest: what their sheets and headers
// mean. Callers: the importer. Promise: what the tables of today lack is left for the reader only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/model.h"

namespace rehydra::registry {

enum class ReadAs : std::uint8_t { value, count, json, display };

struct LegacyColumn {
  std::string header;
  int column = -1;  // into Dataset::columns; -1: for the reader only
  ReadAs read_as = ReadAs::display;
};

// What new rows point at where the sheet lacks the reference: the newest row of the parent that agrees with them.
struct Attachment {
  int reference = -1;       // into Dataset::references, of one column
  std::vector<int> same;    // into Dataset::columns
  std::vector<int> parent;  // as many, into the parent's columns
  int newest = -1;          // into the parent's columns
};

struct LegacySheet {
  std::string title;
  int dataset = -1;  // into Model::datasets
  bool satellite = false;
  std::vector<LegacyColumn> columns;
  std::vector<Attachment> attachments;  // of the main sheet, none or one
};

struct LegacyLayout {
  int version = 0;
  std::vector<LegacySheet> sheets;  // main sheets first
};

// Failure(unsupported_file) where the model has no layout of that version.
LegacyLayout load_legacy_layout(const Model& model, int version);

}  // namespace rehydra::registry
