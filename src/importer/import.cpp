#include "importer/import.h"

#include <algorithm>

#include "codec/digest.h"
#include "importer/check_plan.h"
#include "importer/constraints.h"
#include "importer/match.h"
#include "importer/plan.h"
#include "importer/resolve.h"
#include "importer/sequences.h"
#include "importer/source.h"
#include "ledger/activity.h"
#include "ledger/snapshot.h"
#include "pg/errors.h"
#include "pg/fault.h"
#include "pg/memory.h"
#include "pg/read_snapshot.h"
#include "pg/subtransaction.h"
#include "pg/tenant_lock.h"
#include "pg/warn.h"

namespace rehydra::importer {

namespace {

using registry::Role;

constexpr const char* confirmation_word = "DELETE";

// A server's error as an entry of the report; which sheet it is about is what the server says of the table.
RowError from_server(const pg::ServerError& error, const std::vector<Work>& works) {
  const ErrorData* data = error.data();
  RowError row;
  row.error.message = data->message != nullptr ? data->message : "the database refused";
  row.error.detail = data->detail != nullptr ? data->detail : "";
  row.error.hint = data->hint != nullptr
                       ? data->hint
                       : "Nothing was changed. Correct the file or the rule that refused it, and import again.";
  row.sqlstate = pg::sqlstate_text(error.sqlstate());
  for (const Work& work : works) {
    if (data->table_name != nullptr && data->schema_name != nullptr && work.dataset->table == data->table_name &&
        work.dataset->schema == data->schema_name) {
      row.dataset = work.dataset->name;
      row.error.where.sheet = work.titles.empty() ? work.dataset->name : work.titles.front();
      const int column = data->column_name != nullptr ? work.dataset->column_index(data->column_name) : -1;
      const int field = column < 0 ? -1 : work.field_of(column);
      if (field >= 0) {
        row.error.where.header = work.fields[static_cast<std::size_t>(field)].header;
        row.column = data->column_name;
      }
    }
  }
  return row;
}

Status status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::denied:
    case ErrorKind::unprotected:
      return Status::denied;
    default:
      return Status::rejected;
  }
}

class Import {
 public:
  Import(const Request& request, Cancel cancel, MemoryContext memory)
      : request_(request), cancel_(cancel), memory_(memory, "rehydra import"), errors_(pg::file_limits().errors) {
    report_.operation_id = ledger::new_operation_id();
    report_.mode = request.mode == Mode::replace ? "replace" : "merge";
    report_.dry_run = request.dry_run;
    operation_.errors = &errors_;
    operation_.mode = request.mode;
    operation_.keep_missing_columns = request.keep_missing_columns;
    operation_.max_delete = request.max_delete.value_or(0.5);
    operation_.cap_deletes = request.kind != "restore";
  }

  Outcome run() {
    try_to_finish();
    if (thrown_) {
      std::rethrow_exception(thrown_);
    }
    return close();
  }

 private:
  // Everything that a returned status may come of. Whatever raises inside a subtransaction was rolled back there.
  void try_to_finish() {
    try {
      report_.status = decide();
    } catch (const Failure& failure) {
      if (pg::must_be_raised(pg::sqlstate_of(failure.error().kind)) ||
          failure.error().kind == ErrorKind::bad_argument || request_.preview) {
        thrown_ = std::current_exception();
        return;
      }
      report_.status = status_of(failure.error().kind);
      errors_.add(failure.error());
    } catch (...) {
      thrown_ = std::current_exception();
    }
    if (tenant_scope_ && !thrown_) {
      tenant_scope_->end();
    }
  }

  Status decide() {
    open();
    tenant_scope_.emplace(operation_.tenant);
    return work();
  }

  void open() {
    if (GetDatabaseEncoding() != PG_UTF8) {
      throw Failure(ErrorKind::unsupported_file, "the database's encoding is not UTF8",
                    "Import into a database whose encoding is UTF8.");
    }
    model_ = registry::load(request_.model.value_or(""), memory_.get());
    operation_.model = &model_;
    report_.model = model_.name;
    report_.customer_id = pg::session_tenant();
    tenant_of_session_ = !report_.customer_id.empty();
    std::optional<std::string> requested = request_.customer_id;
    if (request_.kind == "restore" && !requested && report_.customer_id.empty()) {
      requested = snapshot_customer(request_.snapshot_id);
    }
    operation_.tenant = registry::resolve_tenant(model_, requested);
    report_.customer_id = operation_.tenant.id;
    operation_.role =
        registry::resolve_role(model_, request_.preview ? registry::Purpose::read : registry::Purpose::write);
    effective_role_ = pg::call([&] { return static_cast<const char*>(GetUserNameFromId(operation_.role, false)); });
    report_.file.bytes = request_.file.size();
    if (request_.kind != "restore") {
      report_.file.sha256 = codec::hex(codec::sha256(request_.file));
    }
    source_ = request_.kind == "restore" ? open_snapshot_source(request_.snapshot_id)
                                         : open_workbook_source(request_.file, cancel_);
    report_.file = source_->facts();
    source_->require_owner(model_, operation_.tenant);
    choose_scope();
  }

  // The call's scope, the file's and the registry's have in common.
  void choose_scope() {
    const std::vector<std::string> held = source_->datasets();
    const auto contains = [](const std::vector<std::string>& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (request_.datasets) {
      for (const std::string& name : *request_.datasets) {
        const registry::Dataset* dataset = model_.find(name);
        if (dataset == nullptr || (dataset->role != Role::data && dataset->role != Role::own)) {
          throw Failure(ErrorKind::bad_argument, "data set \"" + name + "\" is not registered",
                        "SELECT dataset FROM rehydra.datasets;");
        }
      }
    }
    for (const std::string& name : held) {
      const registry::Dataset* dataset = model_.find(name);
      if (dataset == nullptr || (dataset->role != Role::data && dataset->role != Role::own)) {
        errors_.warn("data set \"" + name + "\" of the file is not registered: left out");
      }
    }
    for (int index : model_.parents_first) {
      const registry::Dataset& dataset = model_.datasets[static_cast<std::size_t>(index)];
      if (contains(held, dataset.name) && (!request_.datasets || contains(*request_.datasets, dataset.name))) {
        Work work;
        work.dataset = &dataset;
        work.index = index;
        operation_.works.push_back(std::move(work));
      }
    }
    if (operation_.works.empty()) {
      throw Failure(ErrorKind::bad_file, "the file and the call have no data set in common",
                    "Name data sets that the file holds.");
    }
  }

  Status work() {
    for (Work& work : operation_.works) {
      source_->stage(operation_, work, memory_.get());
      cancel_.poll();
    }
    const bool staged = std::all_of(operation_.works.begin(), operation_.works.end(),
                                    [](const Work& work) { return work.staged != nullptr; });
    if (!staged) {
      return Status::rejected;  // a sheet or a column is missing: there is nothing to compare
    }
    if (!request_.preview) {
      pg::lock_tenant(model_.name, operation_.tenant.id);
    }
    if (const std::optional<Status> refused = plan(true)) {
      return *refused;
    }
    if (request_.preview) {
      return Status::previewed;
    }
    if (errors_.any()) {
      return Status::rejected;
    }
    if (needs_confirmation()) {
      return Status::confirmation_required;
    }
    if (!has_changes()) {
      report_.executed = true;
      return request_.dry_run ? Status::previewed : Status::unchanged;
    }
    return apply_or_replan();
  }

  // Runs body in a subtransaction that is kept or not as it says; a server's error ends in a status where it may.
  template <class Body>
  std::optional<Status> guarded(Body body) {
    pg::Subtransaction subtransaction;
    std::exception_ptr thrown;
    std::optional<RowError> refused;
    bool keep = false;
    try {
      keep = body();
    } catch (const pg::ServerError& error) {
      if (request_.preview || pg::must_be_raised(error.sqlstate())) {
        thrown = std::current_exception();
      } else {
        refused = from_server(error, operation_.works);
      }
    } catch (...) {
      thrown = std::current_exception();
    }
    if (thrown == nullptr && !refused && keep) {
      subtransaction.commit();
      return std::nullopt;
    }
    subtransaction.rollback();
    if (thrown != nullptr) {
      std::rethrow_exception(thrown);
    }
    if (refused) {
      errors_.add_row(std::move(*refused));
      return Status::failed;
    }
    return std::nullopt;
  }

  // One snapshot for the whole plan. first: staged rows are completed and their keys and references checked.
  std::optional<Status> plan(bool first) {
    return guarded([&] {
      const pg::ReadSnapshot snapshot;
      const pg::ReadSnapshot::Scope snapshot_scope(snapshot);
      const registry::ActingScope acting(operation_.role);
      for (Work& work : operation_.works) {
        if (first) {
          work.staged->publish();
          source_->complete(operation_, work);
          check_keys(operation_, work);
        }
      }
      for (Work& work : operation_.works) {
        follow_ids(operation_, work);
        check_references(operation_, work);
        plan_dataset(operation_, work, memory_.get());
        if (match_rows(operation_, work)) {
          plan_dataset(operation_, work, memory_.get());
        }
        require_operator_for_own(work);
        cancel_.poll();
      }
      for (Work& work : operation_.works) {
        check_plan(operation_, work);
      }
      pg::reach_fault_point("planned");
      return true;
    });
  }

  void require_operator_for_own(const Work& work) {
    if (work.dataset->role == Role::own && work.counts.inserted != 0 && tenant_of_session_) {
      errors_.add({ErrorKind::denied,
                   "the customer's own row is not in the database, and only an operator may put it back",
                   {},
                   "Ask a member of rehydra_operator to import the file.",
                   {work.titles.front(), 0, 0, {}}});
    }
  }

  bool has_changes() const {
    return std::any_of(operation_.works.begin(), operation_.works.end(),
                       [](const Work& work) { return work.counts.changes(); });
  }

  std::uint64_t deletes() const {
    std::uint64_t sum = 0;
    for (const Work& work : operation_.works) {
      sum += work.counts.deleted;
    }
    return sum;
  }

  // Bound to file, scope and plan.
  std::string token() {
    std::string text = report_.file.sha256 + "\n" + model_.name + "\n" + operation_.tenant.id + "\n" + report_.mode;
    for (const Work& work : operation_.works) {
      text += "\n" + work.dataset->name + " " +
              pg::query_value(
                  "SELECT pg_catalog.count(*) || ' ' || COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(p::text, "
                  "0)), 0) FROM " +
                  work.plan->name() + " p")
                  .value_or("");
    }
    return codec::hex(codec::sha256(text));
  }

  bool needs_confirmation() {
    if (request_.dry_run || deletes() == 0 || request_.confirm.value_or("") == confirmation_word) {
      return false;
    }
    report_.token = token();
    if (request_.confirm && *request_.confirm == *report_.token) {
      return false;
    }
    std::string what;
    for (const Work& work : operation_.works) {
      if (work.counts.deleted != 0) {
        what += (what.empty() ? "" : ", ") + std::to_string(work.counts.deleted) + " of sheet \"" +
                work.titles.front() + "\"";
      }
    }
    const bool stale = request_.confirm.has_value();
    errors_.add(
        {ErrorKind::too_many_deletes,
         stale ? "the confirmation is not for this file and this state of the customer's rows; it would delete rows: " +
                     what
               : "rows that are not in the file would be deleted: " + what,
         {},
         "If that is meant, import again with confirm => 'DELETE', or with this report's token.",
         {}});
    return true;
  }

  Status apply_or_replan() {
    for (int attempt = 1;; ++attempt) {
      try {
        return apply();
      } catch (const Failure& failure) {
        if (failure.error().kind != ErrorKind::conflict || attempt == 2) {
          throw;
        }
      }
      if (const std::optional<Status> refused = plan(false)) {
        return *refused;
      }
      if (errors_.any()) {
        return Status::rejected;
      }
    }
  }

  Status apply() {
    report_.side_effects.clear();
    report_.snapshot_id.reset();
    if (const std::optional<Status> refused = guarded([&] {
          set_constraints("IMMEDIATE", false);
          if (!request_.dry_run) {
            keep_snapshot();
          }
          carry_out();
          pg::reach_fault_point("proved");
          if (!request_.dry_run) {
            for (const Work& work : operation_.works) {
              raise_sequences(work);
            }
          }
          set_constraints("DEFERRED", true);
          return !request_.dry_run;
        })) {
      report_.snapshot_id.reset();
      return *refused;
    }
    report_.executed = true;
    return request_.dry_run ? Status::previewed : Status::applied;
  }

  void set_constraints(const char* when, bool only_deferred) {
    std::string names;
    for (const Work& work : operation_.works) {
      for (const auto& [name, deferred] : deferrable_constraints(*work.dataset)) {
        if ((!only_deferred || deferred) && names.find(name) == std::string::npos) {
          names += (names.empty() ? "" : ", ") + name;
        }
      }
    }
    if (!names.empty()) {
      pg::execute("SET CONSTRAINTS " + names + " " + when);
    }
  }

  void keep_snapshot() {
    std::uint64_t before = 0;
    std::vector<int> scope;
    for (const Work& work : operation_.works) {
      before += work.counts.before;
      scope.push_back(work.index);
    }
    if (before != 0) {
      report_.snapshot_id =
          ledger::take_snapshot(model_, scope, operation_.tenant, operation_.role,
                                "before " + request_.kind + " " + report_.operation_id, report_.operation_id, cancel_)
              .id;
    }
    pg::reach_fault_point("kept_snapshot");
  }

  void carry_out() {
    pg::SettingsScope settings;
    settings.set("track_counts", "on");
    const Counters before = read_counters();
    std::map<std::string, Steps> steps;
    {
      const registry::ActingScope acting(operation_.role);
      auto& works = operation_.works;
      for (const Work& work : works) {
        lock_planned_rows(operation_, work);
      }
      pg::reach_fault_point("locked");
      for (auto work = works.rbegin(); work != works.rend(); ++work) {
        delete_rows(operation_, *work, Turn::early, steps[counter_name(*work->dataset)]);
      }
      pg::reach_fault_point("deleted");
      for (Work& work : works) {
        update_rows(operation_, work, steps[counter_name(*work.dataset)]);
        insert_rows(operation_, work, steps[counter_name(*work.dataset)]);
        cancel_.poll();
      }
      pg::reach_fault_point("inserted");
      for (auto work = works.rbegin(); work != works.rend(); ++work) {
        delete_rows(operation_, *work, Turn::late, steps[counter_name(*work->dataset)]);
      }
      for (Work& work : works) {
        prove_rows(operation_, work, report_.side_effects);
      }
    }
    prove_counters(before, read_counters(), steps, report_.side_effects);
    settings.end();
  }

  Outcome close() {
    report_.duration_ms = watch_.milliseconds();
    if (request_.raise && needs_attention(report_.status)) {
      throw_first_error();
    }
    record();
    if (needs_attention(report_.status) || request_.preview) {
      warn();
    }
    Outcome outcome;
    outcome.report = to_json(report_, operation_.works, errors_);
    for (const Work& work : operation_.works) {
      outcome.preview.push_back({work.dataset->name, work.dataset->title(), work.counts});
    }
    return outcome;
  }

  [[noreturn]] void throw_first_error() const {
    if (errors_.errors().empty()) {
      throw Failure(ErrorKind::internal, "the import ended without saying why");
    }
    throw Failure(errors_.errors().front().error);
  }

  void record() {
    ledger::Activity activity;
    activity.operation_id = report_.operation_id;
    activity.model = report_.model.empty() ? std::nullopt : std::optional<std::string>(report_.model);
    activity.customer_id = report_.customer_id.empty() ? std::nullopt : std::optional<std::string>(report_.customer_id);
    activity.kind = request_.kind;
    activity.mode = report_.mode;
    activity.dry_run = request_.dry_run;
    activity.outcome = status_name(report_.status);
    activity.options = request_.options;
    activity.effective_role = effective_role_.empty() ? std::nullopt : std::optional<std::string>(effective_role_);
    if (!report_.file.sha256.empty()) {
      activity.file_sha256 = report_.file.sha256;
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
    ledger::record(activity);
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
  std::optional<registry::TenantScope> tenant_scope_;
  bool tenant_of_session_ = false;
  std::exception_ptr thrown_;
};

}  // namespace

Outcome run_import(const Request& request, Cancel cancel, MemoryContext memory) {
  return Import(request, cancel, memory).run();
}

}  // namespace rehydra::importer
