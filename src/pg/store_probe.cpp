// Job: see the header.
#include "pg/store_probe.h"

#include <algorithm>

#include "pg/integers.h"
#include "pg/memory.h"
#include "pg/number_set.h"

namespace rehydra::pg {

namespace {

constexpr int most_bits = 21;  // 16 MiB
constexpr std::uint64_t most_numbers = std::uint64_t{1} << (most_bits - 1);

// Rows are seen in so many looks, each at the numbers of one remainder, that a look's fit the set.
std::uint64_t looks(const Store& store) {
  return store.rows() / (most_numbers * 3 / 4) + 1;
}

int bits_for(const Store& store) {
  int bits = 10;
  while (bits < most_bits && (std::uint64_t{1} << (bits - 1)) <= store.rows()) {
    ++bits;
  }
  return bits;
}

// A column's values as numbers: equal values have the same; of integers different values also have different ones.
struct Numbered {
  int attribute = 0;  // from 1
  Oid type = InvalidOid;
  Oid collation = InvalidOid;
  FmgrInfo* hash = nullptr;  // of other types than integers

  std::uint64_t number(Datum value) const {
    return is_integer(type) ? static_cast<std::uint64_t>(integer_of(type, value))
                            : DatumGetUInt64(FunctionCall2Coll(hash, collation, value, UInt64GetDatum(0)));
  }
};

// False where the type has no such hash. Only inside a guard.
bool find_hash(Numbered& column) {
  if (is_integer(column.type)) {
    return true;
  }
  TypeCacheEntry* type = lookup_type_cache(column.type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
  column.hash = &type->hash_extended_proc_finfo;
  return OidIsValid(type->hash_extended_proc);
}

Numbered numbered(const Store& store, const std::string& name) {
  const std::size_t column = store.column(name);
  const Form_pg_attribute attribute = TupleDescAttr(store.descriptor(), column);
  return {static_cast<int>(column) + 1, attribute->atttypid, attribute->attcollation, nullptr};
}

// The number of a row's values; false where one of them is NULL.
bool row_number(const std::vector<Numbered>& columns, TupleTableSlot* slot, std::uint64_t& number) {
  number = 0;
  for (const Numbered& column : columns) {
    bool is_null = false;
    const Datum value = slot_getattr(slot, column.attribute, &is_null);
    if (is_null) {
      return false;
    }
    number = mixed(number ^ column.number(value));
  }
  return true;
}

// Hash functions may leave copies behind: freed row by row. Only inside a guard. The body says whether to go on.
template <class Body>
void for_each_number(const Store& store, const std::vector<Numbered>& columns, MemoryContext row_memory, Body&& body) {
  store.scan([&](TupleTableSlot* slot) {
    CHECK_FOR_INTERRUPTS();
    MemoryContext before = MemoryContextSwitchTo(row_memory);
    std::uint64_t number = 0;
    const bool whole = row_number(columns, slot, number);
    MemoryContextSwitchTo(before);
    MemoryContextReset(row_memory);
    return !whole || body(number);
  });
}

}  // namespace

bool surely_distinct(const Store& store, const std::vector<std::string>& names) {
  if (store.is_split()) {
    return false;
  }
  std::vector<Numbered> columns;
  for (const std::string& name : names) {
    columns.push_back(numbered(store, name));
  }
  if (names.size() == 1 && store.rises(names[0])) {
    return true;  // files mostly hold their rows in the order of their keys: no set is needed
  }
  NumberSet seen(bits_for(store));
  const Context row_memory(CurrentMemoryContext, "rehydra probe");
  bool distinct = true;
  call([&] {
    distinct = std::all_of(columns.begin(), columns.end(), find_hash);
    for (std::uint64_t look = 0; distinct && look < looks(store); ++look) {
      seen.clear();
      for_each_number(store, columns, row_memory.get(), [&](std::uint64_t number) {
        distinct = number % looks(store) != look || (!seen.full() && seen.add(number));
        return distinct;
      });
    }
  });
  return distinct;
}

bool surely_contained(const Store& store, const std::string& column, const Store& parents,
                      const std::string& parent_column) {
  if (store.is_split() || parents.is_split()) {
    return false;
  }
  const std::vector<Numbered> child = {numbered(store, column)};
  const std::vector<Numbered> parent = {numbered(parents, parent_column)};
  if (!is_integer(child[0].type) || !is_integer(parent[0].type)) {
    return false;  // the same hash does not make others the same
  }
  const NumberSet* numbers = store.facts(column).numbers();
  NumberSet there(bits_for(parents));
  const Context row_memory(CurrentMemoryContext, "rehydra probe");
  bool contained = true;
  call([&] {
    for (std::uint64_t look = 0; contained && look < looks(parents); ++look) {
      there.clear();
      for_each_number(parents, parent, row_memory.get(), [&](std::uint64_t number) {
        contained = number % looks(parents) != look || (!there.full() && (there.add(number), true));
        return contained;
      });
      const auto leads = [&](std::uint64_t number) {
        contained = contained && (number % looks(parents) != look || there.has(number));
        return contained;
      };
      if (numbers != nullptr) {
        numbers->all(leads);
      } else {
        for_each_number(store, child, row_memory.get(), leads);
      }
    }
  });
  return contained;
}

}  // namespace rehydra::pg
