#include "importer/workbook_file.h"

#include "codec/csv/csv_reader.h"
#include "codec/json/json_reader.h"
#include "codec/workbook_contents.h"
#include "importer/legacy_file.h"
#include "pg/spill_file.h"

namespace rehydra::importer {

namespace {

void require_metadata(WorkbookFile& file) {
  const codec::Metadata metadata = codec::read_metadata(*file.reader);
  if (metadata.customer_id != file.manifest.tenant_id) {
    throw Failure(ErrorKind::denied,
                  "sheet \"" + std::string(codec::metadata_sheet) + "\" names customer " + metadata.customer_id +
                      ", but the file was exported for customer " + file.manifest.tenant_id,
                  "A file goes back to the customer that it came from: undo the edit, or export again.");
  }
  if (metadata.version != file.manifest.version) {
    throw Failure(
        ErrorKind::bad_file,
        "sheet \"" + std::string(codec::metadata_sheet) + "\" and the manifest name different export versions",
        "Undo the edit, or export again.");
  }
}

// Older writers cut texts by characters, of which some are two units of a cell's limit.
WorkbookFile open_legacy(std::string_view bytes, const registry::Model& model, Limits limits, Cancel cancel) {
  limits.cell_units *= 2;
  WorkbookFile file;
  file.reader = codec::WorkbookReader::open(bytes, limits, cancel, pg::spill_files());
  describe_legacy(file, model);
  file.long_texts = std::make_unique<codec::OverflowTexts>(pg::spill_files());
  return file;
}

WorkbookFile open_workbook(std::string_view bytes, const registry::Model& model, const Limits& limits, Cancel cancel) {
  WorkbookFile file;
  file.reader = codec::WorkbookReader::open(bytes, limits, cancel, pg::spill_files());
  if (describes_nothing(*file.reader)) {
    return open_legacy(bytes, model, limits, cancel);
  }
  file.manifest = codec::parse_manifest(codec::manifest_text(*file.reader));
  require_metadata(file);
  file.long_texts = codec::read_long_texts(*file.reader, pg::spill_files());
  return file;
}

WorkbookFile described(const char* format, Container container, codec::DescribedFile opened) {
  WorkbookFile file;
  file.format = format;
  file.container = container;
  file.reader = std::move(opened.reader);
  file.manifest = std::move(opened.manifest);
  file.long_texts = std::make_unique<codec::OverflowTexts>(pg::spill_files());
  return file;
}

}  // namespace

bool WorkbookFile::has_lookalike(std::string_view title) const {
  for (const codec::ManifestDataset& dataset : manifest.datasets) {
    for (const codec::ManifestSheet& sheet : dataset.sheets) {
      for (const std::string& other : sheet.titles) {
        if (other != title && codec::same_label(other, title)) {
          return true;
        }
      }
    }
  }
  return false;
}

int WorkbookFile::find_sheet(std::string_view title) const {
  const int sheet = codec::find_sheet(*reader, title);
  if (sheet < 0 || reader->sheets()[static_cast<std::size_t>(sheet)].title == title) {
    return sheet;
  }
  // Lists of a document may differ in case alone: what is like another's title may be that other's rows.
  return has_lookalike(title) ? -1 : sheet;
}

const registry::LegacySheet* WorkbookFile::legacy_sheet(std::string_view title) const {
  for (std::size_t i = 0; legacy && i < legacy->sheets.size(); ++i) {
    if (legacy->sheets[i].title == title) {
      return &legacy->sheets[i];
    }
  }
  return nullptr;
}

WorkbookFile open_file(std::string_view bytes, const registry::Model& model, const Limits& limits, Cancel cancel) {
  if (bytes.size() > limits.input_bytes) {
    throw Failure(ErrorKind::limit_exceeded,
                  "the file has " + std::to_string(bytes.size()) + " bytes, more than the " +
                      std::to_string(limits.input_bytes) + " that rehydra.max_input_bytes allows",
                  "Raise rehydra.max_input_bytes, or export fewer data sets a file.");
  }
  if (codec::looks_like_json(bytes)) {
    return described("json", Container::list, codec::open_json(bytes, limits, cancel));
  }
  if (codec::looks_like_csv(bytes, limits)) {
    return described("csv", Container::file, codec::open_csv(bytes, limits, cancel));
  }
  return open_workbook(bytes, model, limits, cancel);
}

void require_same_owner(const WorkbookFile& file, const registry::Model& model, const registry::Tenant& tenant) {
  if (file.manifest.model != model.name) {
    throw Failure(ErrorKind::denied,
                  "the file was exported from model \"" + file.manifest.model + "\", not from \"" + model.name + "\"",
                  "Name the model: options => '{\"model\": \"...\"}'.");
  }
  if (file.manifest.tenant_id != tenant.id) {
    throw Failure(ErrorKind::denied, "the file was exported for another customer",
                  "A file goes back to the customer that it came from.");
  }
}

}  // namespace rehydra::importer
