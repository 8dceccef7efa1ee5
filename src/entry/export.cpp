// Job: rehydra_export(customer_id, format, datasets, selection, changed_since, period, options).
#include <nlohmann/json.hpp>

#include "codec/worker.h"
#include "entry/options.h"
#include "entry/refusal.h"
#include "entry/shell.h"
#include "exporter/bytea_sink.h"
#include "exporter/export_stream.h"
#include "exporter/output.h"
#include "pg/settings.h"
#include "pg/spi.h"

namespace rehydra::entry {
namespace {

exporter::Request request_of(const Call& call) {
  const Options options(call.json(6), {"model"});
  const std::string format = call.text(1).value_or("xlsx");
  (void)exporter::find_format(format);  // before anything else is looked at
  exporter::Request request;
  request.format = format;
  request.customer_id = call.any_text(0);
  request.datasets = call.text_array(2);
  request.selection = call.json_if_any(3);
  pg::SettingsScope settings;
  pg::set_canonical_output(settings);
  request.changed_since = call.any_text(4);
  request.period = call.any_text(5);
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

Datum spool(const Call& call) {
  exporter::ExportStream stream(request_of(call), cancel_flag(), CurrentMemoryContext);
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
