// Job: the canonical text of values whose type we can print ourselves, byte for byte what the type's output function
// says under set_canonical_output (digests, snapshots), but several times faster. Callers: BatchTexts, and whoever
// digests rows it holds as datums. Promise: makes no server call and cannot raise; everything else is `server`, for the
// output function under a guard.
#pragma once

#include <string>
#include <string_view>

#include "pg/types.h"

namespace rehydra::pg {

enum class TextForm : std::uint8_t {
  boolean,
  int2,
  int4,
  int8,
  date,
  timestamp,
  timestamptz,
  uuid,
  text,    // a varlena whose bytes are the text
  bytea,   // a varlena, hex
  server,  // the type's output function
};

TextForm text_form(const Type& type) noexcept;

// text and bytea are varlenas: their bytes must be at hand, detoasted where they are not.
inline bool is_varlena(TextForm form) noexcept {
  return form == TextForm::text || form == TextForm::bytea;
}
inline bool needs_guard(TextForm form) noexcept {
  return is_varlena(form) || form == TextForm::server;
}

// The text of a value that is neither NULL nor of a form that needs_guard(), at most canonical_bytes; its end.
constexpr std::size_t canonical_bytes = 64;
char* put_canonical(char* to, TextForm form, Datum value);
void append_hex(std::string& out, std::string_view bytes);

}  // namespace rehydra::pg
