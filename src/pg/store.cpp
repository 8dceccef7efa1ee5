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
constexpr int further_kilobytes = 64;  // of segments behind the first

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
    : base_name_(std::move(name)),
      name_(base_name_),
      column_count_(columns.size()),
      shared_(std::make_shared<Shared>()) {
  for (const StoreColumn& column : columns) {
    shared_->facts.emplace_back(column.type);
  }
  if (split == 0 || columns.size() <= MaxTupleAttributeNumber) {
    halves_ = {{0, columns.size()}};
  } else {
    const std::string more = base_name_ + "_more";
    halves_ = {{0, split}, {split, columns.size()}};
    name_ = "(" + base_name_ + " JOIN " + more + " ON " + base_name_ + "." + columns[0].name +
            " OPERATOR(pg_catalog.=) " + more + "." + copy_of(columns[0]).name + ")";
  }
  make(columns);
}

void Store::make(const std::vector<StoreColumn>& columns) {
  const std::vector<StoreColumn> more =
      is_split() ? second_part(columns, halves_[1].first) : std::vector<StoreColumn>();
  call([&] {
    shared_->memory = AllocSetContextCreateInternal(home().context, "rehydra store", ALLOCSET_DEFAULT_SIZES);
    MemoryContext before = MemoryContextSwitchTo(shared_->memory);
    descriptor_ = describe(columns.data(), columns.size());
    halves_[0].descriptor = is_split() ? describe(columns.data(), halves_[0].end) : descriptor_;
    if (is_split()) {
      halves_[1].descriptor = describe(more.data(), more.size());
    }
    MemoryContextSwitchTo(before);
  });
  add_relation(base_name_, halves_[0].descriptor, store_kilobytes);
  if (is_split()) {
    add_relation(base_name_ + "_more", halves_[1].descriptor, store_kilobytes);
  }
}

void Store::add_relation(std::string name, TupleDesc descriptor, int kilobytes) {
  const HomeScope home_scope;
  Tuplestorestate* rows = call([&] {
    MemoryContext before = MemoryContextSwitchTo(shared_->memory);
    Tuplestorestate* begun = tuplestore_begin_heap(true, false, std::min(work_mem, kilobytes));
    MemoryContextSwitchTo(before);
    return begun;
  });
  shared_->rows.push_back(rows);
  relations_.push_back({std::move(name), descriptor, rows, 0});
}

std::string Store::segment_name() const {
  return relations_.empty() ? base_name_ : base_name_ + "_s" + std::to_string(relations_.size() + 1);
}

void Store::add_segment() {
  add_relation(segment_name(), descriptor_, further_kilobytes);
  name_all();
}

void Store::name_all() {
  if (relations_.size() == 1) {
    return;
  }
  name_.clear();
  for (const Relation& relation : relations_) {
    name_ += (name_.empty() ? "(SELECT * FROM " : " UNION ALL SELECT * FROM ") + relation.name;
  }
  name_ += ")";
}

// A tuple that ends before a column has NULL there.
Store::Store(std::string name, const Store& other, const std::vector<StoreColumn>& columns)
    : base_name_(std::move(name)),
      name_(base_name_),
      column_count_(columns.size()),
      shared_(other.shared_),
      halves_({{0, columns.size()}}),
      rows_(other.rows_) {
  call([&] {
    MemoryContext before = MemoryContextSwitchTo(shared_->memory);
    descriptor_ = describe(columns.data(), columns.size());
    MemoryContextSwitchTo(before);
  });
  halves_[0].descriptor = descriptor_;
  for (const Relation& relation : other.relations_) {
    relations_.push_back({segment_name(), descriptor_, relation.rows, relation.count});
  }
  name_all();
}

Store::Shared::~Shared() {
  if (server_side::is_gone()) {
    return;
  }
  for (Tuplestorestate* relation : rows) {
    tuplestore_end(relation);
  }
  if (memory != nullptr) {
    MemoryContextDelete(memory);
  }
}

Store::~Store() {
  forget(this);
  for (std::size_t i = 0; i < published_ && !server_side::is_gone(); ++i) {
    SPI_unregister_relation(relations_[i].name.c_str());
  }
}

void Store::append(const Datum* values, const bool* nulls, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t column = 0; column < column_count_; ++column) {
      shared_->facts[column].add(values[i * column_count_ + column], nulls[i * column_count_ + column]);
    }
  }
  rows_ += rows;
  if (is_split()) {
    call([&] { append_split(values, nulls, rows); });
    return;
  }
  while (rows != 0) {
    if (relations_.back().count == segment_rows) {
      add_segment();
    }
    Relation& last = relations_.back();
    const std::size_t fit = std::min<std::uint64_t>(rows, segment_rows - last.count);
    call([&] {
      for (std::size_t i = 0; i < fit; ++i) {
        tuplestore_putvalues(last.rows, descriptor_, const_cast<Datum*>(values + i * column_count_),
                             const_cast<bool*>(nulls + i * column_count_));
      }
    });
    last.count += fit;
    rows -= fit;
    values += fit * column_count_;
    nulls += fit * column_count_;
  }
}

void Store::append_split(const Datum* values, const bool* nulls, std::size_t rows) {
  Relation& first = relations_[0];
  Relation& second = relations_[1];
  Datum more[MaxTupleAttributeNumber];
  bool more_nulls[MaxTupleAttributeNumber];
  for (std::size_t i = 0; i < rows; ++i, values += column_count_, nulls += column_count_) {
    tuplestore_putvalues(first.rows, first.descriptor, const_cast<Datum*>(values), const_cast<bool*>(nulls));
    more[0] = values[0];
    more_nulls[0] = nulls[0];
    std::copy(values + halves_[1].first, values + halves_[1].end, more + 1);
    std::copy(nulls + halves_[1].first, nulls + halves_[1].end, more_nulls + 1);
    tuplestore_putvalues(second.rows, second.descriptor, more, more_nulls);
  }
  first.count += rows;
  second.count += rows;
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
  places_.emplace_back();
  enter_relation(places_.back(), 0);
  return static_cast<int>(places_.size() - 1);
}

bool Store::go_on(Place& place) const {
  if (place.relation + 1 == relations_.size()) {
    return false;
  }
  enter_relation(place, place.relation + 1);
  return true;
}

void Store::enter_relation(Place& place, std::size_t number) const {
  Tuplestorestate* rows = relations_[number].rows;
  if (number == place.pointers.size()) {
    place.pointers.push_back(tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
  }
  tuplestore_select_read_pointer(rows, place.pointers[number]);
  tuplestore_rescan(rows);
  place.relation = number;
}

EphemeralNamedRelation Store::described(const Relation& relation) {
  auto* named = static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
  named->md.name = const_cast<char*>(relation.name.c_str());
  named->md.reliddesc = InvalidOid;
  named->md.tupdesc = relation.descriptor;
  named->md.enrtype = ENR_NAMED_TUPLESTORE;
  named->md.enrtuples = static_cast<double>(relation.count);
  named->reldata = relation.rows;
  return named;
}

void Store::enter(QueryEnvironment* environment) const {
  for (const Relation& relation : relations_) {
    if (get_visible_ENR_metadata(environment, relation.name.c_str()) == nullptr) {
      register_ENR(environment, described(relation));
    }
  }
}

void Store::publish() {
  withdraw();
  published().push_back(this);
  for (const Relation& relation : relations_) {
    call([&] {
      if (SPI_register_relation(described(relation)) != SPI_OK_REL_REGISTER) {
        ereport(ERROR,
                (errcode(ERRCODE_INTERNAL_ERROR), errmsg("cannot register relation \"%s\"", relation.name.c_str())));
      }
    });
    ++published_;
  }
}

void Store::withdraw() {
  for (; published_ != 0; --published_) {
    call([this] { SPI_unregister_relation(relations_[published_ - 1].name.c_str()); });
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
