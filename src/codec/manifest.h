// Job: the description that a workbook carries of itself (sheet "_rehydra", JSON), and the lines of sheet "Export
// Metadata". Layout of "_rehydra" (hidden): no header row; the JSON in pieces, a text cell each, in column A of rows 1,
// 2, 3, ... The manifest is all text cells of column A (codec/literal.h decoded) put together in row order. Promise:
// to_json() carries a SHA-256 over the rest of itself that binds model, tenant and scope; parse_manifest() refuses what
// does not agree with it, a format version newer than ours, and JSON deeper or larger than a manifest can be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rehydra::codec {

constexpr int format_version = 2;
constexpr std::string_view manifest_sheet = "_rehydra";
constexpr std::string_view metadata_sheet = "Export Metadata";
constexpr std::size_t manifest_cell_characters = 32'000;

struct ManifestColumn {
  std::string name;  // the table's column; empty for display-only expressions
  std::string header;
  std::string type;    // format_type() output, "numeric(15,2)"
  std::string kind;    // "key", "data" or "display"
  std::string base{};  // what a domain is over, "numeric(5,2)"; empty for other types, and in older files
};

struct ManifestSheet {
  std::vector<std::string> titles;  // the sheet and its continuations, in order
  bool satellite = false;           // a second sheet of the same table
  std::vector<ManifestColumn> columns;
};

struct ManifestDataset {
  std::string name;
  std::vector<ManifestSheet> sheets;
  std::uint64_t rows = 0;
  std::string digest;  // 64 hex digits, codec/digest.h
};

struct Manifest {
  int version = format_version;
  std::string producer;  // "rehydra 0.1.0"
  std::string model;
  std::string tenant_id;  // canonical
  std::string tenant_column;
  std::string tenant_name;  // for people
  std::string operation_id;
  std::string exported_at;                // ISO 8601 UTC
  std::vector<ManifestDataset> datasets;  // = the scope
  std::string exported_by{};              // for people; empty in older files
  // The rows that the export was of, where it was not of all; empty otherwise, and in older files.
  std::string selection{};      // JSON: {"data set": [{"key column": "value"}, ...]}
  std::string period{};         // a range of moments
  std::string changed_since{};  // a moment
  std::string rules{};  // JSON: rows that the others are to be understood by, {"data set": [{"column": "text"}]}
};

std::string to_json(const Manifest& manifest);
// part: where it stands, for errors.
Manifest parse_manifest(std::string_view bytes, std::string_view part = manifest_sheet);

// The same in two parts, for a file that is read from front to back: the head has what is needed to read the rows, the
// seal what is known once they are written: {"digests": {data set: digest}, "sha256": that of the whole}.
std::string head_json(const Manifest& manifest);
std::string seal_json(const Manifest& manifest);
Manifest parse_sealed_manifest(std::string_view head, std::string_view seal);

// Whether a manifest's SHA-256 is that of the rest of it; Failure(bad_file) where it is no JSON or states none.
bool manifest_agrees(std::string_view bytes);

// Sheet "Export Metadata", column A, a line a row: title, blank, `Export Date: YYYY-MM-DD HH:MM:SS`, `Export Timestamp:
// ISO 8601`, `Export Version: 2`, `Customer ID: N`, `Model: m`, then `Total <main sheet title>: N` lines.
std::vector<std::string> metadata_lines(const Manifest& manifest);

struct Metadata {
  int version = 0;
  std::string customer_id;
  std::string exported_at;
};
// Reads such lines (also version 1's). Failure(bad_file) naming the missing line.
Metadata parse_metadata(const std::vector<std::string>& lines);

}  // namespace rehydra::codec
