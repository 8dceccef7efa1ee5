#include "importer/source.h"

#include <map>

#include "importer/satellites.h"
#include "importer/settle_legacy.h"
#include "importer/stage_snapshot.h"
#include "importer/stage_workbook.h"
#include "importer/workbook_file.h"

namespace rehydra::importer {

namespace {

// The main sheet's rows as they were staged.
LegacyRows main_rows(const Work& work, const WorkbookFile& file) {
  LegacyRows rows;
  rows.store = work.staged.get();
  for (std::size_t i = 0; i < work.fields.size() && work.fields[i].sheet == 0; ++i) {
    if (work.fields[i].secret_from_snapshot) {
      continue;
    }
    if (work.fields[i].sheet_column == 0) {
      rows.added.push_back(i);
      continue;
    }
    rows.fields.push_back(i);
    rows.sheet_columns.push_back(work.fields[i].sheet_column);
  }
  rows.titles = work.titles;
  rows.sheet = file.legacy_sheet(work.titles.front());
  rows.leaves_out_shared = work.dataset->shared_rows;
  return rows;
}

LegacyRows satellite_rows(const Work& work, const Satellite& satellite, std::size_t number) {
  LegacyRows rows;
  rows.store = satellite.store.get();
  rows.fields = satellite.fields;
  rows.sheet_columns = satellite.sheet_columns;
  rows.titles = {work.satellite_titles[number]};
  return rows;
}

// All rows of the data set, once they have been settled and joined.
LegacyRows whole_rows(const Work& work) {
  LegacyRows rows;
  rows.store = work.staged.get();
  for (std::size_t i = 0; i < work.staged_fields; ++i) {
    rows.fields.push_back(i);
    rows.sheet_columns.push_back(work.fields[i].sheet_column);
  }
  rows.titles = work.titles;
  rows.lines = work.satellite_titles.size();
  rows.raw = false;
  return rows;
}

class FileSource : public Source {
 public:
  FileSource(std::string_view bytes, const registry::Model& model, Cancel cancel)
      : file_(open_file(bytes, model, pg::file_limits(), cancel)) {}

  FileFacts facts() const override {
    FileFacts facts;
    facts.format = file_.format;
    facts.exported_at = file_.manifest.exported_at;
    facts.version = file_.manifest.version;
    facts.scope = datasets();
    facts.selection = file_.manifest.selection;
    facts.rules = file_.manifest.rules;
    facts.cut_by = file_.manifest.period.empty() ? "" : "period " + file_.manifest.period;
    if (!file_.manifest.changed_since.empty()) {
      facts.cut_by += (facts.cut_by.empty() ? "changed since " : ", changed since ") + file_.manifest.changed_since;
    }
    return facts;
  }
  Container container() const override { return file_.container; }
  void require_owner(const registry::Model& model, const registry::Tenant& tenant) const override {
    require_same_owner(file_, model, tenant);
  }
  std::vector<std::string> datasets() const override {
    std::vector<std::string> names;
    for (const auto& dataset : file_.manifest.datasets) {
      names.push_back(dataset.name);
    }
    return names;
  }
  std::uint64_t rows(const std::string& name) const override {
    for (const auto& dataset : file_.manifest.datasets) {
      if (dataset.name == name) {
        return dataset.rows * dataset.sheets.size();
      }
    }
    return 0;
  }
  void stage(Operation& operation, Work& work, MemoryContext memory) override {
    pg::SettingsScope settings;
    pg::set_canonical_input(settings);
    memory_ = memory;
    assumptions_.erase(work.index);
    satellites_[work.index] = stage_workbook(operation, work, file_, memory);
    settings.end();
    for (std::size_t i = 0; i < work.dataset->columns.size(); ++i) {
      if (work.dataset->columns[i].secret) {
        work.fields.push_back({static_cast<int>(i), 0, 0, work.dataset->columns[i].name, false, true});
      }
    }
  }
  void complete(Operation& operation, Work& work) override {
    std::vector<Satellite>& satellites = satellites_[work.index];
    if (file_.legacy) {
      settle(operation, work, satellites);
    }
    if (!satellites.empty()) {
      join_satellites(operation, work, satellites);
      satellites.clear();
    }
  }
  // Rows that found a stored row by another key than their own are about that one.
  void matched(Operation& operation, Work& work) override {
    if (file_.legacy) {
      work.staged = settle_legacy(operation, work, whole_rows(work), work.next_name("settled"), memory_,
                                  assumptions_[work.index]);
    }
  }
  void planned(Operation& operation) override {
    for (const auto& [index, assumptions] : assumptions_) {
      warn_of_assumptions(*operation.errors, *operation.work_of(index), assumptions);
    }
  }

 private:
  void settle(Operation& operation, Work& work, std::vector<Satellite>& satellites) {
    Assumptions& assumptions = assumptions_[work.index];
    work.staged =
        settle_legacy(operation, work, main_rows(work, file_), work.next_name("settled"), memory_, assumptions);
    for (std::size_t i = 0; i < satellites.size(); ++i) {
      satellites[i].store->publish();
      satellites[i].store = settle_legacy(operation, work, satellite_rows(work, satellites[i], i),
                                          work.next_name("satellite"), memory_, assumptions);
    }
  }

  WorkbookFile file_;
  MemoryContext memory_ = nullptr;
  std::map<int, std::vector<Satellite>> satellites_;
  std::map<int, Assumptions> assumptions_;  // of a file without a manifest
};

class SnapshotSource : public Source {
 public:
  explicit SnapshotSource(const std::string& snapshot_id) : reader_(snapshot_id) {}

  FileFacts facts() const override {
    FileFacts facts;
    facts.format = "snapshot";
    facts.exported_at = reader_.head().taken_at;
    facts.selection = reader_.head().selection;
    facts.scope = datasets();
    return facts;
  }
  // A snapshot of somebody else and one that never was are the same.
  void require_owner(const registry::Model& model, const registry::Tenant& tenant) const override {
    if (reader_.head().model != model.name || reader_.head().customer_id != tenant.id) {
      throw Failure(ErrorKind::denied, "there is no snapshot " + reader_.head().id + " of this customer",
                    "SELECT * FROM rehydra.snapshots;");
    }
  }
  std::vector<std::string> datasets() const override {
    std::vector<std::string> names;
    for (const auto& dataset : reader_.head().datasets) {
      names.push_back(dataset.name);
    }
    return names;
  }
  std::uint64_t rows(const std::string& name) const override {
    for (const auto& dataset : reader_.head().datasets) {
      if (dataset.name == name) {
        return dataset.rows;
      }
    }
    return 0;
  }
  void stage(Operation& operation, Work& work, MemoryContext memory) override {
    for (std::size_t i = 0; i < reader_.head().datasets.size(); ++i) {
      if (reader_.head().datasets[i].name == work.dataset->name) {
        stage_snapshot(operation, work, reader_, i, memory);
      }
    }
  }
  void complete(Operation&, Work&) override {}

 private:
  ledger::SnapshotReader reader_;
};

}  // namespace

std::unique_ptr<Source> open_file_source(std::string_view file, const registry::Model& model, Cancel cancel) {
  return std::make_unique<FileSource>(file, model, cancel);
}

std::unique_ptr<Source> open_snapshot_source(const std::string& snapshot_id) {
  return std::make_unique<SnapshotSource>(snapshot_id);
}

std::uint64_t rows_to_stage(const Source& source, const Operation& operation) {
  std::uint64_t rows = 0;
  for (const Work& work : operation.works) {
    rows += source.rows(work.dataset->name);
  }
  return rows;
}

std::string snapshot_model(const std::string& snapshot_id) {
  return ledger::SnapshotReader(snapshot_id).head().model;
}

std::string snapshot_customer(const std::string& snapshot_id) {
  return ledger::SnapshotReader(snapshot_id).head().customer_id;
}

}  // namespace rehydra::importer
