// Job: what an import does where rows of the file, or the file and the database, do not fit together.
// Callers: the entry layer reads it from a call's options; planning asks it. Effects that a model's registry gives its
// policies and profiles arrive as the same JSON (src/sql/61-policies.sql).
// Shape: {"orphans": "reject" | "skip" | "attach", "missing_references": "reject" | "null" | "skip" | "delete",
// "references": {"kpis.product": <as missing_references>}, "attach_to": {"accounts": <key>}, "conflicts": "file" |
// "database" | "reject", "triggers": "report" | "refuse", "modes": {"kpi_reference_ranges": "merge"}, "reject_limit":
// n, "match": <as the argument>}. Effects of the registry alone: "adjust": [{"dataset", "where", "set": {column: SQL},
// "says", "only" | "except": [keys]}], "after": ["schema.function"], "list_changes": {"data set": [columns]}, "fixed":
// {"data set": "keep" | "reject"}.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehydra::importer {

enum class Mode : std::uint8_t;

// A row whose parent is nowhere and that cannot be without it.
enum class OnOrphan : std::uint8_t { reject, skip, attach };
// A reference that leads nowhere and may be empty.
enum class OnMissing : std::uint8_t { standard, reject, set_null, skip, remove };
// A row that the file would change and that was changed in the database since the export.
enum class OnConflict : std::uint8_t { file, database, reject };

// Staged rows that are changed before they are compared (adjust.h).
struct Adjustment {
  std::string dataset, where, says;
  std::map<std::string, std::string> set;  // column: SQL
  std::vector<std::string> only, except;   // keys or match keys
  bool some_only = false;                  // only those of `only`, be it none
};

// Rows that a file does not change: where it differs from the database, a warning or an error.
enum class OnFixed : std::uint8_t { keep, reject };

struct Policy {
  OnOrphan orphans = OnOrphan::reject;
  OnMissing missing_references = OnMissing::standard;  // log-ins and their like: NULL and a warning; others: reject
  OnConflict conflicts = OnConflict::file;
  bool refuse_triggers = false;
  bool skip_errors = false;  // on_error => 'skip'
  std::uint64_t reject_limit = 1'000;
  // Some rows of the file may be left out, and others with them.
  bool leaves_rows_out() const noexcept;
  std::map<std::string, OnMissing> references;   // "data set.reference"
  std::map<std::string, std::string> attach_to;  // data set: the key of the row that takes its orphans in
  std::map<std::string, Mode> modes;             // data set: its own mode
  std::string match;                             // JSON; empty: as registered
  std::vector<Adjustment> adjust;
  std::vector<std::string> after;                                // functions that are called when all is proven
  std::map<std::string, std::vector<std::string>> list_changes;  // data set: columns
  std::map<std::string, OnFixed> fixed;                          // data set
};

// Failure(bad_argument) naming what is not understood.
Mode mode_named(const std::string& name);
const char* mode_name(Mode mode) noexcept;
Policy read_policy(const std::string& json);

}  // namespace rehydra::importer
