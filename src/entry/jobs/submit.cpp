// Job: rehydra_submit(action, customer_id, file, format, mode, dry_run, confirm, datasets, selection, match, on_error,
// changed_since, period, options): what can be known to be wrong is refused now, as the direct call would; the rest is
// the job's.
#include <nlohmann/json.hpp>

#include "entry/export_request.h"
#include "entry/import_request.h"
#include "entry/jobs/may_run.h"
#include "entry/jobs/request_json.h"
#include "entry/refusal.h"
#include "exporter/cut.h"
#include "exporter/sheet_plan.h"
#include "importer/effective_policy.h"
#include "importer/matching.h"
#include "importer/scope.h"
#include "ledger/activity.h"
#include "ledger/jobs.h"
#include "pg/job_board.h"
#include "pg/session_settings.h"
#include "pg/settings.h"
#include "pg/spi.h"
#include "registry/selection.h"
#include "registry/tenancy.h"

namespace rehydra::entry {
namespace {

constexpr int customer_argument = 1;
constexpr int file_argument = 2;
constexpr ExportArguments export_arguments{1, 3, 7, 8, 11, 12, 13};
constexpr ImportArguments import_arguments{4, 5, 1, 6, 7, 13};

struct Argument {
  int place;
  const char* name;
};
constexpr Argument of_exports[] = {{3, "format"}, {11, "changed_since"}, {12, "period"}};
constexpr Argument of_imports[] = {{file_argument, "file"}, {4, "mode"},  {5, "dry_run"},
                                   {6, "confirm"},          {9, "match"}, {10, "on_error"}};

template <std::size_t N>
void require_absent(const Call& call, const Argument (&others)[N], const std::string& action) {
  for (const Argument& argument : others) {
    if (!call.is_null(argument.place)) {
      throw Failure(ErrorKind::bad_argument,
                    "argument \"" + std::string(argument.name) + "\" does not belong to action \"" + action + "\"",
                    "The arguments are those of rehydra_" + action + ".");
    }
  }
}

void require_background() {
  if (pg::job_board::exists()) {
    return;
  }
  Error error{ErrorKind::internal,
              "rehydra does not run jobs in the background in this server",
              "The library is not among shared_preload_libraries.",
              "Add rehydra to shared_preload_libraries in postgresql.conf, and restart the server.",
              {}};
  error.sqlstate = "55000";
  throw Failure(std::move(error));
}

// Code that runs for somebody else (an index's function under ANALYZE, a trigger in an import, a function that is
// SECURITY DEFINER) is not its session's user, whatever the roles would allow: a job would be that user's session.
void require_own_session() {
  Oid user = InvalidOid;
  int context = 0;
  GetUserIdAndSecContext(&user, &context);
  const bool is_sessions = user == GetSessionUserId() || user == GetCurrentRoleId();
  if ((context & SECURITY_RESTRICTED_OPERATION) != 0 ||
      ((context & SECURITY_LOCAL_USERID_CHANGE) != 0 && !is_sessions)) {
    throw Failure(ErrorKind::denied, "this code runs as another user than the session's: no job may be submitted here",
                  "Submit it from the session itself, outside of a function that is SECURITY DEFINER.");
  }
}

// A session of this one's user will become the current user by SET ROLE: nothing else can be had by submitting a job.
void require_roles() {
  const Oid session = GetSessionUserId();
  if (!pg::may_become(session, GetUserId())) {
    throw Failure(ErrorKind::denied, "the session's user may not become the current user, as which the job would run",
                  "Submit it outside of a function that is SECURITY DEFINER, or GRANT the one role to the other.");
  }
  if (pg::query_count("SELECT count(*) FROM pg_catalog.pg_roles WHERE oid = $1 AND rolcanlogin",
                      pg::Args().datum(OIDOID, ObjectIdGetDatum(session))) == 0) {
    throw Failure(ErrorKind::denied, "the session's user is not permitted to log in, as the job will",
                  "Submit it in a session of a role that may.");
  }
}

// As the operation will, as far as it needs no row and no file.
void check_export(const exporter::Request& request, registry::Model& model) {
  (void)registry::resolve_role(model, registry::Purpose::read);
  (void)exporter::Cut(request, model).narrowed(exporter::resolve_scope(model, request.datasets));
}

void check_import(const importer::Request& request, const registry::Model& model, const std::string& customer_id) {
  (void)registry::resolve_role(model, registry::Purpose::write);
  importer::require_data_sets(model, request.datasets);
  const importer::Policy policy =
      importer::effective_policy(model.name, customer_id, request.profile, request.policy, request.match);
  if (!policy.match.empty()) {
    (void)importer::read_matching(model, policy.match);
  }
  if (request.selection) {
    (void)registry::Selection(model, *request.selection, "asked");
  }
}

ledger::Job job_of(const Call& call, const std::string& action) {
  ledger::Job job;
  job.action = action;
  std::string model_name;
  std::optional<exporter::Request> out;
  std::optional<importer::Request> in;
  if (action == "export") {
    require_absent(call, of_imports, action);
    out = export_request(call, export_arguments);
    job.arguments = to_json(*out);
    model_name = out->model;
  } else if (action == "import") {
    require_absent(call, of_exports, action);
    in = import_request(call, import_arguments);
    in->file = call.bytes(file_argument, "file");
    job.arguments = to_json(*in);
    model_name = in->model.value_or("");
  } else {
    throw Failure(ErrorKind::bad_argument, "unknown action \"" + action + "\"", "Choices: export, import.");
  }
  registry::Model model = registry::load(model_name, CurrentMemoryContext);
  job.customer_id = registry::resolve_tenant(model, call.text(customer_argument)).id;
  job.model = model.name;
  out ? check_export(*out, model) : check_import(*in, model, job.customer_id);
  return job;
}

std::string queue(const Call& call) {
  const std::string action = call.text(0).value_or("");
  require_background();
  require_own_session();
  const std::string settings =
      nlohmann::json(pg::session_settings()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  pg::SettingsScope pinned;
  pg::pin_search_path(pinned);
  ledger::Job job = job_of(call, action);
  require_execute(action);
  require_roles();
  pinned.end();
  job.operation_id = ledger::new_operation_id();
  job.settings = settings;
  job.session_role = GetSessionUserId();
  job.role = GetUserId();
  const bool has_file = action == "import";
  ledger::enqueue(job, has_file ? std::optional<Datum>(call.info()->args[file_argument].value) : std::nullopt);
  pg::job_board::wake_after_transaction();
  return job.operation_id;
}

Datum submit(const Call& call) {
  require_writable();
  pg::Spi spi;
  const std::string id = logging_refusals("submit", call.text(customer_argument), [&] { return queue(call); });
  const Datum result = uuid_datum(id);
  spi.finish();
  return result;
}

}  // namespace
}  // namespace rehydra::entry

REHYDRA_FUNCTION(rehydra_submit, rehydra::entry::submit)
