// Job: what an import tells its caller and the activity log, as JSON.
// Shape: {operation_id, status, model, customer_id, mode, dry_run, checked, file {...}, datasets [...], errors [first
// 50], error_count, warnings, side_effects, ids_changed, snapshot_id, token, duration_ms}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "importer/prove.h"

namespace rehydra::importer {

enum class Status : std::uint8_t {
  applied,
  unchanged,
  previewed,
  applied_with_rejects,
  confirmation_required,
  rejected,
  denied,
  failed
};

const char* status_name(Status status) noexcept;
// Applied, unchanged and previewed need no attention; every other status carries at least one error.
bool needs_attention(Status status) noexcept;

struct FileFacts {
  std::uint64_t bytes = 0;
  std::string sha256, format, exported_at;
  int version = 0;
  std::vector<std::string> scope;
  std::string selection{};  // JSON: the rows that the export was of; empty: all
  std::string rules{};      // JSON: codec/manifest.h
  std::string cut_by{};     // "period ..." or "changed since ...": rows of a time alone; empty: all
};

struct Report {
  std::string operation_id;
  Status status = Status::failed;
  std::string model, customer_id, mode;
  bool dry_run = false;
  bool executed = false;
  FileFacts file;
  std::optional<std::string> snapshot_id, token;
  std::vector<SideEffect> side_effects;
  double duration_ms = 0;
};

// "sheet "Products", cell B17, column "Revenue": ..."
std::string full_message(const RowError& error);
std::string error_sqlstate(const RowError& error);

std::string to_json(const Report& report, const std::vector<Work>& works, const ErrorList& errors);
// {"accounts": {"before": n, "after": n}}
std::string datasets_json(const Report& report, const std::vector<Work>& works);

}  // namespace rehydra::importer
