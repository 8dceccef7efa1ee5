// Job: whether a value of a workbook without a manifest may be the stored one, at what such a file can tell.
// Callers: settle_legacy.h. Promise: what the file could have told apart is different.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/limits.h"
#include "pg/types.h"
#include "registry/legacy.h"

namespace rehydra::importer {

// Why two values are the same, where their images are not.
enum class Sameness : std::uint8_t { different, image, empty, time, number, json, text, cut, formula, kinds };

// A value; its text where has_text says so.
struct Side {
  bool is_null = true;
  Datum value = 0;
  std::string_view text{};
};

// Columns whose values are compared by their texts.
bool is_compared_by_text(const pg::Type& type);

// staged: of the file. The image is known to differ, or one is NULL.
Sameness compare_legacy(const pg::Type& type, registry::ReadAs read_as, const Side& staged, const Side& stored,
                        const Limits& limits);

// own_text: of a cell that means something only where the same is stored.
Sameness compare_own_text(std::string_view own_text, registry::ReadAs read_as, const Side& stored,
                          const Limits& limits);

// More than a cell of the file could hold: what stands there is its beginning at best.
bool is_longer_than_a_cell(std::string_view text);
bool is_full_cell(std::string_view text);

}  // namespace rehydra::importer
