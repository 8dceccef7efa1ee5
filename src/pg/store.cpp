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

// Only inside a guard.
TupleDesc describe(const StoreColumn* columns, std::size_t count) {
  TupleDesc descriptor = CreateTemplateTupleDesc(static_cast<int>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<AttrNumber>(i + 1);
    TupleDescInitEntry(descriptor, number, columns[i].name.c_str(), columns[i].type, columns[i].typmod, 0);
    TupleDescInitEntryCollation(descriptor, number, columns[i].collation);
  }
  return descriptor;
}

// The copy of the first column in a second part: it must not have a name twice.
StoreColumn copy_of(const StoreColumn& column) {
  StoreColumn copy = column;
  copy.name = "of_" + column.name;
  return copy;
}

std::vector<StoreColumn> second_part(const std::vector<StoreColumn>& columns, std::size_t first) {
  std::vector<StoreColumn> part = {copy_of(columns[0])};
  part.insert(part.end(), columns.begin() + static_cast<std::ptrdiff_t>(first), columns.end());
  return part;
}

}  // namespace

Store::Store(std::string name, const std::vector<StoreColumn>& columns, std::size_t split)
    : name_(std::move(name)), column_count_(columns.size()), shared_(std::make_shared<Shared>()) {
  for (const StoreColumn& column : columns) {
    shared_->facts.emplace_back(column.type);
  }
  if (split == 0 || columns.size() <= MaxTupleAttributeNumber) {
    parts_ = {{name_, 0, columns.size()}};
  } else {
    const std::string more = name_ + "_more";
    parts_ = {{name_, 0, split}, {more, split, columns.size()}};
    name_ = "(" + name_ + " JOIN " + more + " ON " + name_ + "." + columns[0].name + " OPERATOR(pg_catalog.=) " + more +
            "." + copy_of(columns[0]).name + ")";
  }
  make(columns);
}

void Store::make(const std::vector<StoreColumn>& columns) {
  const HomeScope home_scope;
  const std::vector<StoreColumn> more = is_split() ? second_part(columns, parts_[1].first) : std::vector<StoreColumn>();
  call([&] {
    shared_->memory = AllocSetContextCreateInternal(home().context, "rehydra store", ALLOCSET_DEFAULT_SIZES);
    MemoryContext before = MemoryContextSwitchTo(shared_->memory);
    descriptor_ = describe(columns.data(), columns.size());
    parts_[0].descriptor = is_split() ? describe(columns.data(), parts_[0].end) : descriptor_;
    if (is_split()) {
      parts_[1].descriptor = describe(more.data(), more.size());
    }
    for (Part& part : parts_) {
      part.rows = tuplestore_begin_heap(true, false, std::min(work_mem, store_kilobytes));
    }
    MemoryContextSwitchTo(before);
  });
  for (const Part& part : parts_) {
    shared_->rows.push_back(part.rows);
  }
}

// A tuple that ends before a column has NULL there.
Store::Store(std::string name, const Store& other, const std::vector<StoreColumn>& columns)
    : name_(std::move(name)), column_count_(columns.size()), shared_(other.shared_), rows_(other.rows_) {
  parts_ = {{name_, 0, columns.size(), nullptr, other.parts_[0].rows}};
  call([&] {
    MemoryContext before = MemoryContextSwitchTo(shared_->memory);
    descriptor_ = describe(columns.data(), columns.size());
    MemoryContextSwitchTo(before);
  });
  parts_[0].descriptor = descriptor_;
}

Store::Shared::~Shared() {
  if (server_side::is_gone()) {
    return;
  }
  for (Tuplestorestate* part : rows) {
    tuplestore_end(part);
  }
  if (memory != nullptr) {
    MemoryContextDelete(memory);
  }
}

Store::~Store() {
  forget(this);
  if (server_side::is_gone()) {
    return;
  }
  for (const Part& part : parts_) {
    if (published_) {
      SPI_unregister_relation(part.name.c_str());
    }
  }
}

void Store::append(const Datum* values, const bool* nulls, std::size_t rows) {
  call([&] {
    if (is_split()) {
      append_split(values, nulls, rows);
      return;
    }
    for (std::size_t i = 0; i < rows; ++i) {
      tuplestore_putvalues(parts_[0].rows, descriptor_, const_cast<Datum*>(values + i * column_count_),
                           const_cast<bool*>(nulls + i * column_count_));
    }
  });
  rows_ += rows;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t column = 0; column < column_count_; ++column) {
      shared_->facts[column].add(values[i * column_count_ + column], nulls[i * column_count_ + column]);
    }
  }
}

void Store::append_split(const Datum* values, const bool* nulls, std::size_t rows) {
  const Part& first = parts_[0];
  const Part& second = parts_[1];
  Datum more[MaxTupleAttributeNumber];
  bool more_nulls[MaxTupleAttributeNumber];
  for (std::size_t i = 0; i < rows; ++i, values += column_count_, nulls += column_count_) {
    tuplestore_putvalues(first.rows, first.descriptor, const_cast<Datum*>(values), const_cast<bool*>(nulls));
    more[0] = values[0];
    more_nulls[0] = nulls[0];
    std::copy(values + second.first, values + second.end, more + 1);
    std::copy(nulls + second.first, nulls + second.end, more_nulls + 1);
    tuplestore_putvalues(second.rows, second.descriptor, more, more_nulls);
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

const ColumnFacts& Store::facts(const std::string& name) const {
  static const ColumnFacts nulls = ColumnFacts::of_nulls();
  const std::size_t number = column(name);
  return number < shared_->facts.size() ? shared_->facts[number] : nulls;
}

int Store::new_pointer() const {
  const int pointer = tuplestore_alloc_read_pointer(parts_[0].rows, EXEC_FLAG_REWIND);
  tuplestore_select_read_pointer(parts_[0].rows, pointer);
  tuplestore_rescan(parts_[0].rows);
  return pointer;
}

EphemeralNamedRelation Store::relation(const Part& part, std::uint64_t rows) {
  auto* relation = static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
  relation->md.name = const_cast<char*>(part.name.c_str());
  relation->md.reliddesc = InvalidOid;
  relation->md.tupdesc = part.descriptor;
  relation->md.enrtype = ENR_NAMED_TUPLESTORE;
  relation->md.enrtuples = static_cast<double>(rows);
  relation->reldata = part.rows;
  return relation;
}

void Store::enter(QueryEnvironment* environment) const {
  for (const Part& part : parts_) {
    if (get_visible_ENR_metadata(environment, part.name.c_str()) == nullptr) {
      register_ENR(environment, relation(part, rows_));
    }
  }
}

void Store::publish() {
  withdraw();
  published().push_back(this);
  for (const Part& part : parts_) {
    call([&] {
      if (SPI_register_relation(relation(part, rows_)) != SPI_OK_REL_REGISTER) {
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("cannot register relation \"%s\"", part.name.c_str())));
      }
    });
  }
  published_ = true;
}

void Store::withdraw() {
  if (published_) {
    call([this] {
      for (const Part& part : parts_) {
        SPI_unregister_relation(part.name.c_str());
      }
    });
    published_ = false;
  }
  forget(this);
}

QueryEnvironment* published_stores() {
  QueryEnvironment* environment = nullptr;
  for (auto store = published().rbegin(); store != published().rend(); ++store) {
    environment = environment != nullptr ? environment : create_queryEnv();
    (*store)->enter(environment);
  }
  return environment;
}

}  // namespace rehydra::pg
