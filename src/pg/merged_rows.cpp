#include "pg/merged_rows.h"

#include <algorithm>

#include "pg/integers.h"

namespace rehydra::pg {

namespace {

Oid type_of(TupleDesc descriptor, std::size_t column) {
  return TupleDescAttr(descriptor, column)->atttypid;
}

}  // namespace

MergedRows::MergedRows(const Store& store, const std::string& store_key, Join join, const std::string& sql,
                       std::size_t key, const Args& args, Access access)
    : store_(store),
      store_key_(store.column(store_key)),
      join_(join),
      query_(sql, args, access),
      key_(key),
      memory_(CurrentMemoryContext, "rehydra merged rows") {
  set_columns(store.columns() + 1 + query_.columns());
  capacity_ = static_cast<std::size_t>(Cursor::rows_a_batch(columns()));
  slots_.resize(capacity_ + 1);
  values_.resize(capacity_ * columns());
  nulls_.resize(capacity_ * columns());
  const ContextScope scope(memory_.get());
  call([&] {
    pointer_ = store.new_pointer();
    for (TupleTableSlot*& slot : slots_) {
      slot = store.new_slot();
    }
  });
}

bool MergedRows::lacks_query_rows() {
  query_ended_ = query_.fetch() == 0;
  return query_ended_;
}

std::size_t MergedRows::fetch() {
  do {
    if (!query_ended_ && query_row_ == query_.rows()) {
      query_row_ = 0;
      query_ended_ = query_.fetch() == 0;
    }
    std::swap(slots_.front(), slots_[slot_]);  // read already, and not merged yet
    slot_ = 0;
    filled_ = 0;
    const ContextScope scope(memory_.get());
    call([&] { merge(); });
  } while (filled_ == 0 && (store_has_ || !query_ended_));
  show(values_.data(), reinterpret_cast<const bool*>(nulls_.data()), filled_);
  return filled_;
}

void MergedRows::close() {
  query_.close();
  show(nullptr, nullptr, 0);
}

// Until the batch is full, or one of the query's is used up, whose values must stay till then.
void MergedRows::merge() {
  const Oid store_type = type_of(store_.descriptor(), store_key_);
  const Oid query_type = type_of(query_.descriptor(), key_);
  while (filled_ < capacity_) {
    CHECK_FOR_INTERRUPTS();
    store_has_ = store_has_ || next_of_store();
    const bool query_has = query_row_ < query_.rows();
    if (!query_has && (!query_ended_ || !store_has_)) {
      return;
    }
    const std::int64_t mine = store_has_ ? integer_of(store_type, slots_[slot_]->tts_values[store_key_]) : 0;
    const std::int64_t theirs = query_has ? integer_of(query_type, query_.value(query_row_, key_)) : 0;
    const bool in_store = store_has_ && (!query_has || mine <= theirs);
    const bool in_query = query_has && (!store_has_ || theirs <= mine);
    if (in_store || join_ == Join::full) {
      add(in_store, in_query);
    }
    if (in_store) {
      store_has_ = false;
      ++slot_;
    }
    query_row_ += in_query ? 1 : 0;
  }
}

bool MergedRows::next_of_store() {
  while (!store_ended_) {
    store_ended_ = !store_.read(pointer_, slots_[slot_]);
    if (!store_ended_) {
      slot_getallattrs(slots_[slot_]);
      if (!slots_[slot_]->tts_isnull[store_key_]) {
        return true;
      }
    }
  }
  return false;
}

void MergedRows::add(bool in_store, bool in_query) {
  Datum* values = &values_[filled_ * columns()];
  char* nulls = &nulls_[filled_ * columns()];
  const std::size_t stored = store_.columns() + 1;
  std::fill(nulls, nulls + columns(), static_cast<char>(true));
  if (in_store) {
    const TupleTableSlot* slot = slots_[slot_];
    std::copy(slot->tts_values, slot->tts_values + store_.columns(), values);
    std::copy(slot->tts_isnull, slot->tts_isnull + store_.columns(), nulls);
  }
  if (in_query) {
    const std::size_t first = query_row_ * query_.columns();
    values[store_.columns()] = BoolGetDatum(true);
    nulls[store_.columns()] = static_cast<char>(false);
    std::copy(query_.values() + first, query_.values() + first + query_.columns(), values + stored);
    std::copy(query_.nulls() + first, query_.nulls() + first + query_.columns(), nulls + stored);
  }
  ++filled_;
}

}  // namespace rehydra::pg
