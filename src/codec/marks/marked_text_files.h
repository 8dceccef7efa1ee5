// Job: a csv bundle with a file, and a json document with a member, that lists what is wrong with it.
// Callers: codec/marks/marked_file.cpp.
// Promise: everything else is copied byte for byte; a list made before is replaced.
#pragma once

#include <memory>

#include "codec/marks/marked_file.h"

namespace rehydra::codec {

std::unique_ptr<MarkedFile> mark_csv(std::string_view bytes, const FileErrors& errors, const Limits& limits,
                                     Cancel cancel);
std::unique_ptr<MarkedFile> mark_json(std::string_view bytes, const FileErrors& errors, const Limits& limits);

}  // namespace rehydra::codec
