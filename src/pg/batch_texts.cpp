#include "pg/batch_texts.h"

#include <algorithm>
#include <cstring>

#include "pg/numeric_text.h"

namespace rehydra::pg {

namespace {

constexpr std::size_t slice_bytes = 4U << 20;
constexpr std::size_t room_bytes = 4U << 10;

// Values inside the row are used where they are; only moved or compressed ones cost memory.
std::string_view varlena_bytes(Datum value, std::size_t& cost) {
  auto* stored = reinterpret_cast<struct varlena*>(DatumGetPointer(value));
  struct varlena* plain = pg_detoast_datum_packed(stored);
  if (plain != stored) {
    cost += VARSIZE_ANY(plain);
  }
  return {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

std::string_view server_text(const Type& type, Datum value, std::size_t& cost) {
  const char* text = output_text(type, value);
  const std::size_t size = std::strlen(text);
  cost += size;
  return {text, size};
}

// Memory of a slice for texts of a known length, many in a block.
struct Room {
  char* at = nullptr;
  char* end = nullptr;

  char* of(std::ptrdiff_t bytes) {
    if (end - at < bytes) {
      at = static_cast<char*>(palloc(room_bytes));
      end = at + room_bytes;
    }
    return at;
  }
};

std::string_view numeric_text(const Type& type, Datum value, Room& room, std::size_t& cost) {
  char* const text = room.of(numeric_text_bytes);
  char* const end = put_numeric(text, value);
  if (end == nullptr) {
    return server_text(type, value, cost);
  }
  room.at = end;
  cost += static_cast<std::size_t>(end - text);
  return {text, static_cast<std::size_t>(end - text)};
}

}  // namespace

BatchTexts::BatchTexts(std::vector<const Type*> types, MemoryContext parent)
    : types_(std::move(types)), memory_(parent, "rehydra texts") {
  for (const Type* type : types_) {
    forms_.push_back(text_form(*type));
    places_.push_back(guarded_.size());
    if (needs_guard(forms_.back())) {
      guarded_.push_back(forms_.size() - 1);
    }
  }
}

std::size_t BatchTexts::convert(const Batch& batch, std::size_t from, std::size_t batch_end) {
  slice_ = from;
  scratch_.clear();
  memory_.reset();
  if (guarded_.empty()) {
    return batch_end;
  }
  converted_.resize(std::max(converted_.size(), guarded_.size() * (batch_end - from)));
  return call([&] {
    MemoryContext before = MemoryContextSwitchTo(memory_.get());
    std::size_t cost = 0;
    std::size_t row = from;
    Room room;
    for (; row < batch_end && cost < slice_bytes; ++row) {
      std::string_view* place = converted_.data() + (row - from) * guarded_.size();
      for (const std::size_t column : guarded_) {
        if (!batch.is_null(row, column)) {
          const Datum value = batch.value(row, column);
          const Type& type = *types_[column];
          *place = is_varlena(forms_[column]) ? varlena_bytes(value, cost)
                   : type.base == NUMERICOID  ? numeric_text(type, value, room, cost)
                                              : server_text(type, value, cost);
        }
        ++place;
      }
    }
    MemoryContextSwitchTo(before);
    return row;
  });
}

std::string_view BatchTexts::print(const Batch& batch, TextForm form, std::size_t row, std::size_t column) {
  if (form != TextForm::bytea) {
    const char* end = put_canonical(printed_.data(), form, batch.value(row, column));
    return {printed_.data(), static_cast<std::size_t>(end - printed_.data())};
  }
  scratch_.clear();
  append_hex(scratch_, converted(row, column));
  return scratch_;
}

}  // namespace rehydra::pg
