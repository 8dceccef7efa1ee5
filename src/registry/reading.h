// Job: the circumstances in which a whole tenant is read: whose rows, as which role, of which moment, printed how.
// Callers: the exporter and the snapshot writer make one Reading an operation, a Scope around whatever reads or prints,
// and a TenantRows a statement.
// Promise: the role is switched only while a statement runs; memory is that of a batch and of a slice of texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancel.h"
#include "pg/batch_texts.h"
#include "pg/cursor.h"
#include "pg/read_snapshot.h"
#include "pg/settings.h"
#include "registry/model.h"
#include "registry/parent_keys.h"
#include "registry/tenancy.h"

namespace rehydra::registry {

struct Reading {
  const Tenant& tenant;
  Oid role;
  MemoryContext memory;  // lives as long as the operation
  Cancel cancel;
  pg::ReadSnapshot snapshot{};
  ParentKeys parents{};
  bool by_index = false;  // see registry/tenant_share.h

  // How rows of these data sets are to be found, and what those of one are found by; inside of a Scope, in this order.
  void choose_plans(const Model& model, const std::vector<int>& datasets);
  void read_parents(const Model& model, const Dataset& dataset);
  // Of every statement: the tenant, then what its conditions below name.
  pg::Args args() const { return parents.args(tenant); }
  // A row of alias is the tenant's.
  std::string owned(const Model& model, const Dataset& dataset, const std::string& alias) const {
    return parents.predicate(model, dataset, alias);
  }
  // The same, and one of those that an export is of.
  std::string exported(const Model& model, const Dataset& dataset, const std::string& alias) const;

  // Sets tenant, canonical output and snapshot; end() on success, an abort does it otherwise.
  class Scope {
   public:
    explicit Scope(const Reading& reading);
    void end();

   private:
    TenantScope tenant_;
    pg::SettingsScope settings_;
    pg::ReadSnapshot::Scope snapshot_;
  };
};

// The rows of one statement with the arguments of the reading, with their canonical texts, a slice at a time.
class TenantRows {
 public:
  TenantRows(const Reading& reading, const std::string& sql);

  TupleDesc descriptor() const noexcept { return cursor_.descriptor(); }
  // Before the first next(); a type a column, they must outlive the object. Failure(conflict) where the columns are of
  // other types by now.
  void print_as(std::vector<const pg::Type*> types);

  // The next rows, [first(), last()); false at the end. What the values point to lives until then.
  bool next();
  void close() { cursor_.close(); }
  std::size_t first() const noexcept { return first_; }
  std::size_t last() const noexcept { return last_; }

  bool is_null(std::size_t row, std::size_t column) const noexcept { return cursor_.is_null(row, column); }
  Datum value(std::size_t row, std::size_t column) const noexcept { return cursor_.value(row, column); }
  // Of an integer column of any width.
  std::int64_t integer(std::size_t row, std::size_t column) const noexcept;
  pg::TextForm form(std::size_t column) const noexcept { return texts_->form(column); }
  // Of a value that is not NULL, until the next call.
  std::string_view text(std::size_t row, std::size_t column) { return texts_->text(cursor_, row, column); }
  std::string_view bytes(std::size_t row, std::size_t column) const noexcept { return texts_->bytes(row, column); }

 private:
  const Reading& reading_;
  pg::Cursor cursor_;
  std::optional<pg::BatchTexts> texts_;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
  std::size_t fetched_ = 0;
};

// One number about the tenant's rows.
std::int64_t tenant_count(const Reading& reading, const std::string& sql);

}  // namespace rehydra::registry
