// Job: read the parts of the frame's zip file.
// Callers: frame.cpp. Only for files that we just made: uploads go through the strict reader.
// Promise: libxlsxwriter does not notice a full disk, so each part must end in its closing root tag, else
// Failure(io_error).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/frame/frame.h"

namespace rehydra::codec::frame {

std::vector<Part> read_parts(const std::string& path);

// True where an XML part is complete as far as its end shows.
bool is_complete(std::string_view xml);

}  // namespace rehydra::codec::frame
