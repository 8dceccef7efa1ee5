// Job: the size of a file from which an import warns that it is large (rehydra.large_input_bytes); no limit.
// Callers: the import.
#pragma once

#include <cstdint>

namespace rehydra::pg {

std::uint64_t large_input_bytes() noexcept;

}  // namespace rehydra::pg
