// Job: the commands of the command line reader.
// Callers: main. Promise: what they print goes to the output alone; the result is the exit status. A file that cannot
// be read throws Failure.
#pragma once

#include "tool/arguments.h"
#include "tool/exported_file.h"
#include "tool/output.h"

namespace rehydra::tool {

int print_info(ExportedFile& file, const Arguments& arguments, std::uint64_t bytes, Output& out);
int print_rows(ExportedFile& file, const Arguments& arguments, Output& out);
int verify(ExportedFile& file, const Arguments& arguments, Output& out);

}  // namespace rehydra::tool
