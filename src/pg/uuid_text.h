// Job: an id as its text, and back.
#pragma once

#include <string>

#include "pg/guard.h"

namespace rehydra::pg {

inline pg_uuid_t uuid_of(const std::string& text) {
  return call([&] { return *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(text.c_str()))); });
}

inline std::string uuid_text(const pg_uuid_t& id) {
  return call(
      [&] { return static_cast<const char*>(DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&id)))); });
}

}  // namespace rehydra::pg
