// Job: what an export was asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rehydra::exporter {

struct Request {
  std::optional<std::string> customer_id;            // none: the session's tenant
  std::optional<std::vector<std::string>> datasets;  // none: all
  std::string format = "xlsx";
  std::string model;           // empty: the only one there is
  std::string options = "{}";  // JSON, for the activity log
};

}  // namespace rehydra::exporter
