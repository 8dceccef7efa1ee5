// Job: see the header: an export step by step, the sheets in order and then what the file says about itself.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "codec/worker.h"
#include "exporter/charts.h"
#include "exporter/choices.h"
#include "exporter/cut.h"
#include "exporter/display_values.h"
#include "exporter/export_stream.h"
#include "exporter/output.h"
#include "exporter/survey.h"
#include "ledger/activity.h"
#include "pg/fault.h"
#include "pg/memory.h"
#include "pg/progress.h"
#include "registry/coverage.h"
#include "registry/rules.h"

namespace rehydra::exporter {

namespace {

std::string role_name(Oid role) {
  return pg::call([&] { return GetUserNameFromId(role, false); });
}

void require_utf8() {
  if (GetDatabaseEncoding() != PG_UTF8) {
    throw Failure(
        ErrorKind::unsupported_file,
        std::string("the database's encoding is ") + GetDatabaseEncodingName() + ", and a workbook's is UTF-8",
        "Export from a database whose encoding is UTF8.");
  }
}

Occasion occasion_of(const Request& request, const registry::Tenant& tenant) {
  Occasion occasion;
  occasion.operation_id = request.operation_id.empty() ? ledger::new_operation_id() : request.operation_id;
  occasion.tenant_id = tenant.id;
  occasion.session_role = role_name(GetSessionUserId());
  occasion.app_user = pg::app_user();
  occasion.exported_at = GetCurrentTimestamp();
  return occasion;
}

registry::Model load_model(const Request& request, MemoryContext memory) {
  require_utf8();
  registry::Model model = registry::load(request.model, memory);
  registry::require_coverage();
  return model;
}

}  // namespace

class ExportStream::State {
 public:
  State(const Request& request, Cancel cancel, MemoryContext memory)
      : memory_(memory, "rehydra export"),
        request_(request),
        format_(find_format(request.format)),
        model_(load_model(request, memory_.get())),
        tenant_(registry::resolve_tenant(model_, request.customer_id)),
        role_(registry::resolve_role(model_, registry::Purpose::read)),
        occasion_(occasion_of(request, tenant_)),
        cut_(request, model_),
        scope_(cut_.narrowed(resolve_scope(model_, request.datasets))),
        reading_{tenant_, role_, memory_.get(), cancel} {
    pg::progress::begin("export", occasion_.operation_id, model_.name, tenant_.id);
    registry::Reading::Scope scope(reading_);
    registry::require_telling_policies(model_, tenant_, role_);
    cut_.find_rows(reading_);
    occasion_.selection = cut_.selection();
    occasion_.period = cut_.period();
    occasion_.changed_since = cut_.changed_since();
    occasion_.tenant_name = tenant_name(model_, reading_);
    plan();
    occasion_.rules = registry::rules_json(model_, tenant_, role_, registry::rule_datasets(model_));
    survey(reading_, plans_);
    display_.fill(reading_, plans_);
    count_rows(model_, reading_, plans_, format_.counts_first);
    if (format_.layout == Layout::sheets) {
      find_choices(plans_);
      charts_.emplace(model_, reading_, plans_);
    }
    cut_.withdraw();
    scope.end();
    pg::progress::phase(pg::Phase::writing, rows_to_write());
    output_ = format_.open(model_, occasion_, plans_, charts_ ? charts_->announced() : Charts{}, cancel);
    for (const SheetPlan& plan : plans_) {
      digests_[plan.dataset];
    }
    if (request.streamed) {
      ledger::record(activity("streaming"));
    }
  }

  codec::Worker& worker() noexcept { return file().worker(); }

  bool next(std::string& chunk) {
    chunk.clear();
    if (!complete_ && file().waiting() < chunk_bytes) {
      fill();
    }
    take(chunk);
    if (chunk.empty()) {
      record("applied");
    }
    return !chunk.empty();
  }

  void stop() { record("stopped"); }

 private:
  void plan() {
    reading_.choose_plans(model_, scope_);
    for (const int dataset : scope_) {
      reading_.read_parents(model_, model_.datasets[static_cast<std::size_t>(dataset)]);
    }
    plans_ = plan_sheets(reading_, model_, scope_, format_.layout);
  }

  codec::FileWriter& file() noexcept { return output_->file(); }

  void fill() {
    codec::Worker::Scope work(file().worker());
    registry::Reading::Scope scope(reading_);
    cut_.publish();
    while (!complete_ && file().waiting() < chunk_bytes) {
      step();
    }
    cut_.withdraw();
    scope.end();
    work.end();
  }

  std::uint64_t rows_to_write() const {
    std::uint64_t rows = 0;
    for (const SheetPlan& plan : plans_) {
      if (!plan.rows) {
        return pg::progress::unknown;  // not counted before it is written
      }
      rows += *plan.rows;
    }
    return rows;
  }

  void step() {
    if (rows_) {
      if (!rows_->write_slice()) {
        set_rows(plans_, *plans_[next_sheet_].dataset, rows_->written());
        rows_.reset();
        ++next_sheet_;
        pg::reach_fault_point("export_sheet");
      }
    } else if (next_sheet_ < plans_.size()) {
      const SheetPlan& plan = plans_[next_sheet_];
      pg::progress::dataset(plan.dataset->name);
      rows_ = output_->rows(reading_, plan, uses_of(plan));
    } else {
      write_description();
      file().finish();
      complete_ = true;
    }
  }

  RowUses uses_of(const SheetPlan& plan) {
    return {plan.sheet->satellite ? nullptr : &digests_[plan.dataset],
            charts_ ? charts_->groups_of(plan) : std::vector<RowGroups*>{}};
  }

  void write_description() {
    file().worker().wait();  // for the digests
    output_->describe(make_manifest(model_, occasion_, plans_, digests_), digests_,
                      charts_ ? charts_->drawn() : Charts{});
  }

  void take(std::string& chunk) {
    chunk.assign(file().output().substr(0, chunk_bytes));
    file().consume(chunk.size());
    bytes_ += chunk.size();
    pg::progress::bytes(bytes_);
  }

  std::uint64_t written(std::size_t sheet) const {
    if (sheet < next_sheet_) {
      return plans_[sheet].rows.value_or(0);
    }
    return sheet == next_sheet_ && rows_ ? rows_->written() : 0;
  }

  // Of what was begun.
  std::string datasets_json() const {
    std::map<std::string, std::uint64_t> rows;
    for (std::size_t i = 0; i < plans_.size() && i <= next_sheet_; ++i) {
      std::uint64_t& most = rows[plans_[i].dataset->name];
      most = std::max(most, written(i));
    }
    nlohmann::json datasets = nlohmann::json::object();
    for (const auto& [name, count] : rows) {
      datasets[name] = {{"rows", count}};
    }
    return datasets.dump();
  }

  ledger::Activity activity(const char* outcome) const {
    ledger::Activity activity;
    activity.operation_id = occasion_.operation_id;
    activity.model = model_.name;
    activity.customer_id = tenant_.id;
    activity.kind = "export";
    activity.outcome = outcome;
    activity.effective_role = role_name(role_);
    activity.options = request_.options;
    activity.duration_ms = watch_.milliseconds();
    return activity;
  }

  // The digest is that of the whole file, which a reader who stopped has not got.
  void record(const char* outcome) {
    if (recorded_) {
      return;
    }
    recorded_ = true;
    ledger::Activity ended = activity(outcome);
    ended.file_bytes = static_cast<std::int64_t>(bytes_);
    if (complete_ && file().waiting() == 0) {
      ended.file_sha256 = codec::hex(file().sha256());
    }
    ended.datasets = datasets_json();
    if (request_.streamed) {
      ledger::record_end(ended);
    } else {
      ledger::record(ended);
    }
  }

  ledger::Stopwatch watch_;
  pg::Context memory_;
  Request request_;
  const Format& format_;
  registry::Model model_;
  registry::Tenant tenant_;
  Oid role_;
  Occasion occasion_;
  Cut cut_;
  std::vector<int> scope_;
  registry::Reading reading_;
  std::vector<SheetPlan> plans_;
  DisplayCache display_;
  std::optional<OverviewCharts> charts_;  // where the format has sheets
  Digests digests_;
  std::unique_ptr<Output> output_;
  std::unique_ptr<SheetRows> rows_;
  std::size_t next_sheet_ = 0;
  bool complete_ = false;
  bool recorded_ = false;
  std::uint64_t bytes_ = 0;
};

ExportStream::ExportStream(const Request& request, Cancel cancel, MemoryContext memory)
    : state_(std::make_unique<State>(request, cancel, memory)) {}

ExportStream::~ExportStream() = default;

codec::Worker& ExportStream::worker() noexcept {
  return state_->worker();
}

void ExportStream::stop() {
  state_->stop();
}

bool ExportStream::next(std::string& chunk) {
  return state_->next(chunk);
}

}  // namespace rehydra::exporter
