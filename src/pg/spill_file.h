// Job: the codec's spill interface over the server's temporary files (counted against temp_file_limit, gone with the
// transaction).
#pragma once

#include "core/spill.h"

namespace rehydra::pg {

// Makes spills that live until they are destroyed or the transaction ends.
SpillFactory spill_files();

// The folder for the server's temporary files, for what must be a real file (the frame's parts).
const char* temporary_directory();

}  // namespace rehydra::pg
