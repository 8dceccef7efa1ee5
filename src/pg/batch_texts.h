// Job: the canonical texts of a batch of rows, converted slice by slice so that large values never add up in memory.
// Callers: the exporter and the snapshot writer, inside a settings scope with set_canonical_output.
// Promise: one guard a slice; a slice has at least one row, and more only while what had to be converted stays below 4
// MiB.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "pg/batch.h"
#include "pg/canonical_text.h"
#include "pg/memory.h"

namespace rehydra::pg {

class BatchTexts {
 public:
  // The types must outlive the object; parent must too.
  BatchTexts(std::vector<const Type*> types, MemoryContext parent);

  // Converts rows of the batch from `from` on; the first row behind the slice.
  std::size_t convert(const Batch& batch, std::size_t from, std::size_t batch_end);

  TextForm form(std::size_t column) const noexcept { return forms_[column]; }
  // Of a value of the slice that is not NULL, until the next call of text() or convert().
  std::string_view text(const Batch& batch, std::size_t row, std::size_t column) {
    const TextForm form = forms_[column];
    if (form == TextForm::text || form == TextForm::server) {
      return converted(row, column);
    }
    return print(batch, form, row, column);
  }
  // The bytes of a text or bytea value as they are stored.
  std::string_view bytes(std::size_t row, std::size_t column) const noexcept { return converted(row, column); }

 private:
  std::string_view converted(std::size_t row, std::size_t column) const noexcept {
    return converted_[(row - slice_) * guarded_.size() + places_[column]];
  }
  std::string_view print(const Batch& batch, TextForm form, std::size_t row, std::size_t column);

  std::vector<const Type*> types_;
  std::vector<TextForm> forms_;
  std::vector<std::size_t> guarded_;  // columns that need the server
  std::vector<std::size_t> places_;   // of those columns among them
  Context memory_;
  std::size_t slice_ = 0;
  std::vector<std::string_view> converted_;
  std::array<char, canonical_bytes> printed_;
  std::string scratch_;  // a bytea may be large
};

}  // namespace rehydra::pg
