// Job: rehydra_export(customer_id, format, datasets, selection, changed_since, period, options).
#include <nlohmann/json.hpp>

#include "codec/worker.h"
#include "entry/options.h"
#include "entry/refusal.h"
#include "entry/requests.h"
#include "exporter/bytea_sink.h"
#include "exporter/export_stream.h"
#include "exporter/output.h"
#include "pg/settings.h"
#include "pg/spi.h"

namespace rehydra::entry {

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
  nlohmann::json logged = options.json();
  logged["format"] = format;
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
  request.options = logged.dump();
  return request;
}

namespace {

Datum spool(const Call& call) {
  exporter::ExportStream stream(export_request(call), cancel_flag(), CurrentMemoryContext);
  exporter::ByteaSink sink(result_context());
  codec::Worker::Scope work(stream.worker());  // one thread for all chunks
  for (std::string chunk; stream.next(chunk);) {
    sink.add(chunk);
  }
  work.end();
  return sink.finish();
}

Datum export_file(const Call& call) {
  require_writable();
  pg::Spi spi;
  const Datum file = logging_refusals("export", call.any_text(0), [&] { return spool(call); });
  spi.finish();
  return file;
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_export, rehydra::entry::export_file)
