// Job: text on its way into a json document.
// Callers: the row writer of json (hot), the document writer.
// Promise: what is appended is a valid JSON string that holds exactly the text; only what must be escaped is.
#pragma once

#include <string>
#include <string_view>

#include "codec/byte_buffer.h"

namespace rehydra::codec {

// With quotes.
void append_json_string(ByteBuffer& out, std::string_view text);
std::string json_string(std::string_view text);

}  // namespace rehydra::codec
