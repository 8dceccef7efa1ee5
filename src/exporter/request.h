// Job: what an export was asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rehydra::exporter {

struct Request {
  std::optional<std::string> customer_id;            // none: the session's tenant
  std::optional<std::vector<std::string>> datasets;  // none: all
  std::optional<std::string> selection;              // JSON: rows by key, with those below them (registry/selection.h)
  std::optional<std::string> period;                 // a tstzrange, and
  std::optional<std::string> changed_since;          // a timestamptz, both in ISO 8601 and UTC
  std::string format = "xlsx";
  bool streamed = false;       // goes to its reader piece by piece: the log says so before the first
  std::string model;           // empty: the only one there is
  std::string options = "{}";  // JSON, for the activity log
  std::string operation_id{};  // empty: a new one
};

}  // namespace rehydra::exporter
