// Job: what an exported file of any format says of itself.
// Callers: export_stream; the outputs put it where their format has it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "codec/digest.h"
#include "codec/manifest.h"
#include "exporter/sheet_plan.h"
#include "registry/model.h"

namespace rehydra::exporter {

// Who exports what, and when.
struct Occasion {
  std::string operation_id;
  std::string tenant_id;
  std::string tenant_name;  // may be empty
  std::string session_role;
  std::string app_user;                                // may be empty
  std::int64_t exported_at = 0;                        // microseconds since 2000-01-01, UTC
  std::string selection{}, period{}, changed_since{};  // of a part alone, as in codec::Manifest
  std::string rules{};                                 // as there
};

// The session's role, and the application's own user where there is one.
std::string exporter_name(const Occasion& occasion);

// The digests are those of the rows as written, by data set; none before that.
using Digests = std::map<const registry::Dataset*, codec::DatasetDigest>;
codec::Manifest make_manifest(const registry::Model& model, const Occasion& occasion,
                              const std::vector<SheetPlan>& plans, const Digests& digests);

}  // namespace rehydra::exporter
