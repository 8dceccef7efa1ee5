// Job: the settings of files that come in pieces or lie on the server.
// Callers: settings.cpp defines them with the others; entry/upload.cpp reads them.
#pragma once

#include <string>

namespace rehydra::pg {

void define_upload_settings() noexcept;

// How long an upload that nobody goes on with is kept (rehydra.upload_hours).
int upload_hours() noexcept;
// How many a customer may have at a time (rehydra.max_uploads).
int most_uploads() noexcept;
// The folder that operators may read files from (rehydra.server_folder); empty for none.
std::string server_folder();

}  // namespace rehydra::pg
