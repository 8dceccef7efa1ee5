#include "pg/row_receiver.h"

#include <cstring>

#include "pg/guard.h"

extern "C" {
#include "executor/tuptable.h"
#include "tcop/dest.h"
#include "utils/expandeddatum.h"
}

namespace rehydra::pg {

namespace {

// Small enough to be the C library's heap's, which keeps it, and enough for a batch of usual rows.
constexpr std::size_t kept_bytes = 64U << 10;

void ignore_start(DestReceiver*, int, TupleDesc) {}
void ignore(DestReceiver*) {}

const struct varlena* stored(Datum value) {
  return reinterpret_cast<const struct varlena*>(DatumGetPointer(value));
}

bool is_expanded(Datum value, const FormData_pg_attribute& column) {
  return column.attlen == -1 && VARATT_IS_EXTERNAL_EXPANDED(stored(value));
}

std::size_t size_behind(Datum value, const FormData_pg_attribute& column) {
  if (column.attbyval) {
    return 0;
  }
  if (is_expanded(value, column)) {
    return EOH_get_flat_size(DatumGetEOHP(value));
  }
  if (column.attlen == -1) {
    return VARSIZE_ANY(stored(value));
  }
  return column.attlen == -2 ? std::strlen(DatumGetCString(value)) + 1 : static_cast<std::size_t>(column.attlen);
}

Datum copy_behind(Datum value, const FormData_pg_attribute& column, std::size_t size, char* to) {
  if (is_expanded(value, column)) {
    EOH_flatten_into(DatumGetEOHP(value), to, size);
  } else {
    std::memcpy(to, DatumGetPointer(value), size);
  }
  return PointerGetDatum(to);
}

}  // namespace

RowReceiver::RowReceiver(std::size_t columns, std::size_t capacity, MemoryContext parent)
    : columns_(columns), capacity_(capacity), values_(columns * capacity), nulls_(columns * capacity) {
  memory_ = call([&] {
    return AllocSetContextCreateInternal(parent, "rehydra rows", kept_bytes, kept_bytes, ALLOCSET_DEFAULT_MAXSIZE);
  });
  destination_.functions.receiveSlot = receive;
  destination_.functions.rStartup = ignore_start;
  destination_.functions.rShutdown = ignore;
  destination_.functions.rDestroy = ignore;
  destination_.functions.mydest = DestNone;
  destination_.receiver = this;
}

DestReceiver* RowReceiver::begin() {
  rows_ = 0;
  MemoryContextReset(memory_);
  return &destination_.functions;
}

bool RowReceiver::receive(TupleTableSlot* slot, DestReceiver* self) {
  slot_getallattrs(slot);
  reinterpret_cast<Destination*>(self)->receiver->add(*slot);
  return true;
}

std::size_t RowReceiver::bytes_behind(const TupleTableSlot& slot) const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < columns_; ++i) {
    if (!slot.tts_isnull[i]) {
      bytes += MAXALIGN(size_behind(slot.tts_values[i], *TupleDescAttr(slot.tts_tupleDescriptor, i)));
    }
  }
  return bytes;
}

void RowReceiver::add(const TupleTableSlot& slot) {
  Assert(rows_ < capacity_);
  Datum* values = values_.data() + rows_ * columns_;
  char* nulls = nulls_.data() + rows_ * columns_;
  const std::size_t bytes = bytes_behind(slot);
  char* to = bytes == 0 ? nullptr : static_cast<char*>(MemoryContextAllocHuge(memory_, bytes));
  for (std::size_t i = 0; i < columns_; ++i) {
    nulls[i] = static_cast<char>(slot.tts_isnull[i]);
    if (slot.tts_isnull[i]) {
      values[i] = 0;
      continue;
    }
    const FormData_pg_attribute& column = *TupleDescAttr(slot.tts_tupleDescriptor, i);
    const std::size_t size = size_behind(slot.tts_values[i], column);
    values[i] = size == 0 ? slot.tts_values[i] : copy_behind(slot.tts_values[i], column, size, to);
    to += MAXALIGN(size);
  }
  ++rows_;
}

}  // namespace rehydra::pg
