#include "pg/upload_settings.h"

#include "pg/pg.h"

namespace rehydra::pg {

namespace {

int hours = 24;
int uploads = 8;
char* folder = nullptr;

constexpr int most_hours = 24 * 366 * 100;  // so that the time before them is one

}  // namespace

void define_upload_settings() noexcept {
  DefineCustomIntVariable("rehydra.upload_hours", "Hours after its last piece that an upload is kept.", nullptr, &hours,
                          hours, 1, most_hours, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("rehydra.max_uploads", "Most uploads of a customer at a time.", nullptr, &uploads, uploads, 1,
                          INT_MAX, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("rehydra.server_folder",
                             "Folder on the server that operators may import files from; empty for none.", nullptr,
                             &folder, "", PGC_SUSET, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
}

int upload_hours() noexcept {
  return hours;
}

int most_uploads() noexcept {
  return uploads;
}

std::string server_folder() {
  return folder != nullptr ? folder : "";
}

}  // namespace rehydra::pg
