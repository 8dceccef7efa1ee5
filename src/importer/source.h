// Job: where staged rows come from: a file (xlsx, json, csv) or a snapshot. The steps after staging do not know which.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.h"
#include "importer/report.h"

namespace rehydra::importer {

class Source {
 public:
  virtual ~Source() = default;
  // All but bytes and sha256, which are known before anything is opened.
  virtual FileFacts facts() const = 0;
  // What a person calls the places of its rows.
  virtual Container container() const { return Container::sheet; }
  // Failure(denied) where it is not this model's and customer's.
  virtual void require_owner(const registry::Model& model, const registry::Tenant& tenant) const = 0;
  // Names of the data sets it holds.
  virtual std::vector<std::string> datasets() const = 0;
  // How many rows it says that it has of a data set, on all of its sheets.
  virtual std::uint64_t rows(const std::string& dataset) const = 0;
  // Types the rows of a data set: before anything is read or locked.
  virtual void stage(Operation& operation, Work& work, MemoryContext memory) = 0;
  // What needs the tenant's data or the other sheets of the data set, as the acting role; once, after all were staged.
  virtual void complete(Operation& operation, Work& work) = 0;
  // Rows whose own key is not in the database were given that of a stored row.
  virtual void matched(Operation&, Work&) {}
  // All is planned: the time to say what was assumed.
  virtual void planned(Operation&) {}
};

// model: what describes a file that does not describe itself; must outlive the source.
std::unique_ptr<Source> open_file_source(std::string_view file, const registry::Model& model, Cancel cancel);
std::unique_ptr<Source> open_snapshot_source(const std::string& snapshot_id);
std::uint64_t rows_to_stage(const Source& source, const Operation& operation);
// The model and the customer that a snapshot is of; what a restore without another word is for.
std::string snapshot_model(const std::string& snapshot_id);
std::string snapshot_customer(const std::string& snapshot_id);

}  // namespace rehydra::importer
