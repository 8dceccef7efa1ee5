#include "pg/store.h"

#include <algorithm>
#include <stdexcept>

#include "pg/home.h"
#include "pg/server_side.h"

namespace rehydra::pg {

namespace {

// An import has two stores or three a data set, and what one has spilled its memory context keeps: as little as makes
// temporary files worthwhile.
constexpr int store_kilobytes = 512;

// The last published is the one that a name means.
std::vector<const Store*>& published() {
  static std::vector<const Store*> stores;
  return stores;
}

void forget(const Store* store) noexcept {
  auto& stores = published();
  stores.erase(std::remove(stores.begin(), stores.end(), store), stores.end());
}

}  // namespace

Store::Store(std::string name, const std::vector<StoreColumn>& columns)
    : name_(std::move(name)), column_count_(columns.size()) {
  for (const StoreColumn& column : columns) {
    facts_.emplace_back(column.type);
  }
  const HomeScope home_scope;
  call([&] {
    memory_ = AllocSetContextCreateInternal(home().context, "rehydra store", ALLOCSET_DEFAULT_SIZES);
    MemoryContext before = MemoryContextSwitchTo(memory_);
    descriptor_ = CreateTemplateTupleDesc(static_cast<int>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto number = static_cast<AttrNumber>(i + 1);
      TupleDescInitEntry(descriptor_, number, columns[i].name.c_str(), columns[i].type, columns[i].typmod, 0);
      TupleDescInitEntryCollation(descriptor_, number, columns[i].collation);
    }
    rows_store_ = tuplestore_begin_heap(true, false, std::min(work_mem, store_kilobytes));
    MemoryContextSwitchTo(before);
  });
}

Store::~Store() {
  forget(this);
  if (server_side::is_gone()) {
    return;
  }
  if (published_) {
    SPI_unregister_relation(name_.c_str());
  }
  if (memory_ != nullptr) {
    tuplestore_end(rows_store_);
    MemoryContextDelete(memory_);
  }
}

void Store::append(const Datum* values, const bool* nulls, std::size_t rows) {
  call([&] {
    for (std::size_t i = 0; i < rows; ++i) {
      tuplestore_putvalues(rows_store_, descriptor_, const_cast<Datum*>(values + i * column_count_),
                           const_cast<bool*>(nulls + i * column_count_));
    }
  });
  rows_ += rows;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t column = 0; column < column_count_; ++column) {
      facts_[column].add(values[i * column_count_ + column], nulls[i * column_count_ + column]);
    }
  }
}

std::size_t Store::column(const std::string& name) const {
  for (int i = 0; i < descriptor_->natts; ++i) {
    if (name == NameStr(TupleDescAttr(descriptor_, i)->attname)) {
      return static_cast<std::size_t>(i);
    }
  }
  throw std::logic_error("store " + name_ + " has no column " + name);
}

int Store::new_pointer() const {
  const int pointer = tuplestore_alloc_read_pointer(rows_store_, EXEC_FLAG_REWIND);
  tuplestore_select_read_pointer(rows_store_, pointer);
  tuplestore_rescan(rows_store_);
  return pointer;
}

EphemeralNamedRelation Store::relation() const {
  auto* relation = static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
  relation->md.name = const_cast<char*>(name_.c_str());
  relation->md.reliddesc = InvalidOid;
  relation->md.tupdesc = descriptor_;
  relation->md.enrtype = ENR_NAMED_TUPLESTORE;
  relation->md.enrtuples = static_cast<double>(rows_);
  relation->reldata = rows_store_;
  return relation;
}

void Store::publish() {
  withdraw();
  published().push_back(this);
  call([this] {
    if (SPI_register_relation(relation()) != SPI_OK_REL_REGISTER) {
      ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("cannot register relation \"%s\"", name_.c_str())));
    }
  });
  published_ = true;
}

void Store::withdraw() {
  if (published_) {
    call([this] { SPI_unregister_relation(name_.c_str()); });
    published_ = false;
  }
  forget(this);
}

QueryEnvironment* published_stores() {
  QueryEnvironment* environment = nullptr;
  for (auto store = published().rbegin(); store != published().rend(); ++store) {
    environment = environment != nullptr ? environment : create_queryEnv();
    if (get_visible_ENR_metadata(environment, (*store)->name().c_str()) == nullptr) {
      register_ENR(environment, (*store)->relation());
    }
  }
  return environment;
}

}  // namespace rehydra::pg
