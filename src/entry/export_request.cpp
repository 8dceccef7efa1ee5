// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <nlohmann/json.hpp>

#include "entry/export_request.h"
#include "entry/options.h"
#include "exporter/output.h"
#include "pg/settings.h"

namespace rehydra::entry {

namespace {

std::string logged_options(const Options& options, const exporter::Request& request) {
  nlohmann::json logged = options.json();
  logged["format"] = request.format;
  if (request.datasets) {
    logged["datasets"] = *request.datasets;
  }
  if (request.selection) {
    logged["selection"] = nlohmann::json::parse(*request.selection, nullptr, false);
  }
  for (const auto& [name, value] :
       {std::pair{"changed_since", request.changed_since}, std::pair{"period", request.period}}) {
    if (value) {
      logged[name] = *value;
    }
  }
  return logged.dump();
}

}  // namespace

exporter::Request export_request(const Call& call, const ExportArguments& at) {
  const Options options(call.json(at.options), {"model"});
  const std::string format = call.text(at.format).value_or("xlsx");
  (void)exporter::find_format(format);  // before anything else is looked at
  exporter::Request request;
  request.format = format;
  request.customer_id = call.any_text(at.customer_id);
  request.datasets = call.text_array(at.datasets);
  request.selection = call.json_if_any(at.selection);
  pg::SettingsScope settings;
  pg::set_canonical_output(settings);
  request.changed_since = call.any_text(at.changed_since);
  request.period = call.any_text(at.period);
  settings.end();
  request.model = options.text("model").value_or("");
  request.options = logged_options(options, request);
  return request;
}

}  // namespace rehydra::entry
