// Job: see the header. The steps stand in the files that are called here; this one holds their order and what becomes
// of an error.
#include "importer/import.h"

#include <algorithm>

#include "codec/digest.h"
#include "core/shown_text.h"
#include "importer/apply_operation.h"
#include "importer/confirm.h"
#include "importer/effective_policy.h"
#include "importer/error_json.h"
#include "importer/matching.h"
#include "importer/plan_operation.h"
#include "importer/policy_names.h"
#include "importer/row_filter.h"
#include "importer/scope.h"
#include "importer/source.h"
#include "ledger/activity.h"
#include "ledger/operation_errors.h"
#include "pg/errors.h"
#include "pg/large_input.h"
#include "pg/memory.h"
#include "pg/progress.h"
#include "pg/tenant_lock.h"
#include "pg/warn.h"
#include "registry/foreign_keys.h"

namespace rehydra::importer {

namespace {

bool is_returned(const Request& request, ErrorKind kind) {
  return !request.preview && kind != ErrorKind::bad_argument && !pg::must_be_raised(pg::sqlstate_of(kind));
}

Status status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::denied:
    case ErrorKind::unprotected:
      return Status::denied;
    case ErrorKind::suppressed:
      return Status::failed;
    default:
      return Status::rejected;
  }
}

std::optional<std::string> if_any(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

class Import {
 public:
  Import(const Request& request, Cancel cancel, MemoryContext memory)
      : request_(request), cancel_(cancel), memory_(memory, "rehydra import"), errors_(pg::file_limits().errors) {
    report_.operation_id = request.operation_id.empty() ? ledger::new_operation_id() : request.operation_id;
    report_.mode = mode_name(request.mode);
    report_.dry_run = request.dry_run;
    operation_.errors = &errors_;
    operation_.mode = request.mode;
    operation_.keep_missing_columns = request.keep_missing_columns;
    operation_.max_delete = request.max_delete.value_or(operation_.max_delete);
    operation_.cap_deletes = request.kind != "restore";
    operation_.caller_path = pg::search_path();
  }

  Answer run() {
    std::exception_ptr thrown;
    try {
      report_.status = decide();
    } catch (const Failure& failure) {
      if (is_returned(request_, failure.error().kind)) {
        report_.status = status_of(failure.error().kind);
        errors_.add(failure.error());
      } else {
        thrown = std::current_exception();
      }
    } catch (...) {
      thrown = std::current_exception();
    }
    if (thrown != nullptr) {
      std::rethrow_exception(thrown);
    }
    if (tenant_scope_) {
      tenant_scope_->end();
    }
    return close();
  }

 private:
  Status decide() {
    choose_tenant();
    pg::progress::begin(request_.kind, report_.operation_id, model_.name, report_.customer_id, bytes_to_read());
    choose_policy();
    open();
    tenant_scope_.emplace(operation_.tenant);
    registry::require_telling_policies(model_, operation_.tenant, operation_.role);
    stage();
    const bool comparable = std::all_of(operation_.works.begin(), operation_.works.end(),
                                        [](const Work& work) { return work.staged != nullptr; });
    if (!comparable) {
      if (request_.preview) {
        throw_first_error();
      }
      return Status::rejected;  // a sheet or a column is missing
    }
    return plan_and_apply();
  }

  void choose_tenant() {
    if (GetDatabaseEncoding() != PG_UTF8) {
      throw Failure(ErrorKind::unsupported_file, "the database's encoding is not UTF8",
                    "Import into a database whose encoding is UTF8.");
    }
    const bool of_snapshot = request_.kind == "restore" && !request_.model;
    model_ =
        registry::load(of_snapshot ? snapshot_model(request_.snapshot_id) : request_.model.value_or(""), memory_.get());
    registry::require_registered_parents(model_);
    operation_.model = &model_;
    report_.model = model_.name;
    report_.customer_id = pg::session_tenant();
    tenant_of_session_ = !report_.customer_id.empty();
    std::optional<std::string> requested = request_.customer_id;
    if (request_.kind == "restore" && !tenant_of_session_) {
      requested = snapshot_customer(request_.snapshot_id);
    }
    operation_.tenant = registry::resolve_tenant(model_, requested);
    report_.customer_id = operation_.tenant.id;
    operation_.role =
        registry::resolve_role(model_, request_.preview ? registry::Purpose::read : registry::Purpose::write);
    effective_role_ = pg::call([&] { return static_cast<const char*>(GetUserNameFromId(operation_.role, false)); });
  }

  // A restore puts back what was there, whatever imports go by.
  void choose_policy() {
    if (request_.kind != "restore") {
      require_known_names(model_, request_.policy);
      operation_.policy =
          effective_policy(model_.name, report_.customer_id, request_.profile, request_.policy, request_.match);
    }
    operation_.policy.skip_errors = request_.skip_errors;
  }

  void open() {
    if (request_.kind == "restore") {
      source_ = open_snapshot_source(request_.snapshot_id);
    } else {
      report_.file.bytes = request_.file.size();
      report_.file.sha256 = codec::hex(codec::sha256(request_.file));
      source_ = open_file_source(request_.file, model_, cancel_);
    }
    errors_.set_container(source_->container());
    FileFacts facts = source_->facts();
    facts.bytes = report_.file.bytes;
    facts.sha256 = report_.file.sha256;
    report_.file = std::move(facts);
    source_->require_owner(model_, operation_.tenant);
    operation_.exported_at = report_.file.exported_at;
    operation_.file_rules = report_.file.rules;
    operation_.matching = read_matching(model_, if_any(operation_.policy.match));
    choose();
    require_mode();
  }

  void warn_of_size() {
    if (request_.file.size() >= pg::large_input_bytes()) {
      errors_.warn("the file is large (" + with_thousands(request_.file.size()) +
                   " bytes; rehydra.max_input_bytes allows " + with_thousands(pg::file_limits().input_bytes) +
                   "): one data set at a time, or a selection, takes less memory and time");
    }
  }

  // A file that holds the rows of a time alone says nothing of those that it lacks.
  void require_mode() const {
    const bool replaces = std::any_of(operation_.works.begin(), operation_.works.end(),
                                      [](const Work& work) { return work.mode == Mode::replace; });
    if (!report_.file.cut_by.empty() && replaces) {
      throw Failure(ErrorKind::bad_argument,
                    "the file holds the rows of a time alone (" + report_.file.cut_by + "): it cannot replace all",
                    "Merge it: mode => 'merge'.");
    }
  }

  // The data sets, and the rows of them, that the import is about.
  void choose() {
    operation_.row_filter = nullptr;
    filter_.reset();
    view_.reset();
    picks_ = {};
    if (request_.selection) {
      picks_.by_call = std::make_unique<registry::Selection>(model_, *request_.selection, "asked");
    }
    if (!report_.file.selection.empty()) {
      picks_.by_file = std::make_unique<registry::Selection>(model_, report_.file.selection, "exported", false);
    }
    choose_scope(operation_, request_.datasets, source_->datasets(), picks_.by_call.get());
  }

  std::uint64_t bytes_to_read() const {
    return request_.kind == "restore" ? pg::progress::unknown : request_.file.size();
  }

  // Again is nothing: the transaction has it.
  void lock_tenant() const {
    if (!request_.preview) {
      pg::progress::phase(pg::Phase::waiting);
      pg::lock_tenant(model_.name, operation_.tenant.id);
    }
  }

  // The stored rows that the call picks, before the file's are read: most of those need then not be looked at. The plan
  // is made on the same snapshot, so that no row is passed over that is one of the picked by then; the lock comes
  // first, so that another import's rows are in it.
  void find_picked_rows() {
    if (picks_.by_call == nullptr) {
      return;
    }
    lock_tenant();
    view_.emplace();
    const pg::ReadSnapshot::Scope scope(*view_);
    pg::SettingsScope settings;
    pg::pin_search_path(settings, model_.search_path);
    {
      const registry::ActingScope acting(operation_.role);
      picks_.by_call->take_stored(operation_.tenant);
      filter_.emplace(model_, operation_.tenant, *picks_.by_call);
    }
    operation_.row_filter = &*filter_;
    settings.end();
  }

  void stage() {
    warn_of_size();
    find_picked_rows();
    pg::progress::phase(pg::Phase::staging, rows_to_stage(*source_, operation_), bytes_to_read());
    for (Work& work : operation_.works) {
      pg::progress::dataset(work.dataset->name);
      source_->stage(operation_, work, memory_.get());
      cancel_.poll();
    }
  }

  // on_error => 'skip': what is wrong is wrong with rows alone, and with few enough of them.
  bool may_leave_out() {
    const Policy& policy = operation_.policy;
    if (!policy.skip_errors || errors_.any_fatal()) {
      return false;
    }
    const std::uint64_t rejected = operation_.sum(&Counts::rejected);
    if (rejected > policy.reject_limit) {
      errors_.add({ErrorKind::limit_exceeded,
                   std::to_string(rejected) + " rows are rejected, more than the " +
                       std::to_string(policy.reject_limit) + " that may be left out",
                   {},
                   "Correct the file, or allow more: options => '{\"policy\": {\"reject_limit\": n}}'.",
                   {}});
      return false;
    }
    return true;
  }

  Status done() const {
    if (request_.dry_run) {
      return Status::previewed;
    }
    return errors_.any() ? Status::applied_with_rejects : Status::applied;
  }

  Status plan_and_apply() {
    lock_tenant();
    if (!plan_operation(operation_, *source_, picks_, view_ ? &*view_ : nullptr, {request_.preview, tenant_of_session_},
                        cancel_, memory_.get())) {
      return Status::failed;
    }
    if (request_.preview) {
      if (request_.on_plan) {
        request_.on_plan(operation_);
      }
      return Status::previewed;
    }
    if (errors_.any() && !may_leave_out()) {
      return Status::rejected;
    }
    if (!request_.dry_run && needs_confirmation(operation_, request_.confirm, report_)) {
      return Status::confirmation_required;
    }
    if (!operation_.changes() && operation_.policy.after.empty()) {
      report_.executed = true;
      return errors_.any() || request_.dry_run ? done() : Status::unchanged;
    }
    return apply();
  }

  // Rows that moved between plan and apply are staged and planned once more, from the start, so that nothing of the
  // first attempt is left, and a confirmation is asked for anew. When they move again, the caller's transaction has to.
  Status apply() {
    try {
      return apply_once();
    } catch (const Failure& failure) {
      if (failure.error().kind != ErrorKind::conflict || again_) {
        throw;
      }
    }
    again_ = true;
    operation_.works.clear();
    errors_ = ErrorList(pg::file_limits().errors);
    errors_.set_container(source_->container());
    choose();
    stage();
    return plan_and_apply();
  }

  Status apply_once() {
    const std::string reason = "before " + request_.kind + " " + report_.operation_id;
    const Outcome outcome = apply_operation(operation_, request_.dry_run, reason, report_, cancel_);
    if (outcome == Outcome::refused) {
      return Status::failed;
    }
    report_.executed = true;
    const bool nothing_to_keep = outcome == Outcome::rolled_back && !request_.dry_run;
    return nothing_to_keep && !errors_.any() ? Status::unchanged : done();
  }

  Answer close() {
    report_.duration_ms = watch_.milliseconds();
    if (request_.raise && needs_attention(report_.status)) {
      throw_first_error();
    }
    record();
    if (needs_attention(report_.status) || request_.preview) {
      warn();
    }
    Answer answer;
    answer.status = report_.status;
    answer.report = to_json(report_, operation_.works, errors_);
    for (const Work& work : operation_.works) {
      answer.preview.push_back({work.dataset->name, work.dataset->title(), work.counts});
    }
    return answer;
  }

  [[noreturn]] void throw_first_error() const {
    const RowError& first = errors_.errors().at(0);
    throw Failure(first.error);
  }

  void record() const {
    ledger::Activity activity;
    activity.operation_id = report_.operation_id;
    activity.model = if_any(report_.model);
    activity.customer_id = if_any(report_.customer_id);
    activity.kind = request_.kind;
    activity.mode = report_.mode;
    activity.dry_run = request_.dry_run;
    activity.outcome = status_name(report_.status);
    activity.options = request_.options;
    activity.effective_role = if_any(effective_role_);
    activity.file_sha256 = if_any(report_.file.sha256);
    if (activity.file_sha256) {
      activity.file_bytes = static_cast<std::int64_t>(report_.file.bytes);
    }
    if (!operation_.works.empty()) {
      activity.datasets = datasets_json(report_, operation_.works);
    }
    activity.duration_ms = report_.duration_ms;
    if (needs_attention(report_.status) && errors_.any()) {
      activity.sqlstate = error_sqlstate(errors_.errors().front());
      activity.detail = full_message(errors_.errors().front());
    }
    activity.error_count = static_cast<std::int64_t>(errors_.count());
    ledger::record(activity);
    if (errors_.any()) {
      ledger::record_errors(report_.operation_id, kept_errors_json(errors_));
    }
  }

  void warn() const {
    constexpr std::size_t most = 10;
    for (std::size_t i = 0; i < errors_.errors().size() && i < most; ++i) {
      const RowError& error = errors_.errors()[i];
      pg::warn(ERRCODE_WARNING, full_message(error), error.error.hint);
    }
    if (errors_.count() > most) {
      pg::warn(ERRCODE_WARNING, "and " + std::to_string(errors_.count() - most) + " more errors", {});
    }
  }

  const Request& request_;
  Cancel cancel_;
  ledger::Stopwatch watch_;
  pg::Context memory_;
  registry::Model model_;
  ErrorList errors_;
  Operation operation_;
  Report report_;
  std::string effective_role_;
  std::unique_ptr<Source> source_;
  Picks picks_;
  std::optional<pg::ReadSnapshot> view_;  // of what the call picks
  std::optional<RowFilter> filter_;
  std::optional<registry::TenantScope> tenant_scope_;
  bool tenant_of_session_ = false;
  bool again_ = false;
};

}  // namespace

Answer run_import(const Request& request, Cancel cancel, MemoryContext memory) {
  return Import(request, cancel, memory).run();
}

}  // namespace rehydra::importer
