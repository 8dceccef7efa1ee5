// Job: rehydra_export(customer_id, format, datasets, selection, changed_since, period, options).
#include "codec/worker.h"
#include "entry/export_request.h"
#include "entry/refusal.h"
#include "exporter/bytea_sink.h"
#include "exporter/export_stream.h"
#include "pg/spi.h"

namespace rehydra::entry {

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
