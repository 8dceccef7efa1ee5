// Job: rehydra_error_workbook(operation_id, file). Whose errors a session may see is what rehydra.activity_log and
// rehydra.error_log, read as the caller, show it.
#include "codec/digest.h"
#include "codec/marks/marked_file.h"
#include "entry/shell.h"
#include "exporter/bytea_sink.h"
#include "pg/settings.h"
#include "pg/spi.h"
#include "pg/spill_file.h"

namespace rehydra::entry {
namespace {

std::string operation_id(const Call& call) {
  const std::optional<std::string> id = call.any_text(0);
  if (!id) {
    throw Failure(ErrorKind::bad_argument, "operation_id is NULL",
                  "It stands in the report and in rehydra.activity_log.");
  }
  return *id;
}

// Failure where the operation is not one of this session's, or did not read this file. The number of its errors.
std::uint64_t require_operation(const std::string& id, std::string_view file) {
  const auto found =
      pg::query("SELECT kind, file_sha256, error_count FROM rehydra.activity_log WHERE operation_id = $1::uuid",
                pg::Args().text(id));
  if (found.empty()) {
    throw Failure(ErrorKind::denied, "there is no operation " + id + " of this customer",
                  "SELECT operation_id, at, kind, outcome FROM rehydra.activity_log;");
  }
  const pg::TextRow& operation = found[0];
  if (!operation[1]) {
    throw Failure(ErrorKind::bad_argument, "operation " + id + " (" + *operation[0] + ") read no file",
                  "Name an import or a preview of a file.");
  }
  if (*operation[1] != codec::hex(codec::sha256(file))) {
    throw Failure(ErrorKind::bad_argument, "the file is not the one that operation " + id + " read",
                  "Pass the uploaded file as it was, with the SHA-256 " + *operation[1] + ".");
  }
  const std::uint64_t count = std::stoull(operation[2].value_or("0"));
  if (count == 0) {
    throw Failure(ErrorKind::bad_argument, "operation " + id + " found no errors in the file",
                  "There is nothing to mark.");
  }
  return count;
}

codec::FileErrors errors_of(const std::string& id, std::uint64_t count) {
  codec::FileErrors errors;
  errors.count = count;
  pg::for_each_row(
      "SELECT sheet, line, position, COALESCE(header, column_name), value, reason, hint FROM rehydra.error_log"
      " WHERE operation_id = $1::uuid ORDER BY number",
      pg::Args().text(id), [&](const pg::TextRow& row) {
        const auto number = [](const std::optional<std::string>& text) {
          return text ? static_cast<std::uint32_t>(std::stoul(*text)) : 0U;
        };
        errors.kept.push_back({row[0].value_or(""), number(row[1]), number(row[2]), row[3].value_or(""),
                               row[4].value_or(""), row[5].value_or(""), row[6].value_or("")});
      });
  return errors;
}

Datum marked(std::string_view file, const codec::FileErrors& errors) {
  const auto marks = codec::mark_file(file, errors, pg::file_limits(), cancel_flag(), pg::spill_files());
  exporter::ByteaSink sink(result_context());
  for (std::string chunk; marks->next(chunk);) {
    sink.add(chunk);
  }
  return sink.finish();
}

Datum error_workbook(const Call& call) {
  const std::string id = operation_id(call);
  const std::string_view file = call.bytes(1, "file");
  pg::Spi spi;
  pg::SettingsScope settings;
  pg::pin_search_path(settings);
  const codec::FileErrors errors = errors_of(id, require_operation(id, file));
  settings.end();
  const Datum result = marked(file, errors);
  spi.finish();
  return result;
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_error_workbook, rehydra::entry::error_workbook)
