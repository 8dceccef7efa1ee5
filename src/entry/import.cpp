// Job: rehydra_import, rehydra_preview and rehydra_restore.
#include <nlohmann/json.hpp>

#include "entry/import_request.h"
#include "entry/options.h"
#include "entry/refusal.h"
#include "importer/import.h"
#include "pg/memory.h"
#include "pg/spi.h"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace rehydra::entry {
namespace {

void read_options(const Options& options, importer::Request& request) {
  request.model = options.text("model");
  request.max_delete = options.number("max_delete");
  if (request.max_delete && (*request.max_delete < 0 || *request.max_delete > 1)) {
    throw Failure(ErrorKind::bad_argument, "option \"max_delete\" is a fraction from 0 to 1",
                  "0.5 allows half of a data set's rows to be deleted.");
  }
  const std::string missing = options.text("missing_columns").value_or("reject");
  if (missing != "keep" && missing != "reject") {
    throw Failure(ErrorKind::bad_argument, "option \"missing_columns\" is \"keep\" or \"reject\"",
                  "keep leaves the values of columns that a sheet lacks alone; reject is the default.");
  }
  request.keep_missing_columns = missing == "keep";
  request.raise = options.flag("raise");
  request.policy = options.object("policy");
  request.profile = options.text("profile");
}

std::string logged_options(const Options& options, const importer::Request& request) {
  nlohmann::json logged = options.json();
  if (request.datasets) {
    logged["datasets"] = *request.datasets;
  }
  if (request.confirm) {
    logged["confirm"] = *request.confirm;
  }
  for (const auto& [name, value] : {std::pair{"selection", request.selection}, std::pair{"match", request.match}}) {
    if (value) {
      logged[name] = nlohmann::json::parse(*value, nullptr, false);
    }
  }
  if (request.skip_errors) {
    logged["on_error"] = "skip";
  }
  return logged.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool skips_errors(const std::string& on_error) {
  if (on_error != "stop" && on_error != "skip") {
    throw Failure(ErrorKind::bad_argument, "unknown on_error \"" + on_error + "\"", "Choices: stop, skip.");
  }
  return on_error == "skip";
}

// datasets, selection, match and on_error stand beside each other, from that argument on.
void read_part(const Call& call, const Options& options, int mode, int datasets, importer::Request& request) {
  request.mode = importer::mode_named(call.text(mode).value_or("replace"));
  request.datasets = call.text_array(datasets);
  request.selection = call.json_if_any(datasets + 1);
  request.match = call.json_if_any(datasets + 2);
  read_options(options, request);
  request.skip_errors = skips_errors(call.text(datasets + 3).value_or("stop"));
  request.options = logged_options(options, request);
}

Datum run_reported(const importer::Request& request) {
  require_writable();
  pg::Spi spi;
  const Datum report = import_report(importer::run_import(request, cancel_flag(), CurrentMemoryContext));
  spi.finish();
  return report;
}

Datum import_workbook(const Call& call) {
  importer::Request request = import_request(call);
  request.file = call.bytes(0, "file");
  return run_reported(request);
}

Datum restore_snapshot(const Call& call) {
  const Options options(call.json(3), {"model", "raise"});
  importer::Request request;
  request.kind = "restore";
  const std::optional<std::string> snapshot = call.any_text(0);
  if (!snapshot) {
    throw Failure(ErrorKind::bad_argument, "snapshot_id is NULL", "SELECT * FROM rehydra.snapshots;");
  }
  request.snapshot_id = *snapshot;
  request.dry_run = call.boolean(1, false);
  request.confirm = call.text(2);
  read_options(options, request);
  request.options = logged_options(options, request);
  return run_reported(request);
}

void return_rows(FunctionCallInfo info, const std::vector<importer::PreviewRow>& rows) {
  auto* result = reinterpret_cast<ReturnSetInfo*>(info->resultinfo);
  for (const importer::PreviewRow& row : rows) {
    const importer::Counts& counts = row.counts;
    pg::call([&] {
      Datum values[11] = {CStringGetTextDatum(row.dataset.c_str()), CStringGetTextDatum(row.sheet.c_str())};
      bool nulls[11] = {};
      int column = 2;
      for (std::uint64_t count : {counts.before, counts.in_file, counts.inserted, counts.updated, counts.deleted,
                                  counts.blocked, counts.unchanged, counts.skipped, counts.rejected}) {
        values[column++] = Int64GetDatum(static_cast<std::int64_t>(count));
      }
      tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    });
  }
}

Datum preview(const Call& call) {
  importer::Request request = preview_request(call, "preview");
  request.file = call.bytes(0, "file");
  require_writable();
  begin_rows(call);
  pg::Spi spi;
  return_preview(call, request);
  spi.finish();
  return 0;
}

}  // namespace

importer::Request import_request(const Call& call, const ImportArguments& at) {
  const Options options(call.json(at.options),
                        {"model", "max_delete", "missing_columns", "raise", "policy", "profile"});
  importer::Request request;
  request.kind = "import";
  request.dry_run = call.boolean(at.dry_run, false);
  request.customer_id = call.text(at.customer_id);
  request.confirm = call.text(at.confirm);
  read_part(call, options, at.mode, at.datasets, request);
  return request;
}

importer::Request preview_request(const Call& call, const char* kind) {
  const Options options(call.json(7), {"model", "max_delete", "missing_columns", "policy", "profile"});
  importer::Request request;
  request.kind = kind;
  request.preview = true;
  request.dry_run = true;
  request.customer_id = call.text(2);
  read_part(call, options, 1, 3, request);
  return request;
}

Datum import_report(const importer::Answer& answer) {
  const pg::ContextScope scope(result_context());
  return pg::call([&] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(answer.report.c_str())); });
}

void return_preview(const Call& call, const importer::Request& request) {
  const importer::Answer answer = logging_refusals("preview", request.customer_id, [&] {
    return importer::run_import(request, cancel_flag(), CurrentMemoryContext);
  });
  return_rows(call.info(), answer.preview);
}

}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_import, rehydra::entry::import_workbook)
REHYDRA_FUNCTION(rehydra_preview, rehydra::entry::preview)
REHYDRA_FUNCTION(rehydra_restore, rehydra::entry::restore_snapshot)
