// Job: the workbook that an export makes, apart from its rows: frame, overview, metadata, the manifest's sheet.
// Callers: xlsx_output.
#pragma once

#include <string>
#include <vector>

#include "codec/workbook_writer.h"
#include "exporter/file_manifest.h"
#include "exporter/sheet_plan.h"
#include "registry/model.h"

namespace rehydra::exporter {

struct WorkbookPlan {
  codec::WorkbookSpec spec;
  std::size_t metadata_number = 0;  // places in spec.sheets
  std::size_t manifest_number = 0;
};

// Gives the planned sheets their titles and numbers.
WorkbookPlan plan_workbook(const registry::Model& model, const Occasion& occasion, std::vector<SheetPlan>& plans,
                           std::vector<codec::OverviewChart> charts);

// With the numbers of rows and the sizes that are known by now.
codec::Overview make_overview(const registry::Model& model, const Occasion& occasion,
                              const std::vector<SheetPlan>& plans, const Digests& digests,
                              std::vector<codec::OverviewChart> charts);

// The manifest's JSON in pieces for column A of its sheet (codec/manifest.h).
std::vector<std::string_view> manifest_cells(std::string_view json);

}  // namespace rehydra::exporter
