// Job: the workbook that an export makes, apart from its rows: frame, overview, metadata, manifest.
// Callers: export_stream, after the survey.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/digest.h"
#include "codec/manifest.h"
#include "codec/workbook_writer.h"
#include "exporter/sheet_plan.h"
#include "registry/model.h"

namespace rehydra::exporter {

// Who exports what, and when.
struct Occasion {
  std::string operation_id;
  std::string tenant_id;
  std::string tenant_name;  // may be empty
  std::string session_role;
  std::string app_user;          // may be empty
  std::int64_t exported_at = 0;  // microseconds since 2000-01-01, UTC
};

struct WorkbookPlan {
  codec::WorkbookSpec spec;
  std::size_t metadata_number = 0;  // places in spec.sheets
  std::size_t manifest_number = 0;
};

// Gives the planned sheets their titles and numbers.
WorkbookPlan plan_workbook(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans);

// What the file says about itself; the digests are those of the rows as written, by data set.
using Digests = std::map<const registry::Dataset*, codec::DatasetDigest>;
codec::Manifest make_manifest(const registry::Model& model, const Occasion& occasion,
                              const std::vector<SheetPlan>& plans, const Digests& digests);

// The manifest's JSON in pieces for column A of its sheet (codec/manifest.h).
std::vector<std::string_view> manifest_cells(std::string_view json);

}  // namespace rehydra::exporter
