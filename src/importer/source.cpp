#include "importer/source.h"

#include <map>

#include "importer/satellites.h"
#include "importer/stage_snapshot.h"
#include "importer/stage_workbook.h"
#include "importer/workbook_file.h"

namespace rehydra::importer {

namespace {

class FileSource : public Source {
 public:
  FileSource(std::string_view bytes, Cancel cancel) : file_(open_file(bytes, pg::file_limits(), cancel)) {}

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
    if (!satellites.empty()) {
      join_satellites(operation, work, satellites);
      satellites.clear();
    }
  }

 private:
  WorkbookFile file_;
  std::map<int, std::vector<Satellite>> satellites_;
};

class SnapshotSource : public Source {
 public:
  explicit SnapshotSource(const std::string& snapshot_id) : reader_(snapshot_id) {}

  FileFacts facts() const override {
    FileFacts facts;
    facts.format = "snapshot";
    facts.exported_at = reader_.head().taken_at;
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

std::unique_ptr<Source> open_file_source(std::string_view file, Cancel cancel) {
  return std::make_unique<FileSource>(file, cancel);
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
