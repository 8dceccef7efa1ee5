// Job: see the header. nlohmann/json comes before the server's headers, whose macros it cannot stand.
#include <cmath>
#include <nlohmann/json.hpp>

#include "importer/error_json.h"
#include "importer/report.h"
#include "pg/errors.h"

namespace rehydra::importer {

namespace {

using nlohmann::json;

constexpr std::size_t most_errors = 50;

json file_json(const FileFacts& file) {
  return {{"bytes", file.bytes},     {"sha256", file.sha256},           {"format", file.format},
          {"version", file.version}, {"exported_at", file.exported_at}, {"scope", file.scope}};
}

json dataset_json(const Work& work) {
  const Counts& counts = work.counts;
  return {{"name", work.dataset->name},
          {"sheet", work.dataset->title()},
          {"before", counts.before},
          {"in_file", counts.in_file},
          {"inserted", counts.inserted},
          {"updated", counts.updated},
          {"unchanged", counts.unchanged},
          {"skipped", counts.skipped},
          {"rejected", counts.rejected},
          {"marked_deleted", counts.marked_deleted},
          {"deleted", counts.deleted},
          {"blocked", counts.blocked},
          {"after", counts.after_counted.value_or(counts.after())}};
}

json side_effect_json(const SideEffect& effect) {
  json value = {{"table", effect.table}};
  if (!effect.column.empty()) {
    value["column"] = effect.column;
  }
  if (!effect.by.empty()) {
    value["by"] = effect.by;
  }
  for (const auto& [name, count] : {std::pair{"inserted", effect.inserted}, std::pair{"updated", effect.updated},
                                    std::pair{"deleted", effect.deleted}}) {
    if (count != 0) {
      value[name] = count;
    }
  }
  return value;
}

json ids_json(const std::vector<Work>& works) {
  json ids = json::object();
  for (const Work& work : works) {
    for (const auto& [before, after] : work.ids_changed) {
      ids[work.dataset->name].push_back({{"old", text_or_null(before)}, {"new", after}});
    }
  }
  return ids;
}

template <class Items, class Convert>
json list_json(const Items& items, Convert convert, std::size_t most = SIZE_MAX) {
  json list = json::array();
  for (const auto& item : items) {
    if (list.size() == most) {
      break;
    }
    list.push_back(convert(item));
  }
  return list;
}

}  // namespace

const char* status_name(Status status) noexcept {
  switch (status) {
    case Status::applied:
      return "applied";
    case Status::unchanged:
      return "unchanged";
    case Status::previewed:
      return "previewed";
    case Status::applied_with_rejects:
      return "applied_with_rejects";
    case Status::confirmation_required:
      return "confirmation_required";
    case Status::rejected:
      return "rejected";
    case Status::denied:
      return "denied";
    case Status::failed:
      return "failed";
  }
  return "failed";
}

bool needs_attention(Status status) noexcept {
  return status != Status::applied && status != Status::unchanged && status != Status::previewed;
}

std::string full_message(const RowError& error) {
  const std::string where = pg::describe(error.error.where);
  std::string message = (where.empty() ? "" : where + ": ") + error.error.message;
  return error.error.detail.empty() ? message : message + ". " + error.error.detail;
}

std::string error_sqlstate(const RowError& error) {
  return error.error.sqlstate.empty() ? pg::sqlstate_text(pg::sqlstate_of(error.error.kind)) : error.error.sqlstate;
}

std::string to_json(const Report& report, const std::vector<Work>& works, const ErrorList& errors) {
  json value = {{"operation_id", report.operation_id},
                {"status", status_name(report.status)},
                {"model", text_or_null(report.model)},
                {"customer_id", text_or_null(report.customer_id)},
                {"mode", report.mode},
                {"dry_run", report.dry_run},
                {"checked", report.executed ? "executed" : "plan"},
                {"file", file_json(report.file)},
                {"datasets", list_json(works, dataset_json)},
                {"errors", list_json(errors.errors(), error_json, most_errors)},
                {"error_count", errors.count()},
                {"warnings", errors.warnings()},
                {"side_effects", list_json(report.side_effects, side_effect_json)},
                {"ids_changed", ids_json(works)},
                {"snapshot_id", report.snapshot_id ? json(*report.snapshot_id) : json(nullptr)},
                {"duration_ms", std::round(report.duration_ms * 10) / 10}};
  if (report.token) {
    value["token"] = *report.token;
  }
  return stored_json(value);
}

std::string datasets_json(const Report& report, const std::vector<Work>& works) {
  json datasets = json::object();
  const bool kept = report.status == Status::applied || report.status == Status::unchanged ||
                    report.status == Status::applied_with_rejects;
  for (const Work& work : works) {
    datasets[work.dataset->name] = {
        {"before", work.counts.before},
        {"after", kept ? work.counts.after_counted.value_or(work.counts.after()) : work.counts.before}};
  }
  return datasets.dump();
}

}  // namespace rehydra::importer
