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
    : column_count_(columns.size()), shared_(std::make_shared<Shared>()) {
  for (const StoreColumn& column : columns) {
    shared_->facts.emplace_back(column.type);
  }
  if (split == 0 || columns.size() <= MaxTupleAttributeNumber) {
    halves_.push_back({std::move(name), 0, columns.size()});
  } else {
    halves_.push_back({name, 0, split});
    halves_.push_back({name + "_more", split, columns.size()});
  }
  make(columns);
  add_segment();
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
}

std::string Store::next_name(const Half& half) const {
  return half.relations.empty() ? half.name : half.name + "_s" + std::to_string(half.relations.size() + 1);
}

void Store::add_segment() {
  const HomeScope home_scope;
  const int kilobytes = std::min(work_mem, halves_[0].relations.empty() ? store_kilobytes : further_kilobytes);
  for (Half& half : halves_) {
    Tuplestorestate* rows = call([&] {
      MemoryContext before = MemoryContextSwitchTo(shared_->memory);
      Tuplestorestate* begun = tuplestore_begin_heap(true, false, kilobytes);
      MemoryContextSwitchTo(before);
      return begun;
    });
    shared_->rows.push_back(rows);
    half.relations.push_back({next_name(half), rows});
  }
  name_ = is_split() ? joined(halves_[0].all(), halves_[1].all()) : halves_[0].all();
}

std::string Store::Half::all() const {
  if (relations.size() == 1) {
    return name;
  }
  std::string rows;
  for (const Relation& relation : relations) {
    rows += (rows.empty() ? "(SELECT * FROM " : " UNION ALL SELECT * FROM ") + relation.name;
  }
  return rows + ")";
}

std::string Store::joined(const std::string& first, const std::string& second) const {
  const std::string column = NameStr(TupleDescAttr(descriptor_, 0)->attname);
  return "(" + first + " AS half JOIN " + second + " AS more ON half." + column + " OPERATOR(pg_catalog.=) more." +
         copy_of({column}).name + ")";
}

std::string Store::segment(std::size_t i) const {
  const std::string& first = halves_[0].relations[i].name;
  return is_split() ? joined(first, halves_[1].relations[i].name) : first;
}

// A tuple that ends before a column has NULL there.
Store::Store(std::string name, const Store& other, const std::vector<StoreColumn>& columns)
    : column_count_(columns.size()), shared_(other.shared_), rows_(other.rows_) {
  Assert(!other.is_split() && columns.size() >= other.columns());
  call([&] {
    MemoryContext before = MemoryContextSwitchTo(shared_->memory);
    descriptor_ = describe(columns.data(), columns.size());
    MemoryContextSwitchTo(before);
  });
  halves_.push_back({std::move(name), 0, columns.size(), descriptor_});
  for (const Relation& relation : other.halves_[0].relations) {
    halves_[0].relations.push_back({next_name(halves_[0]), relation.rows});
  }
  name_ = halves_[0].all();
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
  if (!server_side::is_gone()) {
    for (const char* relation : published_) {
      SPI_unregister_relation(relation);
    }
  }
}

void Store::append(const Datum* values, const bool* nulls, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t column = 0; column < column_count_; ++column) {
      shared_->facts[column].add(values[i * column_count_ + column], nulls[i * column_count_ + column]);
    }
  }
  while (rows != 0) {
    if (rows_ == segments() * segment_rows) {
      add_segment();
    }
    const std::size_t fit = std::min<std::uint64_t>(rows, segments() * segment_rows - rows_);
    call([&] { put(values, nulls, fit); });
    rows_ += fit;
    rows -= fit;
    values += fit * column_count_;
    nulls += fit * column_count_;
  }
}

// Into the last segment.
void Store::put(const Datum* values, const bool* nulls, std::size_t rows) {
  Tuplestorestate* first = halves_[0].relations.back().rows;
  Datum more[MaxTupleAttributeNumber];
  bool more_nulls[MaxTupleAttributeNumber];
  for (std::size_t i = 0; i < rows; ++i, values += column_count_, nulls += column_count_) {
    tuplestore_putvalues(first, halves_[0].descriptor, const_cast<Datum*>(values), const_cast<bool*>(nulls));
    if (is_split()) {
      const Half& second = halves_[1];
      more[0] = values[0];
      more_nulls[0] = nulls[0];
      std::copy(values + second.first, values + second.end, more + 1);
      std::copy(nulls + second.first, nulls + second.end, more_nulls + 1);
      tuplestore_putvalues(second.relations.back().rows, second.descriptor, more, more_nulls);
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

const ColumnFacts& Store::facts(const std::string& name) const {
  static const ColumnFacts nulls = ColumnFacts::of_nulls();
  const std::size_t number = column(name);
  return number < shared_->facts.size() ? shared_->facts[number] : nulls;
}

int Store::new_pointer() const {
  places_.emplace_back();
  enter_segment(places_.back(), 0);
  return static_cast<int>(places_.size() - 1);
}

bool Store::go_on(Place& place) const {
  if (place.segment + 1 == segments()) {
    return false;
  }
  enter_segment(place, place.segment + 1);
  return true;
}

void Store::enter_segment(Place& place, std::size_t number) const {
  Tuplestorestate* rows = halves_[0].relations[number].rows;
  if (number == place.pointers.size()) {
    place.pointers.push_back(tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
  }
  tuplestore_select_read_pointer(rows, place.pointers[number]);
  tuplestore_rescan(rows);
  place.segment = number;
}

EphemeralNamedRelation Store::described(const Half& half, std::size_t segment) const {
  const Relation& relation = half.relations[segment];
  auto* named = static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
  named->md.name = const_cast<char*>(relation.name.c_str());
  named->md.reliddesc = InvalidOid;
  named->md.tupdesc = half.descriptor;
  named->md.enrtype = ENR_NAMED_TUPLESTORE;
  named->md.enrtuples = static_cast<double>(std::min(segment_rows, rows_ - segment * segment_rows));
  named->reldata = relation.rows;
  return named;
}

void Store::enter(QueryEnvironment* environment) const {
  for (const Half& half : halves_) {
    for (std::size_t i = 0; i < half.relations.size(); ++i) {
      if (get_visible_ENR_metadata(environment, half.relations[i].name.c_str()) == nullptr) {
        register_ENR(environment, described(half, i));
      }
    }
  }
}

void Store::publish() {
  withdraw();
  published().push_back(this);
  published_.reserve(halves_.size() * segments());
  for (const Half& half : halves_) {
    for (std::size_t i = 0; i < half.relations.size(); ++i) {
      const char* name = half.relations[i].name.c_str();
      call([&] {
        if (SPI_register_relation(described(half, i)) != SPI_OK_REL_REGISTER) {
          ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("cannot register relation \"%s\"", name)));
        }
      });
      published_.push_back(name);
    }
  }
}

void Store::withdraw() {
  for (; !published_.empty(); published_.pop_back()) {
    call([this] { SPI_unregister_relation(published_.back()); });
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
