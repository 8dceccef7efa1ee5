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

bool is_expanded(Datum value, std::int16_t length) {
  return length == -1 && VARATT_IS_EXTERNAL_EXPANDED(stored(value));
}

std::size_t size_behind(Datum value, std::int16_t length) {
  if (is_expanded(value, length)) {
    return EOH_get_flat_size(DatumGetEOHP(value));
  }
  if (length == -1) {
    return VARSIZE_ANY(stored(value));
  }
  return length == -2 ? std::strlen(DatumGetCString(value)) + 1 : static_cast<std::size_t>(length);
}

Datum copy_behind(Datum value, std::int16_t length, std::size_t size, char* to) {
  if (is_expanded(value, length)) {
    EOH_flatten_into(DatumGetEOHP(value), to, size);
  } else {
    std::memcpy(to, DatumGetPointer(value), size);
  }
  return PointerGetDatum(to);
}

}  // namespace

RowReceiver::RowReceiver(TupleDesc descriptor, std::size_t capacity, MemoryContext parent)
    : columns_(static_cast<std::size_t>(descriptor->natts)),
      capacity_(capacity),
      values_(columns_ * capacity),
      nulls_(columns_ * capacity) {
  for (std::size_t i = 0; i < columns_; ++i) {
    const FormData_pg_attribute& column = *TupleDescAttr(descriptor, i);
    if (!column.attbyval) {
      behind_.push_back({i, column.attlen, 0});
    }
  }
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

// The sizes of what the row's values point to, and their sum.
std::size_t RowReceiver::measure(const TupleTableSlot& slot) {
  std::size_t bytes = 0;
  for (Behind& behind : behind_) {
    if (!slot.tts_isnull[behind.column]) {
      behind.size = size_behind(slot.tts_values[behind.column], behind.length);
      bytes += MAXALIGN(behind.size);
    }
  }
  return bytes;
}

void RowReceiver::add(const TupleTableSlot& slot) {
  Assert(rows_ < capacity_);
  Datum* values = values_.data() + rows_ * columns_;
  char* nulls = nulls_.data() + rows_ * columns_;
  for (std::size_t i = 0; i < columns_; ++i) {
    nulls[i] = static_cast<char>(slot.tts_isnull[i]);
    values[i] = slot.tts_isnull[i] ? 0 : slot.tts_values[i];
  }
  if (const std::size_t bytes = measure(slot); bytes != 0) {
    char* to = static_cast<char*>(MemoryContextAllocHuge(memory_, bytes));
    for (const Behind& behind : behind_) {
      if (!slot.tts_isnull[behind.column]) {
        values[behind.column] = copy_behind(slot.tts_values[behind.column], behind.length, behind.size, to);
        to += MAXALIGN(behind.size);
      }
    }
  }
  ++rows_;
}

}  // namespace rehydra::pg
