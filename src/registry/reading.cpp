#include "registry/reading.h"

#include "core/error.h"
#include "pg/indexed_plans.h"
#include "registry/tenant_share.h"

namespace rehydra::registry {

namespace {

pg::Cursor open_cursor(const Reading& reading, const std::string& sql) {
  const ActingScope acting(reading.role);
  const pg::IndexedPlans plans(reading.by_index);
  return pg::Cursor(sql, reading.args());
}

}  // namespace

std::string Reading::exported(const Model& model, const Dataset& dataset, const std::string& alias) const {
  const std::string own = owned(model, dataset, alias);
  return dataset.only ? own + " AND " + dataset.only(alias) : own;
}

void Reading::choose_plans(const Model& model, const std::vector<int>& datasets) {
  by_index = has_small_share({tenant, role, memory}, parents, model, datasets);
}

void Reading::read_parents(const Model& model, const Dataset& dataset) {
  const pg::IndexedPlans plans(by_index);
  parents.read({tenant, role, memory}, model, dataset);
}

Reading::Scope::Scope(const Reading& reading) : tenant_(reading.tenant), snapshot_(reading.snapshot) {
  pg::set_canonical_output(settings_);
  pg::pin_search_path(settings_, reading.tenant.search_path);
  pg::read_whole_tenant(settings_);
}

void Reading::Scope::end() {
  settings_.end();
  tenant_.end();
}

TenantRows::TenantRows(const Reading& reading, const std::string& sql)
    : reading_(reading), cursor_(open_cursor(reading, sql)) {}

// Between two calls of a set-returning function its own session may alter the tables that are still to be read.
void TenantRows::print_as(std::vector<const pg::Type*> types) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (TupleDescAttr(cursor_.descriptor(), i)->atttypid != types[i]->oid) {
      throw Failure(ErrorKind::conflict,
                    "column \"" + std::string(NameStr(TupleDescAttr(cursor_.descriptor(), i)->attname)) +
                        "\" has got another type since the operation began",
                    "Run it again.");
    }
  }
  texts_.emplace(std::move(types), reading_.memory);
}

bool TenantRows::next() {
  reading_.cancel.poll();
  if (last_ == fetched_) {
    const ActingScope acting(reading_.role);
    last_ = 0;
    fetched_ = cursor_.fetch();
  }
  first_ = last_;
  if (fetched_ != 0) {
    last_ = texts_->convert(cursor_, first_, fetched_);
  }
  return fetched_ != 0;
}

std::int64_t TenantRows::integer(std::size_t row, std::size_t column) const noexcept {
  const Datum datum = value(row, column);
  switch (form(column)) {
    case pg::TextForm::int2:
      return DatumGetInt16(datum);
    case pg::TextForm::int4:
      return DatumGetInt32(datum);
    default:
      return DatumGetInt64(datum);
  }
}

std::int64_t tenant_count(const Reading& reading, const std::string& sql) {
  const ActingScope acting(reading.role);
  const pg::IndexedPlans plans(reading.by_index);
  return pg::fetch_count(sql, reading.args());
}

}  // namespace rehydra::registry
