// Job: open a json document (docs/formats.md; untrusted bytes) and hand out its lists row by row.
// Callers: the importer, fuzzers.
// Promise: the whole document was checked once before anything of it is used; no tree of it is built; members may come
// in any order.
#pragma once

#include <memory>
#include <string_view>

#include "codec/described_file.h"
#include "core/cancel.h"
#include "core/limits.h"

namespace rehydra::codec {

// An object, behind a byte order mark or white space.
bool looks_like_json(std::string_view bytes) noexcept;

// bytes must outlive the reader.
DescribedFile open_json(std::string_view bytes, const Limits& limits, Cancel cancel);

}  // namespace rehydra::codec
