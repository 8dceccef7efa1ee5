// Job: see the header.
#include "importer/confirm.h"

#include "codec/digest.h"
#include "pg/spi.h"

namespace rehydra::importer {

namespace {

constexpr const char* confirmation_word = "DELETE";

std::string plan_fingerprint(const Work& work) {
  const auto row =
      pg::query("SELECT pg_catalog.count(*), pg_catalog.sum(pg_catalog.hashtextextended(p::pg_catalog.text, 0)) FROM " +
                work.plan->name() + " p")[0];
  return *row[0] + " " + row[1].value_or("");
}

std::string token_of(const Operation& operation, const Report& report) {
  pg::SettingsScope settings;
  pg::pin_search_path(settings, operation.model->search_path);
  const registry::ActingScope acting(operation.role);
  std::string text =
      report.file.sha256 + "\n" + operation.model->name + "\n" + operation.tenant.id + "\n" + report.mode;
  for (const Work& work : operation.works) {
    text += "\n" + work.dataset->name + " " + plan_fingerprint(work);
  }
  settings.end();
  return codec::hex(codec::sha256(text));
}

std::string what_would_go(const Operation& operation) {
  std::string what;
  for (const Work& work : operation.works) {
    if (work.counts.deleted != 0) {
      what += (what.empty() ? "" : ", ") + std::to_string(work.counts.deleted) + " of " + work.called();
    }
  }
  return what;
}

}  // namespace

bool needs_confirmation(const Operation& operation, const std::optional<std::string>& given, Report& report) {
  const std::string what = what_would_go(operation);
  if (what.empty() || given.value_or("") == confirmation_word) {
    return false;
  }
  report.token = token_of(operation, report);
  if (given && *given == *report.token) {
    return false;
  }
  operation.errors->add(
      {ErrorKind::too_many_deletes,
       (given ? "the confirmation is not for this file and this state of the customer's rows; it would delete rows: "
              : "rows that are not in the file would be deleted: ") +
           what,
       {},
       "If that is meant, import again with confirm => 'DELETE', or with this report's token.",
       {}});
  return true;
}

}  // namespace rehydra::importer
